// Runs a fuzz target without libFuzzer, so that any compiler and machine can: every seed as it is,
// then mutated seeds for a fixed time. An input that crashes the target is left in a file.
//
//   fuzz_NAME --seconds 3 --seed 1 --crash FILE CORPUS_FOLDER     fuzz
//   fuzz_NAME FILE                                                run one input again

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <tests/fuzz/mutator.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// There when a sanitizer is linked in: it ends the program without a signal.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

// An input takes microseconds; one that takes seconds would be a way to hang a run.
constexpr unsigned kSecondsPerInput = 10;

struct Options {
  double seconds = 3;
  std::uint64_t seed = 1;
  std::string crash_file = "fuzz-crash";
  std::filesystem::path corpus;
};

// Read by the signal handler, which has no other way to know them.
const std::string* current_input = nullptr;
const char* crash_path = nullptr;

/// Only calls that a signal handler may make.
void save_input() {
  if (current_input == nullptr || crash_path == nullptr) {
    return;
  }
  const int file = ::open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0) {
    const ssize_t written = ::write(file, current_input->data(), current_input->size());
    (void)written;
    ::close(file);
  }
}

void on_signal(int signal) {
  save_input();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& input) {
  current_input = &input;
  ::alarm(kSecondsPerInput);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  ::alarm(0);
  current_input = nullptr;
}

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--seconds" && has_value) {
      options.seconds = std::strtod(argv[++i], nullptr);
    } else if (argument == "--seed" && has_value) {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--crash" && has_value) {
      options.crash_file = argv[++i];
    } else {
      options.corpus = argument;
    }
  }
  return options;
}

std::vector<std::string> read_seeds(const std::filesystem::path& corpus) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(corpus)) {
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
      files.push_back(entry.path());
    }
    // The order of a directory is the file system's; the inputs must not depend on it.
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(corpus);
  }
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    auto text = assay::read_text_file(file);
    if (!text.ok()) {
      std::fprintf(stderr, "%s\n", text.error().message.c_str());
      std::exit(2);
    }
    seeds.push_back(*std::move(text));
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(argc, argv);
  const auto seeds = read_seeds(options.corpus);
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds in '%s'\n", options.corpus.c_str());
    return 2;
  }
  crash_path = options.crash_file.c_str();
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM}) {
    std::signal(signal, on_signal);
  }
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(save_input);
  }
  for (const std::string& seed : seeds) {
    run(seed);
  }
  if (!std::filesystem::is_directory(options.corpus)) {
    return 0;
  }
  assay::fuzz::Mutator mutator(seeds, options.seed);
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(options.seconds);
  std::uint64_t count = 0;
  for (; Clock::now() < end; ++count) {
    run(mutator.next());
  }
  std::printf("%llu inputs from %zu seeds (seed %llu), no crash\n",
              static_cast<unsigned long long>(count), seeds.size(),
              static_cast<unsigned long long>(options.seed));
  return 0;
}
