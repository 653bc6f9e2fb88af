#pragma once

// A small valid VAD suite as JSON, to be bent by each test, and the files that it needs.

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <tests/fakes/safetensors_bytes.h>

namespace assay::suites {

inline const std::string kModelSha256(64, 'a');
inline constexpr int kChunk = 8;
inline constexpr int kContext = 2;
inline constexpr int kState = 3;

/// One case "clip" of variants "fp32" and "int8"; chunks of 8 samples after 2 of context.
inline nlohmann::json example_suite() {
  const auto tensor = [](const char* name, int columns) {
    return nlohmann::json{{"name", name}, {"dtype", "float32"}, {"shape", {1, columns}}};
  };
  return {
      {"version", 1},
      {"name", "example"},
      {"description", "A test's"},
      {"task", "vad"},
      {"model",
       {{"name", "tiny"},
        {"weights", "seeded"},
        {"inputs", {tensor("chunk", kChunk + kContext), tensor("h", kState), tensor("c", kState)}},
        {"outputs", {tensor("score", 1), tensor("h", kState), tensor("c", kState)}},
        {"state", {{{"input", "h"}, {"output", "h"}}, {{"input", "c"}, {"output", "c"}}}},
        {"variants",
         {{{"name", "fp32"}, {"pte", "models/fp32.pte"}},
          {{"name", "int8"}, {"pte", "/elsewhere/int8.pte"}, {"recipe", "static"}}}}}},
      {"reference", {{"runtime", "onnxruntime"}, {"model_sha256", kModelSha256}}},
      {"vad",
       {{"sample_rate_hz", 16000},
        {"chunk_samples", kChunk},
        {"context_samples", kContext},
        {"threshold", 0.5}}},
      {"cases", {{{"name", "clip"}, {"wav", "clip.wav"}, {"golden", "clip.safetensors"}}}},
  };
}

/// A 16 kHz mono 16-bit WAV of those samples.
inline std::string wav_bytes(const std::vector<std::int16_t>& samples) {
  const auto u32 = [](std::size_t value) {
    const auto number = static_cast<std::uint32_t>(value);
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
  };
  const std::string data(reinterpret_cast<const char*>(samples.data()), samples.size() * 2);
  const std::string format("\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0", 16);
  return "RIFF" + u32(36 + data.size()) + "WAVEfmt " + u32(16) + format + "data" +
         u32(data.size()) + data;
}

/// The reference outputs that a golden file of the example suite holds.
struct ExampleGolden {
  std::vector<float> scores;
  std::vector<float> state_h;
  std::vector<float> state_c;
  std::map<std::string, std::string> metadata;
};

inline ExampleGolden example_golden(std::vector<float> scores, const std::string& wav) {
  ExampleGolden golden;
  for (std::size_t i = 0; i < scores.size() * kState; ++i) {
    golden.state_h.push_back(0.01F * static_cast<float>(i));
    golden.state_c.push_back(-0.5F);
  }
  golden.scores = std::move(scores);
  golden.metadata = {{"kind", "golden"},
                     {"task", "vad"},
                     {"model", "tiny"},
                     {"model_sha256", kModelSha256},
                     {"wav_sha256", sha256_hex(std::as_bytes(std::span(wav)))},
                     {"runtime", "onnxruntime 1"}};
  return golden;
}

inline std::string golden_bytes(const ExampleGolden& golden) {
  const auto rows = static_cast<std::int64_t>(golden.scores.size());
  const auto states = [](const char* name, const std::vector<float>& values) {
    return Tensor::from_floats(name, {static_cast<std::int64_t>(values.size()) / kState, kState},
                               values);
  };
  return fakes::safetensors_bytes(
      golden.metadata, {Tensor::from_floats("scores", {rows}, golden.scores),
                        states("state_h", golden.state_h), states("state_c", golden.state_c)});
}

}  // namespace assay::suites
