#pragma once

// How numbers look in every report: significant digits, units, signs. Nothing else turns a number
// into text that a person reads.

#include <cstdint>
#include <string>
#include <string_view>

#include <harness/model/metric.h>
#include <harness/stats/bootstrap.h>

namespace assay::reports {

/// `value` with so many significant digits and no exponent, unless it is below 0.0001.
std::string format_significant(double value, int digits);

/// "8,120".
std::string format_count(std::uint64_t count);

/// Decimal units: "347 kB", "1.25 MB".
std::string format_bytes(double bytes);
/// As much of a git revision as names it.
std::string short_revision(const std::string& revision);

/// "81.3 µs", "1.25 ms", "2.40 s"; the argument is in ms.
std::string format_milliseconds(double ms);

/// A value in its metric's unit: ms as a duration, bytes, "17.8 dB", whole numbers as counts,
/// anything else with four significant digits. "inf dB", "nan".
std::string format_value(const MetricInfo& metric, double value);

/// "0.921x" for a ratio, "+0.0012" or "-2.1 dB" for a difference.
std::string format_effect(const MetricInfo& metric, double effect);

/// "0.911 to 0.930", "-0.003 to +0.001": effects without their unit.
std::string format_interval(const MetricInfo& metric, const stats::Interval& interval);

/// "95 %" from 0.95.
std::string format_percent(double fraction);

/// Breaks a paragraph at spaces for a terminal of 100 columns, and ends it with a line break; lines
/// after the first get `indent`.
std::string wrap_paragraph(const std::string& text, const std::string& indent);

/// One line that cannot steer a terminal: line breaks and tabs become spaces, other control
/// characters U+FFFD.
std::string printable(std::string_view text);

}  // namespace assay::reports
