#include <charconv>
#include <cstring>

#include <suites/tasks/llm/logit_golden.h>

namespace assay::suites {
namespace {

using golden::GoldenFile;

Result<std::vector<std::int32_t>> integers(const GoldenFile& file, std::string_view name,
                                           const std::vector<std::int64_t>& shape) {
  const Tensor* tensor = file.contents.find(name);
  const TensorSpec wanted{.name = "", .dtype = DType::kInt32, .shape = shape};
  if (tensor == nullptr || tensor->spec.dtype != wanted.dtype || tensor->spec.shape != shape) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': tensor '{}' is {}, but {} is needed",
                      file.name, name, tensor == nullptr ? "missing" : tensor->spec.describe(),
                      wanted.describe());
  }
  std::vector<std::int32_t> values(wanted.element_count());
  if (!values.empty()) {
    std::memcpy(values.data(), tensor->data.data(), tensor->data.size());
  }
  return values;
}

/// Size of dimension `index` of a tensor.
Result<std::int64_t> size_of(const GoldenFile& file, std::string_view name, std::size_t index) {
  const Tensor* tensor = file.contents.find(name);
  if (tensor == nullptr || tensor->spec.shape.size() <= index) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': tensor '{}' is missing or has no size {}",
                      file.name, name, index);
  }
  return tensor->spec.shape[index];
}

Result<std::size_t> vocabulary(const GoldenFile& file) {
  ASSAY_ASSIGN(const std::string text, file.metadata("vocab_size"));
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size < 2) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': vocab_size is '{}'", file.name, text);
  }
  return size;
}

Status check_ids(const GoldenFile& file, std::string_view name, std::size_t vocab_size,
                 const std::vector<std::int32_t>& ids) {
  for (const std::int32_t id : ids) {
    if (id < 0 || static_cast<std::size_t>(id) >= vocab_size) {
      return make_error(ErrorCode::kCorrupt,
                        "golden '{}': '{}' holds token id {}; the vocabulary has {}", file.name,
                        name, id, vocab_size);
    }
  }
  return {};
}

Status check_positions(const GoldenFile& file, const LogitGolden& golden) {
  if (golden.positions.empty()) {
    return make_error(ErrorCode::kCorrupt, "golden '{}' scores no position", file.name);
  }
  for (std::size_t i = 0; i < golden.positions.size(); ++i) {
    const std::int32_t wanted = golden.positions.front() + static_cast<std::int32_t>(i);
    const bool has_next =
        wanted >= 0 && static_cast<std::size_t>(wanted) + 1 < golden.tokens.size();
    if (golden.positions[i] != wanted || !has_next) {
      return make_error(ErrorCode::kCorrupt,
                        "golden '{}': position {} cannot be scored; positions follow each other, "
                        "each has a next token among the {}",
                        file.name, golden.positions[i], golden.tokens.size());
    }
  }
  return {};
}

Status read_sparse(const GoldenFile& file, LogitGolden& golden) {
  const auto rows = static_cast<std::int64_t>(golden.positions.size());
  ASSAY_ASSIGN(const std::int64_t stored, size_of(file, "top_ids", 1));
  golden.stored = static_cast<std::size_t>(stored);
  if (stored < 1 || golden.stored > golden.vocab_size) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': stores {} of {} logits", file.name, stored,
                      golden.vocab_size);
  }
  ASSAY_ASSIGN(golden.top_ids, integers(file, "top_ids", {rows, stored}));
  ASSAY_TRY(check_ids(file, "top_ids", golden.vocab_size, golden.top_ids));
  ASSAY_ASSIGN(golden.top_log_probs, file.floats("top_logprobs", {rows, stored}));
  ASSAY_ASSIGN(golden.tail_mass, file.floats("tail_mass", {rows}));
  ASSAY_ASSIGN(golden.tail_entropy, file.floats("tail_entropy", {rows}));
  ASSAY_ASSIGN(golden.log_totals, file.floats("logsumexp", {rows}));
  ASSAY_ASSIGN(golden.target_log_probs, file.floats("target_logprobs", {rows}));
  return {};
}

Status read_dense(const GoldenFile& file, LogitGolden& golden) {
  const auto rows = static_cast<std::int64_t>(golden.positions.size());
  const auto width = static_cast<std::int64_t>(golden.vocab_size);
  ASSAY_ASSIGN(golden.logits, file.floats("logits", {rows, width}));
  for (std::size_t row = 0; row < golden.positions.size(); ++row) {
    const double total = golden::log_sum_exp(golden.dense_row(row));
    const auto next = static_cast<std::size_t>(golden.positions[row]) + 1;
    const auto target = static_cast<std::size_t>(golden.tokens[next]);
    golden.log_totals.push_back(static_cast<float>(total));
    golden.target_log_probs.push_back(
        static_cast<float>(static_cast<double>(golden.dense_row(row)[target]) - total));
  }
  return {};
}

}  // namespace

std::span<const float> LogitGolden::dense_row(std::size_t row) const {
  return std::span(logits).subspan(row * vocab_size, vocab_size);
}

golden::SparseReference LogitGolden::sparse_row(std::size_t row) const {
  return {.ids = std::span(top_ids).subspan(row * stored, stored),
          .log_probs = std::span(top_log_probs).subspan(row * stored, stored),
          .tail_mass = static_cast<double>(tail_mass[row]),
          .tail_entropy = static_cast<double>(tail_entropy[row])};
}

Result<LogitGolden> parse_logit_golden(const golden::GoldenFile& file) {
  LogitGolden golden;
  golden.sha256 = file.sha256;
  golden.input_sha256 = file.input_sha256;
  ASSAY_ASSIGN(const std::string kind, file.metadata("llm_kind"));
  if (kind != "text" && kind != "greedy") {
    return make_error(ErrorCode::kCorrupt, "golden '{}': llm_kind is '{}', not text or greedy",
                      file.name, kind);
  }
  golden.kind = kind == "greedy" ? LogitGoldenKind::kGreedy : LogitGoldenKind::kText;
  ASSAY_ASSIGN(golden.vocab_size, vocabulary(file));
  ASSAY_ASSIGN(const std::int64_t tokens, file.rows("tokens"));
  ASSAY_ASSIGN(golden.tokens, integers(file, "tokens", {tokens}));
  ASSAY_TRY(check_ids(file, "tokens", golden.vocab_size, golden.tokens));
  ASSAY_ASSIGN(const std::int64_t positions, file.rows("positions"));
  ASSAY_ASSIGN(golden.positions, integers(file, "positions", {positions}));
  ASSAY_TRY(check_positions(file, golden));
  if (const auto text = file.contents.metadata.find("text"); text != file.contents.metadata.end()) {
    golden.text = text->second;
  }
  if (file.contents.find("token_ends") != nullptr) {
    ASSAY_ASSIGN(golden.token_ends, integers(file, "token_ends", {tokens}));
  }
  ASSAY_TRY(file.contents.find("logits") != nullptr ? read_dense(file, golden)
                                                    : read_sparse(file, golden));
  return golden;
}

}  // namespace assay::suites
