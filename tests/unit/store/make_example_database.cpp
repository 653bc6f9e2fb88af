// Writes the example run into a new database: how scripts/make/make_store_fixture makes the stored
// old databases of tests/data/store.

#include <cstdio>

#include <harness/store/store.h>
#include <tests/unit/store/example_run.h>

int main(int argc, char** argv) {
  using namespace assay::store;
  if (argc != 2) {
    std::fputs("usage: make_example_database NEW.db\n", stderr);
    return 2;
  }
  auto store = Store::open(argv[1], OpenMode::kReadWrite);
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    return 3;
  }
  const auto saved = save_run(*store, example_run());
  if (!saved.ok()) {
    std::fprintf(stderr, "%s\n", saved.error().message.c_str());
    return 3;
  }
  return 0;
}
