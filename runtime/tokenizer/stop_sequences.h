#pragma once

// Ends a streamed text where one of several strings comes, without ever showing a part of it.

#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::tokenizer {

class StopSequences {
 public:
  /// What can be shown after a piece of text came.
  struct Step {
    std::string text;      ///< never a part of a stop string
    bool stopped = false;  ///< a stop string is complete; what follows it is dropped
  };

  /// Errors: kUsage, a stop string is empty.
  static Result<StopSequences> create(std::vector<std::string> stops);

  /// Takes the next piece of text, whole characters. How the text is cut into pieces makes no
  /// difference. The stop string that is complete first counts, of those the longest.
  Step put(std::string_view text);
  /// The end of the text: what was held back as the possible start of a stop string.
  std::string finish();

 private:
  explicit StopSequences(std::vector<std::string> stops) : stops_(std::move(stops)) {}
  std::size_t held_back() const;

  std::vector<std::string> stops_;
  std::string pending_;
  bool stopped_ = false;
};

}  // namespace assay::tokenizer
