// Any text as a suite manifest: it is refused with a message, or gives a manifest that holds what
// harness/model/manifest.h promises.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <harness/model/backend.h>
#include <suites/manifest/manifest_parser.h>
#include <tests/fuzz/require.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using assay::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest =
      assay::suites::parse_manifest(text, "/suites/fuzz.json", assay::suites::built_in_tasks());
  if (!manifest.ok()) {
    require(!manifest.error().message.empty());
    return 0;
  }
  require(!manifest->cases.empty());
  require(!manifest->model.variants.empty());
  for (auto spec : manifest->cases) {
    const auto files = manifest->task->case_files(spec);
    // What a case is fed from: a recording, a list of utterances, or the tokens of its golden.
    require(!files.empty());
    for (const auto& file : files) {
      require(file.path->is_absolute());
    }
  }
  const auto& backends = assay::backend_names();
  const auto is_backend = [&backends](const std::string& name) {
    return std::find(backends.begin(), backends.end(), name) != backends.end();
  };
  for (const auto& name : manifest->backends) {
    require(is_backend(name));
  }
  require(!manifest->fallback || !manifest->backends.empty());
  for (const auto& variant : manifest->model.variants) {
    require(variant.lowered_for(variant.backend).has_value());
    for (const auto& [name, file] : variant.other_backends) {
      require(is_backend(name) && name != variant.backend && file.pte.is_absolute());
    }
  }
  for (const auto& link : manifest->model.state) {
    require(link.input < manifest->model.inputs.size());
    require(link.output < manifest->model.outputs.size());
    require(manifest->model.inputs[link.input].byte_count() ==
            manifest->model.outputs[link.output].byte_count());
  }
  for (const auto& threshold : manifest->thresholds) {
    require(threshold.min.has_value() || threshold.max.has_value());
  }
  return 0;
}
