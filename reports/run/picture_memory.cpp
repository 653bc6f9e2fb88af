#include <algorithm>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/canvas/scale.h>
#include <reports/run/pictures.h>

namespace assay::reports {
namespace {

constexpr double kWidth = 460;
constexpr double kHeight = 250;
constexpr double kLeft = 58;
constexpr double kRight = 452;
constexpr double kTop = 12;
constexpr double kBottom = 206;

/// The record of each variant's worker; null when it never measured memory.
std::vector<const WorkerRecord*> workers_of(const BenchCells& bench) {
  std::vector<const WorkerRecord*> workers;
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    const std::vector<const Cell*> cells = bench.measured(v);
    workers.push_back(
        cells.empty() || cells.front()->worker.memory.empty() ? nullptr : &cells.front()->worker);
  }
  return workers;
}

double resident(const MemorySnapshot& snapshot) {
  return static_cast<double>(snapshot.rss_anon_bytes + snapshot.rss_file_bytes);
}

void draw_bar(Picture& picture, const std::string& variant, std::size_t index,
              const MemorySnapshot& snapshot, const Scale& y, double left, double width) {
  const double anon = y.at(static_cast<double>(snapshot.rss_anon_bytes));
  const double total = y.at(resident(snapshot));
  const double peak = y.at(static_cast<double>(snapshot.vm_hwm_bytes));
  const std::string tooltip =
      fmt::format("{}, {}: private {}, file-backed {}, peak so far {}", variant, snapshot.phase,
                  format_bytes(static_cast<double>(snapshot.rss_anon_bytes)),
                  format_bytes(static_cast<double>(snapshot.rss_file_bytes)),
                  format_bytes(static_cast<double>(snapshot.vm_hwm_bytes)));
  picture.rect("bar " + series_style(index), {left, anon}, {width, kBottom - anon}, tooltip);
  picture.rect("bar light " + series_style(index), {left, total}, {width, anon - total}, tooltip);
  picture.line("median " + series_style(index), {left, peak}, {left + width, peak});
}

/// "method_load" in two lines, so that five of them fit side by side.
void draw_phase_name(Picture& picture, std::string phase, double x) {
  double y = kBottom + 17;
  while (!phase.empty()) {
    const std::size_t end = std::min(phase.find('_'), phase.size());
    picture.label("tick", {x, y}, phase.substr(0, end), "middle");
    phase.erase(0, std::min(end + 1, phase.size()));
    y += 15;
  }
}

}  // namespace

std::optional<Picture> draw_memory(const BenchCells& bench, const std::string& prefix) {
  const std::vector<const WorkerRecord*> workers = workers_of(bench);
  const auto first = std::find_if(workers.begin(), workers.end(),
                                  [](const WorkerRecord* worker) { return worker != nullptr; });
  if (first == workers.end()) {
    return std::nullopt;
  }
  double highest = 1;
  for (const WorkerRecord* worker : workers) {
    if (worker != nullptr) {
      for (const MemorySnapshot& snapshot : worker->memory) {
        highest =
            std::max({highest, resident(snapshot), static_cast<double>(snapshot.vm_hwm_bytes)});
      }
    }
  }
  Picture picture{.id = prefix + "memory",
                  .title = "Memory by phase",
                  .caption =
                      "Resident memory of a fresh process, from a pass of its own: solid is "
                      "private, pale is file-backed (code and mapped weights), the line is "
                      "the peak so far (VmHWM).",
                  .width = kWidth,
                  .height = kHeight};
  const Scale y{.low = 0, .high = highest * 1.05, .from = kBottom, .to = kTop};
  for (const double tick : linear_ticks(0, y.high, 4)) {
    picture.line("grid", {kLeft, y.at(tick)}, {kRight, y.at(tick)});
    picture.label("tick", {kLeft - 6, y.at(tick) + 4}, format_bytes(tick), "end");
  }
  const std::vector<MemorySnapshot>& phases = (*first)->memory;
  const double group = (kRight - kLeft) / static_cast<double>(phases.size());
  const double bar = group * 0.8 / static_cast<double>(workers.size());
  for (std::size_t p = 0; p < phases.size(); ++p) {
    const double start = kLeft + group * static_cast<double>(p);
    draw_phase_name(picture, phases[p].phase, start + group / 2);
    for (std::size_t v = 0; v < workers.size(); ++v) {
      if (workers[v] != nullptr && p < workers[v]->memory.size()) {
        const double left = start + group * 0.1 + bar * static_cast<double>(v);
        draw_bar(picture, bench.variants[v], v, workers[v]->memory[p], y, left, bar * 0.86);
      }
    }
  }
  picture.line("axis", {kLeft, kBottom}, {kRight, kBottom});
  for (std::size_t v = 0; v < workers.size(); ++v) {
    if (workers[v] != nullptr) {
      picture.description += fmt::format("{}: {} resident in the last phase. ", bench.variants[v],
                                         format_bytes(resident(workers[v]->memory.back())));
    }
  }
  return picture;
}

}  // namespace assay::reports
