#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <runtime/engine/executorch_engine.h>

namespace assay::runtime {
namespace {

using nlohmann::json;

std::filesystem::path test_pte(const std::string& name) {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/data/pte" / name;
}

Result<std::unique_ptr<Session>> load(Engine& engine, const LoadRequest& request) {
  ASSAY_TRY(engine.load_program(request));
  return engine.load_method(request);
}

/// Elements of `bytes` as doubles.
std::vector<double> to_doubles(std::span<const std::byte> bytes, DType dtype) {
  std::vector<double> values(bytes.size() / dtype_size(dtype));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::byte* at = bytes.data() + i * dtype_size(dtype);
    if (dtype == DType::kInt64) {
      std::int64_t value = 0;
      std::memcpy(&value, at, sizeof value);
      values[i] = static_cast<double>(value);
    } else {
      float value = 0;
      std::memcpy(&value, at, sizeof value);
      values[i] = static_cast<double>(value);
    }
  }
  return values;
}

void fill(std::span<std::byte> buffer, const json& data, DType dtype) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (dtype == DType::kInt64) {
      const auto value = data[i].get<std::int64_t>();
      std::memcpy(buffer.data() + i * sizeof value, &value, sizeof value);
    } else {
      const auto value = data[i].get<float>();
      std::memcpy(buffer.data() + i * sizeof value, &value, sizeof value);
    }
  }
}

/// Feeds a stored call of expected.json to the session and compares its outputs.
void expect_call(Session& session, const json& call, double tolerance) {
  for (std::size_t i = 0; i < call.at("inputs").size(); ++i) {
    fill(session.input(i), call["inputs"][i].at("data"), session.facts().inputs[i].dtype);
  }
  ASSERT_TRUE(session.execute().ok());
  for (std::size_t i = 0; i < call.at("outputs").size(); ++i) {
    const auto wanted = call["outputs"][i].at("data").get<std::vector<double>>();
    const auto found = to_doubles(session.output(i).value(), session.facts().outputs[i].dtype);
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t j = 0; j < wanted.size(); ++j) {
      EXPECT_NEAR(found[j], wanted[j], tolerance);
    }
  }
}

json expected_of(const std::string& name) {
  return json::parse(read_text_file(test_pte("expected.json")).value()).at("files").at(name);
}

/// Files whose outputs eager PyTorch has computed (tests/data/pte/README.md).
class KnownProgram : public testing::TestWithParam<std::string> {};

TEST_P(KnownProgram, GivesWhatPyTorchGave) {
  const json expected = expected_of(GetParam());
  auto engine = make_executorch_engine();
  for (const json& call : expected.at("calls")) {
    const LoadRequest request{.pte = test_pte(GetParam()),
                              .method = call.at("method").get<std::string>()};
    auto session = load(*engine, request);
    ASSERT_TRUE(session.ok()) << session.error().message;
    expect_call(**session, call, expected.at("tolerance").get<double>());
  }
}

INSTANTIATE_TEST_SUITE_P(Engine, KnownProgram,
                         testing::Values("add.pte", "linear_xnnpack.pte", "linear_8da4w.pte",
                                         "linear_int8.pte", "int_input.pte", "two_methods.pte"),
                         [](const auto& instance) {
                           return instance.param.substr(0, instance.param.find('.'));
                         });

TEST(Engine, NamesTheOperatorThatIsMissing) {
  auto engine = make_executorch_engine();
  const auto session = load(*engine, {.pte = test_pte("missing_operator.pte")});
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().code, ErrorCode::kEngine);
  EXPECT_NE(session.error().message.find("assay_test::halve"), std::string::npos)
      << session.error().message;
}

TEST(Engine, SaysWhichOperatorsItBringsWhenOneIsMissing) {
  auto engine = make_executorch_engine();
  const auto session = load(*engine, {.pte = test_pte("missing_operator.pte")});
  ASSERT_FALSE(session.ok());
  EXPECT_NE(session.error().message.find("assay brings"), std::string::npos);
  EXPECT_NE(session.error().message.find("llama::custom_sdpa.out"), std::string::npos);
}

