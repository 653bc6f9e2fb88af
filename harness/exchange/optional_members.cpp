#include <limits>

#include <harness/exchange/optional_members.h>

namespace assay::exchange {

Result<double> any_number(const JsonValue& value) {
  Result<double> finite = value.as_number();
  if (finite.ok()) {
    return finite;
  }
  if (const Result<std::string> text = value.as_text(); text.ok()) {
    for (const auto& [name, number] :
         {std::pair("inf", std::numeric_limits<double>::infinity()),
          std::pair("-inf", -std::numeric_limits<double>::infinity()),
          std::pair("nan", std::numeric_limits<double>::quiet_NaN())}) {
      if (*text == name) {
        return number;
      }
    }
  }
  return finite;
}

Status OptionalMembers::read(std::string_view key, double& target) const {
  return with(key, [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(target, any_number(value));
    return {};
  });
}

Status OptionalMembers::read(std::string_view key, bool& target) const {
  return with(key, [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(target, value.as_flag());
    return {};
  });
}

Status OptionalMembers::read(std::string_view key, std::int64_t& target) const {
  return with(key, [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(target, value.as_integer(std::numeric_limits<std::int64_t>::min(),
                                          std::numeric_limits<std::int64_t>::max()));
    return {};
  });
}

Status OptionalMembers::read(std::string_view key, std::uint64_t& target) const {
  return with(key, [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(target, value.as_unsigned());
    return {};
  });
}

Status OptionalMembers::read(std::string_view key, std::string& target) const {
  return with(key, [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(target, value.as_text());
    return {};
  });
}

Status OptionalMembers::read(std::string_view key, std::vector<std::string>& target) const {
  return each(key, [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(std::string text, value.as_text());
    target.push_back(std::move(text));
    return {};
  });
}

}  // namespace assay::exchange
