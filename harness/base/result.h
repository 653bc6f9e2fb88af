#pragma once

// Errors as values. `Result<T>` holds a T or an `Error`; nothing of ours throws across a function
// boundary. A *failing case* is not an error: it is data (see harness/model/cell.h). An Error stops
// what was asked for, and says what failed, with which value, and what to do next.

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace assay {

/// What a caller can do about it; the command line maps codes to exit codes.
enum class ErrorCode {
  kUsage,        ///< The caller's request is wrong: an option, a manifest. Exit code 2.
  kNotFound,     ///< A named file, run or case does not exist. Exit code 2.
  kCorrupt,      ///< Data that is there cannot be read as what it should be. Exit code 3.
  kUnsupported,  ///< Understood, but this build or machine cannot do it. Exit code 3.
  kIo,           ///< The operating system refused. Exit code 3.
  kDatabase,     ///< SQLite refused: locked, read-only, full, newer schema. Exit code 3.
  kEngine,       ///< The model runtime refused to load or execute. Exit code 3.
  kOutOfMemory,  ///< Memory ran out, or a set limit was reached. Exit code 3.
  kDeviceLost,   ///< A device does not answer, or is not there. Exit code 3.
  kWorkerLost,   ///< A worker process ended, or did not answer in time. Exit code 3.
  kCancelled,    ///< The user asked to stop (Ctrl-C). Exit code 130.
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kIo;
  std::string message;

  /// Puts what was being done in front: "while loading x.pte: file is empty".
  template <class... Args>
  Error with_context(fmt::format_string<Args...> format, Args&&... args) && {
    message = fmt::format(format, std::forward<Args>(args)...) + ": " + message;
    return std::move(*this);
  }
};

/// Builds an Error with a formatted message.
template <class... Args>
Error make_error(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return Error{code, fmt::format(format, std::forward<Args>(args)...)};
}

/// A T or an Error. Reading the wrong one is a programmer's error and ends the program
/// (std::get / std::optional access are checked).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  /// By value, so that `for (auto& x : f().value())` does not dangle.
  T value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(*-explicit-*)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() & { return error_.value(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace assay

#define ASSAY_CONCAT_INNER(a, b) a##b
#define ASSAY_CONCAT(a, b) ASSAY_CONCAT_INNER(a, b)

/// Returns the error of `expression` from the enclosing function, if it has one.
#define ASSAY_TRY(expression)                     \
  do {                                            \
    auto assay_try_result = (expression);         \
    if (!assay_try_result.ok()) {                 \
      return std::move(assay_try_result).error(); \
    }                                             \
  } while (false)

#define ASSAY_ASSIGN_INNER(temporary, declaration, expression) \
  auto temporary = (expression);                               \
  if (!temporary.ok()) {                                       \
    return std::move(temporary).error();                       \
  }                                                            \
  declaration = std::move(temporary).value()

/// `ASSAY_ASSIGN(auto x, f());` — x is f()'s value, or f()'s error is returned.
#define ASSAY_ASSIGN(declaration, expression) \
  ASSAY_ASSIGN_INNER(ASSAY_CONCAT(assay_result_, __LINE__), declaration, expression)
