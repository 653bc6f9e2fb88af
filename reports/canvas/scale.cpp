#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <reports/canvas/scale.h>

namespace assay::reports {

double Scale::at(double value) const {
  const double clamped = std::clamp(value, low, high);
  const double share = kind == ScaleKind::kLinear ? (clamped - low) / (high - low)
                                                  : std::log(clamped / low) / std::log(high / low);
  return from + share * (to - from);
}

std::vector<double> linear_ticks(double low, double high, int most) {
  const double rough = (high - low) / most;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) {
    ticks.push_back(i * step + 0.0);  // never -0
  }
  return ticks;
}

std::vector<Tick> decade_ticks(double low, double high, int most) {
  const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
  const int stride = std::max(1, (last - first + most) / most);
  std::vector<Tick> ticks;
  for (int exponent = last; exponent >= first; exponent -= stride) {
    const double value = std::pow(10, exponent);
    ticks.push_back({value, exponent >= -3 && exponent <= 3 ? fmt::format("{:g}", value)
                                                            : fmt::format("1e{}", exponent)});
  }
  return ticks;
}

}  // namespace assay::reports
