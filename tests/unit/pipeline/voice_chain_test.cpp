#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/pipeline/voice_chain.h>

namespace assay::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kVadChunk = 512;
constexpr std::size_t kContext = 64;

/// A model of one float32 output that is a function of the bytes of its first input.
class ScriptedSession : public Session {
 public:
  using Compute = std::function<void(std::span<const std::byte> input, std::span<float> output)>;

  ScriptedSession(std::vector<TensorSpec> inputs, TensorSpec output, Compute compute)
      : compute_(std::move(compute)), output_(output.element_count()) {
    facts_.inputs = std::move(inputs);
    facts_.outputs = {std::move(output)};
    for (const TensorSpec& spec : facts_.inputs) {
      buffers_.emplace_back(spec.byte_count());
    }
  }
  const MethodFacts& facts() const override { return facts_; }
  std::span<std::byte> input(std::size_t index) override { return buffers_[index]; }
  Status resize_input(std::size_t, const std::vector<std::int64_t>&) override { return {}; }
  Status execute() override {
    compute_(buffers_[0], output_);
    return {};
  }
  Result<std::span<const std::byte>> output(std::size_t) override {
    return std::as_bytes(std::span<const float>(output_));
  }

 private:
  Compute compute_;
  MethodFacts facts_;
  std::vector<std::vector<std::byte>> buffers_;
  std::vector<float> output_;
};

