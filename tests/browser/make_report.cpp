// Writes the HTML report of a made-up run, for the browser test. Usage: make_report FILE

#include <cstdio>
#include <fstream>

#include <reports/run/report_renderers.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_report FILE\n");
    return 2;
  }
  assay::fakes::FakeRunOptions options;
  options.variants.push_back({"8da8w", 92, 0.004, 865'796, "linears 8da8w, convolutions fp32"});
  options.variants.push_back({"8da4w", 90, 0.06, 804'356, "linears 8da4w, convolutions fp32"});
  options.cases.push_back({"a-case-with-a-name-much-longer-than-anyone-would-want-it-to-be", 90});
  assay::RunRecord run = assay::fakes::make_vad_run(options);
  assay::Cell& crashed = assay::fakes::cell_of(run, "noise", "8da4w");
  crashed.status = assay::CellStatus::kCrash;
  crashed.reason =
      "the worker died of signal 11 while_executing_an_operator_whose_name_does_not_break_anywhere";
  const auto model = assay::reports::build_report(run, {}, assay::fakes::known_units());
  if (!model.ok()) {
    std::fprintf(stderr, "make_report: %s\n", model.error().message.c_str());
    return 1;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << assay::reports::render_html(*model);
  return file.good() ? 0 : 1;
}
