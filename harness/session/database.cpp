#include <harness/session/database.h>

namespace assay::session {
namespace {

std::uint64_t size_with_log(const std::filesystem::path& database) {
  std::uint64_t bytes = 0;
  for (const std::string& file : {database.string(), database.string() + "-wal"}) {
    std::error_code code;
    const auto size = std::filesystem::file_size(file, code);
    bytes += code ? 0 : size;
  }
  return bytes;
}

}  // namespace

Result<DatabaseInfo> describe_database(const std::filesystem::path& database) {
  ASSAY_ASSIGN(auto store, store::Store::open(database, store::OpenMode::kReadOnly));
  DatabaseInfo info{.path = database,
                    .bytes = size_with_log(database),
                    .schema_version = store::Store::schema_version()};
  ASSAY_ASSIGN(info.runs, store.summarize_runs());
  return info;
}

Result<int> migrate_database(const std::filesystem::path& database) {
  // Opened for reading a missing file is an error; for writing it would be made.
  if (!std::filesystem::exists(database)) {
    return make_error(ErrorCode::kNotFound, "there is no database '{}'; name one with --db",
                      database.string());
  }
  ASSAY_TRY(store::Store::open(database, store::OpenMode::kReadWrite));
  return store::Store::schema_version();
}

}  // namespace assay::session
