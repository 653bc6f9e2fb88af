#pragma once

// "Did you mean": the known name that a mistyped one is closest to.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// The candidate with the smallest edit distance to `name`, if that is close enough to be a likely
/// slip (at most a third of the longer name). Candidates come from the program, `name` from a user.
std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> candidates);

/// "did you mean 'x'? known are x, y" for the end of an error message.
std::string known_names_hint(std::string_view name, std::span<const std::string> candidates);

}  // namespace assay
