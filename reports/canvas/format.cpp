#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <reports/canvas/display_width.h>
#include <reports/canvas/format.h>

namespace assay::reports {
namespace {

constexpr std::size_t kTerminalWidth = 100;
constexpr double kSmallest = 1e-4;  ///< below this an exponent is easier to read than zeros

std::string signed_text(double value, const std::string& text) {
  return value > 0 ? "+" + text : text;
}

/// Decimals that show `value` with so many significant digits. Precondition: value is not 0.
int decimals_for(double value, int digits) {
  const int magnitude = static_cast<int>(std::floor(std::log10(std::fabs(value))));
  return std::max(0, digits - 1 - magnitude);
}

/// A value whose unit the caller appends.
std::string bare(const MetricInfo& metric, double value) {
  if (!std::isfinite(value)) {
    return value > 0 ? "inf" : value < 0 ? "-inf" : "nan";
  }
  if (metric.unit == "dB") {
    return fmt::format("{:.1f}", value);
  }
  if (value == std::floor(value) && std::fabs(value) < 1e15) {
    const std::string digits = format_count(static_cast<std::uint64_t>(std::fabs(value)));
    return value < 0 ? "-" + digits : digits;
  }
  return format_significant(value, std::fabs(value) < 1 ? 4 : 3);
}

}  // namespace

std::string format_significant(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) {
    return fmt::format("{}", value);
  }
  if (std::fabs(value) < kSmallest) {
    return fmt::format("{:.{}e}", value, std::min(digits, 3) - 1);
  }
  return fmt::format("{:.{}f}", value, decimals_for(value, digits));
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t end = digits.size(); end > 3; end -= 3) {
    digits.insert(end - 3, ",");
  }
  return digits;
}

std::string short_revision(const std::string& revision) { return revision.substr(0, 12); }

std::string format_bytes(double bytes) {
  const double size = std::fabs(bytes);
  if (size < 1e3) {
    return fmt::format("{:.0f} B", bytes);
  }
  if (size < 1e6) {
    return format_significant(bytes / 1e3, 3) + " kB";
  }
  return size < 1e9 ? format_significant(bytes / 1e6, 3) + " MB"
                    : format_significant(bytes / 1e9, 3) + " GB";
}

std::string format_milliseconds(double ms) {
  if (std::fabs(ms) < 1) {
    return format_significant(ms * 1e3, 3) + " µs";
  }
  return std::fabs(ms) < 1e3 ? format_significant(ms, 3) + " ms"
                             : format_significant(ms / 1e3, 3) + " s";
}

std::string format_value(const MetricInfo& metric, double value) {
  if (metric.unit == "ms") {
    return format_milliseconds(value);
  }
  if (metric.unit == "bytes") {
    return format_bytes(value);
  }
  return metric.unit.empty() ? bare(metric, value)
                             : fmt::format("{} {}", bare(metric, value), metric.unit);
}

std::string format_effect(const MetricInfo& metric, double effect) {
  if (metric.comparison == Comparison::kRatio) {
    return fmt::format("{:.3f}x", effect);
  }
  return signed_text(effect, format_value(metric, effect));
}

std::string format_interval(const MetricInfo& metric, const stats::Interval& interval) {
  if (metric.comparison == Comparison::kRatio) {
    return fmt::format("{:.3f} to {:.3f}", interval.low, interval.high);
  }
  // Both ends with the decimals that give the larger one three digits.
  const double larger = std::max(std::fabs(interval.low), std::fabs(interval.high));
  if (larger == 0) {
    return "0 to 0";
  }
  if (larger < kSmallest) {
    return fmt::format("{:+.1e} to {:+.1e}", interval.low, interval.high);
  }
  const int decimals = metric.unit == "dB" ? 1 : decimals_for(larger, 3);
  return fmt::format("{:+.{}f} to {:+.{}f}", interval.low, decimals, interval.high, decimals);
}

std::string format_percent(double fraction) { return format_significant(100 * fraction, 2) + " %"; }

std::string wrap_paragraph(const std::string& text, const std::string& indent) {
  std::string wrapped;
  std::size_t column = 0;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    const std::string word = text.substr(start, end - start);
    if (column > 0 && column + 1 + display_width(word) > kTerminalWidth) {
      wrapped += "\n" + indent;
      column = indent.size();
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += display_width(word);
    start = end + 1;
  }
  return wrapped + "\n";
}

std::string printable(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      line += ' ';
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      line += "\uFFFD";
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace assay::reports
