#pragma once

// What of a suite, or of one of its cases, only the suite's task understands.

#include <any>
#include <utility>

namespace assay {

/// A value of a type that the task's folder (suites/tasks/<task>/) declares. Copied like any value.
class TaskPart {
 public:
  TaskPart() = default;
  template <class T>
  static TaskPart of(T value) {
    TaskPart part;
    part.value_ = std::move(value);
    return part;
  }

  /// Null when it is of another type.
  template <class T>
  const T* find() const {
    return std::any_cast<T>(&value_);
  }
  /// Precondition: made of a T.
  template <class T>
  const T& as() const {
    return std::any_cast<const T&>(value_);
  }
  template <class T>
  T& as() {
    return std::any_cast<T&>(value_);
  }

 private:
  std::any value_;
};

}  // namespace assay
