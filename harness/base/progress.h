#pragma once

// What long work tells whoever watches it, so that libraries need not print.

#include <cstddef>
#include <string>

namespace assay {

/// Watches one piece of work that has countable steps. Called from one thread.
class Progress {
 public:
  virtual ~Progress() = default;

  /// The work begins and has so many steps.
  virtual void begin(std::size_t steps) = 0;
  /// What is being done now, for a person.
  virtual void doing(const std::string& what) = 0;
  virtual void step_done() = 0;
  /// The work is over, or was given up. Called once after begin().
  virtual void end() = 0;
  /// Something that a person should know and that is no error: one sentence.
  virtual void note(const std::string& text) = 0;
};

}  // namespace assay