class ScriptedEngine : public Engine {
 public:
  explicit ScriptedEngine(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  Status load_program(const LoadRequest&) override { return {}; }
  Result<std::unique_ptr<Session>> load_method(const LoadRequest&) override {
    return std::move(session_);
  }

 private:
  std::unique_ptr<Session> session_;
};

/// Speech is whatever is louder than 0.1.
VoiceActivity make_activity() {
  ModelSpec model;
  model.inputs = {{"chunk", DType::kFloat32, {1, kContext + kVadChunk}}};
  model.outputs = {{"score", DType::kFloat32, {1, 1}}};
  auto session = std::make_unique<ScriptedSession>(
      model.inputs, model.outputs[0], [](std::span<const std::byte> input, std::span<float> score) {
        std::vector<float> samples(input.size() / sizeof(float));
        std::memcpy(samples.data(), input.data(), input.size());
        score[0] = std::any_of(samples.begin() + kContext, samples.end(),
                               [](float sample) { return std::fabs(sample) > 0.1F; })
                       ? 0.9F
                       : 0.1F;
      });
  return VoiceActivity::create(std::move(session), model,
                               {.chunk_samples = kVadChunk, .context_samples = kContext})
      .value();
}

suites::AsrSuite asr_task() {
  suites::AsrSuite task;
  task.window_samples = 16'000;
  task.overlap_samples = 0;
  task.samples_per_frame = 1600;
  return task;
}

/// Hears `word` (an id) in the first frame of a window, nothing in the others.
Recognizer make_recognizer(std::size_t word, float value = 1.0F) {
  ModelSpec model;
  model.outputs = {{"logits", DType::kFloat32, {1, 10, 3}}};
  auto session = std::make_unique<ScriptedSession>(
      std::vector<TensorSpec>{{"mel", DType::kFloat32, {1, 80, 100}}}, model.outputs[0],
      [word, value](std::span<const std::byte>, std::span<float> logits) {
        for (std::size_t frame = 0; frame < 10; ++frame) {
          std::fill_n(logits.begin() + static_cast<std::ptrdiff_t>(3 * frame), 3, 0.0F);
          logits[3 * frame + (frame == 0 ? word : 0)] = value;
        }
      });
  return Recognizer::create(std::move(session), model, asr_task(),
                            {.blank = 0, .words = {"<blank>", "hello", "there"}})
      .value();
}

/// Answers with token 3 always.
generate::LanguageModel make_language_model() {
  auto session = std::make_unique<ScriptedSession>(
      std::vector<TensorSpec>{{"tokens", DType::kInt64, {1, 16}},
                              {"input_pos", DType::kInt64, {1}}},
      TensorSpec{"logits", DType::kFloat32, {1, 5}},
      [](std::span<const std::byte>, std::span<float> logits) { logits[3] = 1; });
  ScriptedEngine engine(std::move(session));
  return generate::LanguageModel::load(engine, {}).value();
}

/// Keeps what the language model was asked.
struct Prompts {
  std::vector<std::string> asked;
  MakePrompt make() {
    return [this](std::string_view text) -> Result<std::vector<std::int32_t>> {
      asked.emplace_back(text);
      return std::vector<std::int32_t>{1, 2};
    };
  }
};

/// Half a second of silence, then of sound, as often as asked for.
std::vector<float> bursts(std::size_t count) {
  std::vector<float> samples;
  for (std::size_t i = 0; i < count; ++i) {
    samples.resize(samples.size() + 8000, 0.0F);
    samples.resize(samples.size() + 8000, 0.5F);
  }
  return samples;
}

VoiceChain make_chain(Prompts& prompts, std::size_t word) {
  return {make_activity(), make_recognizer(word), make_language_model(), prompts.make(), {}};
}

TEST(VoiceChain, EachStretchOfSpeechIsRecognisedAndAnswered) {
  Prompts prompts;
  VoiceChain chain = make_chain(prompts, 1);
  const HeardClip clip = chain.play(bursts(2)).value();
  ASSERT_THAT(clip.segments, SizeIs(2));
  EXPECT_EQ(clip.segments[0].text, "hello");
  EXPECT_EQ(clip.segments[1].first_token, 3);
  EXPECT_THAT(prompts.asked, ElementsAre("hello", "hello"));
  // Padded by 100 ms, from the beginning of the chunk in which the sound began.
  EXPECT_EQ(clip.segments[0].span.begin, 8000 / kVadChunk * kVadChunk - 1600);
}

TEST(VoiceChain, SpeechThatLastsToTheVeryEndIsAnswered) {
  Prompts prompts;
  VoiceChain chain = make_chain(prompts, 1);
  EXPECT_THAT(chain.play(bursts(1)).value().segments, SizeIs(1));
}

TEST(VoiceChain, InSilenceNobodyIsAsked) {
  Prompts prompts;
  VoiceChain chain = make_chain(prompts, 1);
  const HeardClip clip = chain.play(std::vector<float>(50'000, 0.0F)).value();
  EXPECT_THAT(clip.segments, IsEmpty());
  EXPECT_GT(clip.vad_ns.size(), 50'000 / kVadChunk);
  EXPECT_THAT(prompts.asked, IsEmpty());
}

TEST(VoiceChain, SoundWithoutAWordDoesNotReachTheLanguageModel) {
  Prompts prompts;
  VoiceChain chain = make_chain(prompts, 0);
  const HeardClip clip = chain.play(bursts(1)).value();
  ASSERT_THAT(clip.segments, SizeIs(1));
  EXPECT_EQ(clip.segments[0].text, "");
  EXPECT_FALSE(clip.segments[0].first_token.has_value());
  EXPECT_THAT(prompts.asked, IsEmpty());
}

TEST(VoiceChain, TheChainTakesAtLeastWhatItsStagesTake) {
  Prompts prompts;
  VoiceChain chain = make_chain(prompts, 1);
  for (const HeardSegment& segment : chain.play(bursts(3)).value().segments) {
    EXPECT_GT(segment.times.front_end_ns, 0);
    EXPECT_GE(segment.times.chain_ns, segment.times.stages_ns());
  }
}

TEST(VoiceChain, LogitsThatAreNotFiniteAreAnErrorOfTheirStage) {
  Prompts prompts;
  VoiceChain chain(make_activity(), make_recognizer(1, std::nanf("")), make_language_model(),
                   prompts.make(), {});
  const Result<HeardClip> clip = chain.play(bursts(1));
  EXPECT_THAT(clip.error().message, HasSubstr("asr: the speech model gave logits"));
}

TEST(VoiceActivity, AnotherModelThanTheSuitesIsRefused) {
  ModelSpec model;
  model.inputs = {{"chunk", DType::kFloat32, {1, 100}}};
  model.outputs = {{"score", DType::kFloat32, {1, 1}}};
  auto session = std::make_unique<ScriptedSession>(
      std::vector<TensorSpec>{{"x", DType::kFloat32, {1, 99}}}, model.outputs[0],
      [](std::span<const std::byte>, std::span<float>) {});
  EXPECT_THAT(VoiceActivity::create(std::move(session), model, {}).error().message,
              HasSubstr("float32[1,99], its suite says float32[1,100]"));
}

}  // namespace
}  // namespace assay::pipeline
