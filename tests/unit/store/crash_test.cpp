// What survives when the process that writes is killed, and when two processes write at once.

#include <csignal>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int kCellCount = 4;

/// The cell as save number `generation` writes it: every part tells which save it is from.
Cell make_cell(int index, std::int64_t generation) {
  Cell cell{.key = example_key(fmt::format("case {}", index), "int8"),
            .status = CellStatus::kPass,
            .reason = std::to_string(generation),
            .worker = example_worker("int8"),
            .scores = {{.metric = "latency_p50_ms", .value = static_cast<double>(generation)}},
            .series = {{"score", std::vector<float>(500, static_cast<float>(generation))}}};
  cell.worker.method_load_ns = generation;
  for (std::int64_t order = 0; order < 5; ++order) {
    cell.blocks.push_back(
        {.order = order, .latency_ns = std::vector<std::int64_t>(300, generation * 1'000'003)});
  }
  return cell;
}

std::vector<CellKey> all_keys() {
  std::vector<CellKey> keys;
  for (int index = 0; index < kCellCount; ++index) {
    keys.push_back(make_cell(index, 0).key);
  }
  return keys;
}

struct Acknowledgement {
  std::int64_t index = 0;
  std::int64_t generation = 0;
};

/// A process of its own that saves cells as fast as it can, and says so after each.
class WriterProcess {
 public:
  WriterProcess(const std::filesystem::path& path, std::int64_t first_generation) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
      std::abort();
    }
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      save_for_ever(path, first_generation, ends[1]);
    }
    ::close(ends[1]);
    acknowledgements_ = ends[0];
  }
  WriterProcess(const WriterProcess&) = delete;
  WriterProcess& operator=(const WriterProcess&) = delete;
  ~WriterProcess() { ::close(acknowledgements_); }

  /// Kills it now; what it had acknowledged until then.
  std::vector<Acknowledgement> kill() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    std::vector<Acknowledgement> all;
    Acknowledgement one;
    while (::read(acknowledgements_, &one, sizeof one) == sizeof one) {
      all.push_back(one);
    }
    return all;
  }

 private:
  [[noreturn]] static void save_for_ever(const std::filesystem::path& path, std::int64_t generation,
                                         int acknowledgements) {
    auto store = Store::open(path, OpenMode::kReadWrite);
    if (!store.ok()) {
      ::_exit(1);
    }
    while (true) {
      for (int index = 0; index < kCellCount; ++index) {
        if (!store->save_cell(1, make_cell(index, generation)).ok()) {
          ::_exit(1);
        }
        const Acknowledgement done{.index = index, .generation = generation};
        if (::write(acknowledgements, &done, sizeof done) != sizeof done) {
          ::_exit(1);
        }
      }
      ++generation;
    }
  }

  pid_t pid_ = -1;
  int acknowledgements_ = -1;
};

class CrashTest : public StoreTest {
 protected:
  /// Every cell is one whole save, and none is older than the last acknowledged one.
  void expect_whole_and_recent(OpenMode mode, const std::vector<std::int64_t>& acknowledged) {
    Store store = open(mode);
    const auto run = store.load_run(1, Detail::kFull);
    ASSERT_TRUE(run.ok()) << run.error().message;
    ASSERT_THAT(run->cells, SizeIs(kCellCount));
    for (int index = 0; index < kCellCount; ++index) {
      const Cell& cell = run->cells[static_cast<std::size_t>(index)];
      const std::int64_t required = acknowledged[static_cast<std::size_t>(index)];
      if (cell.status == CellStatus::kPending) {
        EXPECT_EQ(required, 0);
        EXPECT_EQ(cell, Cell{.key = cell.key});
        continue;
      }
      const std::int64_t generation = std::stoll(cell.reason);
      EXPECT_GE(generation, required);
      EXPECT_EQ(cell, make_cell(index, generation));
    }
  }
};

TEST_F(CrashTest, KillingTheWriterLosesNoSavedCellAndLeavesNoHalfCell) {
  ASSERT_EQ(open().begin_run(example_info(), all_keys()).value(), 1);
  std::mt19937 random(5);
  std::vector<std::int64_t> acknowledged(kCellCount, 0);
  std::size_t acknowledgement_count = 0;
  for (std::int64_t round = 0; round < 30; ++round) {
    WriterProcess writer(path_, 1 + round * 1'000'000);
    std::this_thread::sleep_for(std::chrono::microseconds(2'000 + random() % 60'000));
    for (const Acknowledgement& done : writer.kill()) {
      acknowledged[static_cast<std::size_t>(done.index)] = done.generation;
      ++acknowledgement_count;
    }
    expect_whole_and_recent(round % 2 == 0 ? OpenMode::kReadOnly : OpenMode::kReadWrite,
                            acknowledged);
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(acknowledgement_count, 0U) << "the writers were killed before they saved anything";
  EXPECT_EQ(count("pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

TEST_F(CrashTest, KillingTheProcessThatMakesTheDatabaseLeavesOneThatOpens) {
  std::mt19937 random(6);
  for (int round = 0; round < 20; ++round) {
    path_ = folder_ / fmt::format("{}.db", round);
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto store = Store::open(path_, OpenMode::kReadWrite);
      const bool begun = store.ok() && store->begin_run(example_info(), all_keys()).ok();
      ::_exit(begun ? 0 : 1);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    Store store = open();
    const std::vector<RunSummary> runs = store.summarize_runs().value();
    for (const RunSummary& run : runs) {
      EXPECT_EQ(run.cells.at(CellStatus::kPending), static_cast<std::uint64_t>(kCellCount));
    }
  }
}

TEST_F(CrashTest, TwoProcessesThatWriteAtOnceLoseNothing) {
  const auto write_run = [this](std::string uuid) {
    const pid_t pid = ::fork();
    if (pid != 0) {
      return pid;
    }
    auto store = Store::open(path_, OpenMode::kReadWrite);
    if (!store.ok()) {
      ::_exit(1);
    }
    RunInfo info = example_info();
    info.uuid = std::move(uuid);
    const auto id = store->begin_run(info, all_keys());
    for (std::int64_t generation = 1; id.ok() && generation <= 10; ++generation) {
      for (int index = 0; index < kCellCount; ++index) {
        if (!store->save_cell(id.value(), make_cell(index, generation)).ok()) {
          ::_exit(2);
        }
      }
    }
    ::_exit(id.ok() ? 0 : 3);
  };
  for (const pid_t pid : {write_run("a"), write_run("b")}) {
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  Store store = open();
  for (const std::int64_t id : {1, 2}) {
    const auto run = store.load_run(id, Detail::kFull);
    ASSERT_TRUE(run.ok()) << run.error().message;
    for (int index = 0; index < kCellCount; ++index) {
      EXPECT_EQ(run->cells[static_cast<std::size_t>(index)], make_cell(index, 10));
    }
    EXPECT_THAT(store.pending_cells(id).value(), IsEmpty());
  }
}

}  // namespace
}  // namespace assay::store
