#include <algorithm>

#include <harness/model/backend.h>
#include <suites/manifest/manifest_fields.h>
#include <suites/manifest/manifest_variants.h>

namespace assay::suites {
namespace {

Result<std::string> read_backend(const JsonValue& value) {
  ASSAY_ASSIGN(auto name, value.as_text());
  ASSAY_TRY(check_known(value, "backend", name, backend_names()));
  return name;
}

Result<LoweredFile> read_lowered_file(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"pte", "sha256"}));
  LoweredFile file;
  ASSAY_ASSIGN(file.pte, read_required_path(value, "pte", folder));
  if (const auto sha256 = value.find("sha256")) {
    ASSAY_ASSIGN(file.sha256, read_sha256(*sha256));
  }
  return file;
}

Status read_other_backends(const JsonValue& value, const std::filesystem::path& folder,
                           VariantSpec& variant) {
  ASSAY_TRY(value.expect_object());
  for (const auto& [name, file] : value.members()) {
    ASSAY_TRY(check_known(file, "backend", name, backend_names()));
    if (name == variant.backend) {
      return file.error("is the backend of the variant's own 'pte'");
    }
    ASSAY_ASSIGN(variant.other_backends[name], read_lowered_file(file, folder));
  }
  return {};
}

}  // namespace

Result<VariantSpec> read_variant(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"name", "pte", "sha256", "recipe", "backend", "other_backends"}));
  VariantSpec variant;
  ASSAY_ASSIGN(variant.name, read_name(value));
  ASSAY_ASSIGN(variant.pte, read_required_path(value, "pte", folder));
  if (const auto sha256 = value.find("sha256")) {
    ASSAY_ASSIGN(variant.sha256, read_sha256(*sha256));
  }
  ASSAY_ASSIGN(variant.recipe, read_optional_text(value, "recipe"));
  if (const auto backend = value.find("backend")) {
    ASSAY_ASSIGN(variant.backend, read_backend(*backend));
  }
  if (const auto others = value.find("other_backends")) {
    ASSAY_TRY(read_other_backends(*others, folder, variant));
  }
  return variant;
}

Status read_backend_choice(const JsonValue& root, SuiteManifest& manifest) {
  if (const auto list = root.find("backends")) {
    ASSAY_ASSIGN(const auto elements, list->as_nonempty_list());
    for (const JsonValue& element : elements) {
      ASSAY_ASSIGN(auto name, read_backend(element));
      if (std::ranges::find(manifest.backends, name) != manifest.backends.end()) {
        return element.error(fmt::format("the backend '{}' is there twice", name));
      }
      manifest.backends.push_back(std::move(name));
    }
  }
  if (const auto fallback = root.find("fallback")) {
    if (manifest.backends.empty()) {
      return fallback->error("needs 'backends', the list of what to fall back to");
    }
    ASSAY_ASSIGN(manifest.fallback, fallback->as_flag());
  }
  return {};
}

}  // namespace assay::suites
