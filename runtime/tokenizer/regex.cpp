#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>

#include <pcre2.h>

#include <runtime/tokenizer/regex.h>
#include <runtime/tokenizer/regex_pattern.h>

namespace assay::tokenizer {
namespace {

// A sane pattern backtracks a few times a character; these bounds stop one that does not.
constexpr std::uint32_t kMatchLimit = 50'000'000;
constexpr std::uint32_t kHeapLimitKib = 64 * 1024;
constexpr std::size_t kJitStackFirst = std::size_t{32} * 1024;
constexpr std::size_t kJitStackMost = std::size_t{8} * 1024 * 1024;

std::string pcre_message(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

struct MatchDataDeleter {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct MatchContextDeleter {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
struct JitStackDeleter {
  void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};

/// What a match writes to; one a thread, because a Regex is shared between threads.
struct MatchScratch {
  std::unique_ptr<pcre2_match_context, MatchContextDeleter> context{
      pcre2_match_context_create(nullptr)};
  std::unique_ptr<pcre2_match_data, MatchDataDeleter> data{pcre2_match_data_create(1, nullptr)};
  std::unique_ptr<pcre2_jit_stack, JitStackDeleter> stack{
      pcre2_jit_stack_create(kJitStackFirst, kJitStackMost, nullptr)};

  MatchScratch() {
    if (context != nullptr) {
      pcre2_set_match_limit(context.get(), kMatchLimit);
      pcre2_set_heap_limit(context.get(), kHeapLimitKib);
      // Without JIT there is no stack, and none is needed.
      if (stack != nullptr) {
        pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
      }
    }
  }
  bool ready() const { return context != nullptr && data != nullptr; }
};

}  // namespace

struct Regex::Compiled {
  std::string pattern;  ///< as the file has it
  pcre2_code* code = nullptr;

  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() { pcre2_code_free(code); }
};

Result<Regex> Regex::compile(std::string_view pattern) {
  ASSAY_ASSIGN(const std::string translated, translate_pattern(pattern));
  auto compiled = std::make_shared<Compiled>();
  compiled->pattern = pattern;
  int code = 0;
  PCRE2_SIZE offset = 0;
  // No \C and no start-of-pattern verbs: translate_pattern lets neither through.
  compiled->code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_NO_AUTO_CAPTURE, &code, &offset, nullptr);
  if (compiled->code == nullptr) {
    return make_error(ErrorCode::kCorrupt, "the pattern '{}' is not a regular expression: {}",
                      pattern, pcre_message(code));
  }
  // Where there is no JIT (an unknown processor, no executable memory) PCRE2 interprets.
  (void)pcre2_jit_compile(compiled->code, PCRE2_JIT_COMPLETE);
  return Regex(std::move(compiled));
}

Result<std::optional<Regex::Match>> Regex::find(std::string_view text, std::size_t from) const {
  thread_local const MatchScratch scratch;
  if (!scratch.ready()) {
    return make_error(ErrorCode::kOutOfMemory, "no memory for matching a regular expression");
  }
  const int count =
      pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                  PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, scratch.data.get(), scratch.context.get());
  if (count == PCRE2_ERROR_NOMATCH) {
    return std::optional<Match>();
  }
  if (count < 0) {
    return make_error(ErrorCode::kUnsupported,
                      "the pattern '{}' cannot be matched in a text of {} bytes: {}",
                      compiled_->pattern, text.size(), pcre_message(count));
  }
  const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(scratch.data.get());
  return std::optional(Match{bounds[0], bounds[1]});
}

}  // namespace assay::tokenizer
