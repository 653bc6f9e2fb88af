#pragma once

// The members of a JSON object that may be left out: each reads member `key`, if it is there and
// not null, into `target`, which otherwise stays as it is. Errors: those of JsonValue.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/json.h>
#include <harness/base/result.h>

namespace assay::exchange {

/// A number, or "inf", "-inf" or "nan", which stand for what JSON lacks.
Result<double> any_number(const JsonValue& value);

class OptionalMembers {
 public:
  /// Precondition: `object` is one, and outlives this.
  explicit OptionalMembers(const JsonValue& object) : object_(object) {}

  Status read(std::string_view key, double& target) const;
  Status read(std::string_view key, bool& target) const;
  Status read(std::string_view key, std::int64_t& target) const;
  Status read(std::string_view key, std::uint64_t& target) const;
  Status read(std::string_view key, std::string& target) const;
  Status read(std::string_view key, std::vector<std::string>& target) const;

  template <class Value>
  Status read(std::string_view key, std::optional<Value>& target) const {
    return with(key, [&](const JsonValue&) { return read(key, target.emplace()); });
  }

  /// Calls `act` with the member.
  template <class Act>
  Status with(std::string_view key, const Act& act) const {
    const auto value = object_.find(key);
    return value && !value->is_null() ? act(*value) : Status();
  }

  /// Calls `act` with each element of the member, which has to be a list.
  template <class Act>
  Status each(std::string_view key, const Act& act) const {
    return with(key, [&](const JsonValue& value) -> Status {
      ASSAY_ASSIGN(const auto list, value.as_list());
      for (const JsonValue& element : list) {
        ASSAY_TRY(act(element));
      }
      return {};
    });
  }

 private:
  const JsonValue& object_;
};

}  // namespace assay::exchange
