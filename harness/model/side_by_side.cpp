#include <array>
#include <utility>

#include <harness/model/side_by_side.h>

namespace assay {
namespace {

constexpr std::array<std::pair<Question, std::string_view>, 3> kQuestions{{
    {Question::kBoth, "both"},
    {Question::kModel, "model"},
    {Question::kRuntime, "runtime"},
}};

}  // namespace

std::string_view question_name(Question question) {
  return kQuestions[static_cast<std::size_t>(question)].second;
}

std::optional<Question> question_from_name(std::string_view name) {
  for (const auto& [question, question_name] : kQuestions) {
    if (question_name == name) {
      return question;
    }
  }
  return std::nullopt;
}

}  // namespace assay
