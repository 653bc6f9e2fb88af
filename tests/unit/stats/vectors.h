#pragma once

// Reads tests/data/stats/vectors.json (made by scripts/make/make_stats_vectors.py with NumPy and
// SciPy).

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace assay::stats {

inline const nlohmann::json& vectors() {
  static const nlohmann::json document = nlohmann::json::parse(
      std::ifstream(ASSAY_SOURCE_DIR "/tests/data/stats/vectors.json"), nullptr, false);
  return document;
}

inline std::vector<double> values_of(const nlohmann::json& vector, const char* key = "values") {
  return vector.at(key).get<std::vector<double>>();
}

}  // namespace assay::stats
