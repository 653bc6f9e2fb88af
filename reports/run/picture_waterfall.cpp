#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include <harness/compare/figures.h>
#include <reports/canvas/format.h>
#include <reports/canvas/scale.h>
#include <reports/run/pictures.h>

namespace assay::reports {
namespace {

constexpr double kWidth = 920;
constexpr double kLeft = 150;
constexpr double kRight = 900;
constexpr double kTop = 8;
constexpr double kRow = 34;
constexpr double kBar = 20;

/// Figures of a voice chain's variant by stage; empty when it is none, or was not measured.
using StageTimes = std::map<std::string, compare::Figures>;

StageTimes stages_of(const BenchCells& bench, std::size_t variant) {
  StageTimes stages;
  for (const Cell* cell : bench.measured(variant)) {
    stages[cell->key.case_name] = compare::cell_figures(*cell);
  }
  for (const char* stage : {"vad", "front-end", "asr", "llm", "chain"}) {
    const auto found = stages.find(stage);
    if (found == stages.end() || !found->second.contains("latency_p50_ms")) {
      return {};
    }
  }
  return stages;
}

double median_ms(const StageTimes& stages, const char* stage) {
  return stages.at(stage).at("latency_p50_ms");
}

/// One answer after the other, a bar a variant: what each stage takes of the median, from the
/// chunk's arrival on.
void draw_row(Picture& picture, const std::string& variant, std::size_t index,
              const StageTimes& stages, const Scale& x, double top) {
  const double front_end = median_ms(stages, "front-end");
  const std::array<std::pair<const char*, double>, 4> parts{
      {{"VAD chunk", median_ms(stages, "vad")},
       {"log-mel", front_end},
       {"encoder and words", std::max(0.0, median_ms(stages, "asr") - front_end)},
       {"prompt and first token", median_ms(stages, "llm")}}};
  picture.label("tick", {kLeft - 8, top + kBar * 0.7}, variant, "end");
  double from = 0;
  bool light = false;
  for (const auto& [name, ms] : parts) {
    const double left = x.at(from);
    picture.rect((light ? "bar light " : "bar ") + series_style(index), {left, top},
                 {x.at(from + ms) - left, kBar},
                 fmt::format("{}, {}: {}", variant, name, format_milliseconds(ms)));
    from += ms;
    light = !light;
  }
  const double chain = median_ms(stages, "chain");
  picture.line("median " + series_style(index), {x.at(chain), top - 3},
               {x.at(chain), top + kBar + 3});
  picture.description += fmt::format("{}: {} in the median. ", variant, format_milliseconds(chain));
}

}  // namespace

std::optional<Picture> draw_waterfall(const BenchCells& bench, const std::string& prefix) {
  std::vector<std::pair<std::size_t, StageTimes>> rows;
  double longest = 0;
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    if (StageTimes stages = stages_of(bench, v); !stages.empty()) {
      longest = std::max(longest, median_ms(stages, "chain"));
      rows.emplace_back(v, std::move(stages));
    }
  }
  if (rows.empty()) {
    return std::nullopt;
  }
  const double bottom = kTop + kRow * static_cast<double>(rows.size());
  Picture picture{.id = prefix + "waterfall",
                  .title = "From the end of speech to the first token",
                  .caption =
                      "The median answer of each mix, stage after stage: VAD of the last "
                      "chunk, log-mel (pale), encoder and words, prompt and first token "
                      "(pale). The line is the median of the whole chain, by its own "
                      "clock. The silence that the endpointer waits for is not in it.",
                  .size = PictureSize::kWide,
                  .width = kWidth,
                  .height = bottom + 28};
  const Scale x{.low = 0, .high = longest * 1.05, .from = kLeft, .to = kRight};
  for (const double tick : linear_ticks(0, x.high, 8)) {
    picture.line("grid", {x.at(tick), kTop}, {x.at(tick), bottom});
    picture.label("tick", {x.at(tick), bottom + 18}, format_milliseconds(tick), "middle");
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    draw_row(picture, bench.variants[rows[row].first], rows[row].first, rows[row].second, x,
             kTop + kRow * static_cast<double>(row) + (kRow - kBar) / 2);
  }
  picture.line("axis", {kLeft, bottom}, {kRight, bottom});
  return picture;
}

}  // namespace assay::reports
