#include <algorithm>
#include <numeric>

#include <harness/base/clock.h>
#include <harness/generate/generator.h>

namespace assay::generate {
namespace {

double per_second(std::size_t count, std::int64_t ns) {
  return ns > 0 ? static_cast<double>(count) * 1e9 / static_cast<double>(ns) : 0;
}

}  // namespace

std::string_view stop_reason_name(StopReason reason) {
  switch (reason) {
    case StopReason::kEndOfText:
      return "end of text";
    case StopReason::kMaxTokens:
      return "max tokens";
    case StopReason::kCacheFull:
      return "cache full";
    case StopReason::kStopped:
      return "stop string";
    case StopReason::kInterrupted:
      return "interrupted";
  }
  return "?";
}

double Generation::prefill_tokens_per_second() const {
  return per_second(prompt_tokens, prefill_ns);
}

double Generation::decode_tokens_per_second() const {
  return per_second(inter_token_ns.size(),
                    std::accumulate(inter_token_ns.begin(), inter_token_ns.end(), std::int64_t{0}));
}

bool Generator::ends_text(std::int32_t token) const {
  return std::ranges::find(eos_ids_, token) != eos_ids_.end();
}

Result<Generation> Generator::run(std::span<const std::int32_t> prompt, std::size_t max_tokens,
                                  const OnToken& on_token, const std::atomic<bool>& stop) {
  const std::int64_t begin = now_ns();
  if (prompt.empty()) {
    return make_error(ErrorCode::kUsage, "the prompt is empty; give at least one token");
  }
  std::vector<std::int32_t> next = unfed_;
  next.insert(next.end(), prompt.begin(), prompt.end());
  const std::size_t room = model_->max_positions() - position_;
  if (next.size() > room) {
    return make_error(ErrorCode::kUsage,
                      "the prompt has {} tokens; the model's cache has {} positions, of which {} "
                      "are in use. Shorten it, or export with a larger --max_seq_len",
                      next.size(), model_->max_positions(), position_);
  }
  Generation result{.prompt_tokens = next.size()};
  std::int64_t picked = 0;
  while (true) {
    const std::int64_t before = now_ns();
    ASSAY_ASSIGN(const auto logits, model_->feed(next, position_));
    if (result.prefill_ns == 0) {
      result.prefill_ns = std::max<std::int64_t>(now_ns() - before, 1);
    }
    position_ += next.size();
    unfed_.clear();
    if (result.tokens.size() == max_tokens) {
      return result;  // only where no token at all was asked for
    }
    ASSAY_ASSIGN(const std::int32_t token, sampler_.pick(logits));
    const std::int64_t now = now_ns();
    if (picked == 0) {
      result.time_to_first_token_ns = now - begin;
    } else {
      result.inter_token_ns.push_back(now - picked);
    }
    picked = now;
    next.assign(1, token);
    unfed_ = next;
    if (ends_text(token)) {
      result.reason = StopReason::kEndOfText;
      return result;
    }
    result.tokens.push_back(token);
    ASSAY_ASSIGN(const bool more, on_token(token));
    if (!more || stop) {
      result.reason = stop ? StopReason::kInterrupted : StopReason::kStopped;
      return result;
    }
    if (result.tokens.size() == max_tokens) {
      return result;
    }
    if (position_ == model_->max_positions()) {
      result.reason = StopReason::kCacheFull;
      return result;
    }
  }
}

}  // namespace assay::generate