TEST(Engine, RunsAttentionOverACacheThatItKeepsBetweenCalls) {
  const json expected = expected_of("cached_attention.pte");
  auto engine = make_executorch_engine();
  auto session = load(*engine, {.pte = test_pte("cached_attention.pte")});
  ASSERT_TRUE(session.ok()) << session.error().message;
  for (const json& call : expected.at("calls")) {
    expect_call(**session, call, expected.at("tolerance").get<double>());
  }
}

TEST(Engine, APositionPastTheCacheIsAnErrorThatNamesIt) {
  auto engine = make_executorch_engine();
  auto session = load(*engine, {.pte = test_pte("cached_attention.pte")}).value();
  const std::int64_t position = 8;
  std::memcpy(session->input(3).data(), &position, sizeof position);
  const Status status = session->execute();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("positions 8 to 8 + 1 - 1 do not fit into a cache of 8"),
            std::string::npos)
      << status.error().message;
}

TEST(Engine, NamesTheBackendThatIsMissing) {
  auto engine = make_executorch_engine();
  const auto session = load(*engine, {.pte = test_pte("unknown_backend.pte")});
  ASSERT_FALSE(session.ok());
  EXPECT_NE(session.error().message.find("AssayAbsentBackend"), std::string::npos)
      << session.error().message;
}

TEST(Engine, NamesTheMethodsThatThereAre) {
  auto engine = make_executorch_engine();
  const auto session = load(*engine, {.pte = test_pte("two_methods.pte"), .method = "decode"});
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().code, ErrorCode::kNotFound);
  EXPECT_NE(session.error().message.find("forward, other"), std::string::npos);
}

TEST(Engine, ReportsInputsOutputsAndBackends) {
  auto engine = make_executorch_engine();
  const auto session = load(*engine, {.pte = test_pte("linear_xnnpack.pte")}).value();
  ASSERT_EQ(session->facts().inputs.size(), 1U);
  EXPECT_EQ(session->facts().inputs[0].describe(), "float32[1,32]");
  EXPECT_EQ(session->facts().outputs[0].describe(), "float32[1,16]");
  EXPECT_EQ(session->facts().backends, (std::vector<std::string>{"XnnpackBackend"}));
}

TEST(Engine, AProgramWithoutDelegatesHasNoBackends) {
  auto engine = make_executorch_engine();
  EXPECT_TRUE(load(*engine, {.pte = test_pte("add.pte")}).value()->facts().backends.empty());
}

class DamagedFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".pte");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(std::span<const std::byte> bytes) const {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  Error load_error() const {
    auto engine = make_executorch_engine();
    auto session = load(*engine, {.pte = path_});
    EXPECT_FALSE(session.ok());
    return session.ok() ? Error{} : session.error();
  }

  std::filesystem::path path_;
};

TEST_F(DamagedFile, MissingIsNotFound) { EXPECT_EQ(load_error().code, ErrorCode::kNotFound); }

TEST_F(DamagedFile, EmptyIsCorruptAndSaysSo) {
  write({});
  EXPECT_EQ(load_error().code, ErrorCode::kCorrupt);
  EXPECT_NE(load_error().message.find("empty"), std::string::npos);
}

TEST_F(DamagedFile, ATextFileIsCorrupt) {
  const std::string text(500, 'x');
  write(std::as_bytes(std::span(text)));
  EXPECT_EQ(load_error().code, ErrorCode::kCorrupt);
}

TEST_F(DamagedFile, ATruncatedFileIsCorrupt) {
  const auto whole = read_binary_file(test_pte("linear_xnnpack.pte")).value();
  write(std::span(whole).first(whole.size() / 2));
  EXPECT_EQ(load_error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace assay::runtime
