#pragma once

// A small suite of speech recognition as JSON, to be bent by each test: windows of 3,200 samples
// that overlap by 1,280, a frame every 640, encodings two wide, three words.

#include <nlohmann/json.hpp>
#include <string>

namespace assay::suites {

inline nlohmann::json asr_suite() {
  const auto tensor = [](const char* name, int rows, int columns) {
    return nlohmann::json{{"name", name}, {"dtype", "float32"}, {"shape", {1, rows, columns}}};
  };
  return {
      {"version", 1},
      {"name", "example"},
      {"task", "asr"},
      {"model",
       {{"name", "tiny"},
        {"weights", "seeded"},
        {"inputs", {tensor("mel", 4, 20)}},
        {"outputs", {tensor("encodings", 5, 2), tensor("logits", 5, 3)}},
        {"variants", {{{"name", "fp32"}, {"pte", "fp32.pte"}}}}}},
      {"reference", {{"runtime", "torch"}, {"model_sha256", std::string(64, 'a')}}},
      {"asr",
       {{"sample_rate_hz", 16000},
        {"window_samples", 3200},
        {"overlap_samples", 1280},
        {"samples_per_frame", 640},
        {"mel_bins", 4},
        {"vocabulary", "vocab.json"}}},
      {"cases", {{{"name", "said"}, {"utterances", "said.json"}, {"golden", "said.safetensors"}}}}};
}

}  // namespace assay::suites
