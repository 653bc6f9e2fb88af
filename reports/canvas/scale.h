#pragma once

// From values to places on a picture, and where to put the ticks.

#include <string>
#include <vector>

namespace assay::reports {

enum class ScaleKind { kLinear, kLog };

/// Maps [low, high] to [from, to] (to may be smaller: y grows downwards). Values outside are
/// clamped, so that nothing is drawn beside the panel. Preconditions: low < high; low > 0 for kLog.
struct Scale {
  ScaleKind kind = ScaleKind::kLinear;
  double low = 0;
  double high = 1;
  double from = 0;
  double to = 1;

  double at(double value) const;
};

struct Tick {
  double value = 0;
  std::string label;
};

/// About `most` multiples of a round step (1, 2 or 5 times a power of ten) within [low, high].
std::vector<double> linear_ticks(double low, double high, int most);

/// At most `most` powers of ten within [low, high].
std::vector<Tick> decade_ticks(double low, double high, int most);

}  // namespace assay::reports
