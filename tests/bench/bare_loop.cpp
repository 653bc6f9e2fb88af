// What a model costs without assay: a loop around Module::execute that feeds a clip chunk by chunk,
// carries the state, and times the call alone. scripts/bench compares `assay run` with it. It uses
// nothing of assay but the size of the thread pool, so that its memory is the runtime's own.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor_ptr.h>
#include <getopt.h>
#include <sched.h>
#include <sys/prctl.h>

#include <runtime/engine/thread_pool.h>

namespace {

using executorch::extension::Module;
using executorch::runtime::EValue;

constexpr std::size_t kChunkSamples = 512;
constexpr std::size_t kContextSamples = 64;
constexpr std::size_t kStateSize = 128;
constexpr std::size_t kWavHeaderBytes = 44;
constexpr std::int64_t kBlockNs = 20'000'000;  ///< as long as a block of assay

constexpr const char* kUsage =
    "usage: bare_loop [--cpu N] [--threads N] [--runs N] [--steps N] [--between WHAT] [--blocks]\n"
    "                 MODEL.pte CLIP.wav\n"
    "  --runs N        timed executions after one untimed pass of the clip (default: the clip "
    "once)\n"
    "  --steps N       only the first N chunks of the clip\n"
    "  --between WHAT  between timed calls: feed (default: next chunk in, state carried), touch\n"
    "                  (feed, and every output read), nothing (always the first chunk)\n"
    "  --blocks        print every latency, in blocks of 20 ms\n";

volatile std::sig_atomic_t stop_requested = 0;

void request_stop(int) { stop_requested = 1; }

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "bare_loop: %s\n", message.c_str());
  std::exit(1);
}

enum class Between { kFeed, kTouch, kNothing };

struct Options {
  int cpu = -1;  ///< negative: not pinned
  int threads = 1;
  std::size_t runs = 0;
  std::size_t steps = 0;
  Between between = Between::kFeed;
  bool blocks = false;
  std::string pte;
  std::string wav;
};

int to_number(std::string_view text) {
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 0) {
    fail("'" + std::string(text) + "' is no count");
  }
  return value;
}

Between to_between(std::string_view text) {
  if (text == "feed") {
    return Between::kFeed;
  }
  if (text == "touch") {
    return Between::kTouch;
  }
  if (text == "nothing") {
    return Between::kNothing;
  }
  fail("--between takes feed, touch or nothing, not '" + std::string(text) + "'");
}

Options parse(int argc, char** argv) {
  constexpr std::array kLong{option{"cpu", required_argument, nullptr, 'c'},
                             option{"threads", required_argument, nullptr, 't'},
                             option{"runs", required_argument, nullptr, 'r'},
                             option{"steps", required_argument, nullptr, 's'},
                             option{"between", required_argument, nullptr, 'b'},
                             option{"blocks", no_argument, nullptr, 'p'},
                             option{nullptr, 0, nullptr, 0}};
  Options options;
  for (int key = 0; (key = ::getopt_long(argc, argv, "", kLong.data(), nullptr)) != -1;) {
    switch (key) {
      case 'c':
        options.cpu = to_number(optarg);
        break;
      case 't':
        options.threads = to_number(optarg);
        break;
      case 'r':
        options.runs = static_cast<std::size_t>(to_number(optarg));
        break;
      case 's':
        options.steps = static_cast<std::size_t>(to_number(optarg));
        break;
      case 'b':
        options.between = to_between(optarg);
        break;
      case 'p':
        options.blocks = true;
        break;
      default:
        std::fputs(kUsage, stderr);
        std::exit(2);
    }
  }
  if (argc - optind != 2) {
    std::fputs(kUsage, stderr);
    std::exit(2);
  }
  options.pte = argv[optind];
  options.wav = argv[optind + 1];
  return options;
}

void pin_to(int cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(static_cast<unsigned>(cpu), &cpus);
  if (::sched_setaffinity(0, sizeof(cpus), &cpus) != 0) {
    fail("cannot run on CPU " + std::to_string(cpu));
  }
}

/// The clip as floats, with the context of the first chunk in front and whole chunks at the end.
/// `steps`: how many chunks to read at most; 0 for all.
std::vector<float> read_clip(const std::string& path, std::size_t steps) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, kWavHeaderBytes> header{};
  file.read(header.data(), header.size());
  const std::string_view text(header.data(), header.size());
  if (!file || !text.starts_with("RIFF") || text.substr(kWavHeaderBytes - 8, 4) != "data") {
    fail("'" + path + "' is no WAV file with a header of 44 bytes");
  }
  std::vector<float> clip(kContextSamples, 0.0F);
  std::array<std::int16_t, kChunkSamples> chunk{};
  for (std::size_t step = 0; steps == 0 || step < steps; ++step) {
    chunk.fill(0);
    file.read(reinterpret_cast<char*>(chunk.data()), sizeof(chunk));
    if (file.gcount() == 0) {
      break;
    }
    std::transform(chunk.begin(), chunk.end(), std::back_inserter(clip),
                   [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  }
  if (clip.size() == kContextSamples) {
    fail("'" + path + "' has no samples");
  }
  return clip;
}

std::string read_proc(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The kilobytes behind `name` in a /proc text, in bytes; 0 if it is not there.
std::uint64_t bytes_behind(const std::string& text, std::string_view name) {
  const std::size_t at = text.find(name);
  return at == std::string::npos
             ? 0
             : std::strtoull(text.c_str() + at + name.size(), nullptr, 10) * 1024;
}

struct Memory {
  const char* phase = "";
  std::uint64_t vm_hwm_bytes = 0;
  std::uint64_t rss_anon_bytes = 0;
  std::uint64_t rss_file_bytes = 0;
  std::uint64_t pss_bytes = 0;
};

Memory read_memory(const char* phase) {
  const std::string status = read_proc("/proc/self/status");
  return {.phase = phase,
          .vm_hwm_bytes = bytes_behind(status, "VmHWM:"),
          .rss_anon_bytes = bytes_behind(status, "RssAnon:"),
          .rss_file_bytes = bytes_behind(status, "RssFile:"),
          .pss_bytes = bytes_behind(read_proc("/proc/self/smaps_rollup"), "\nPss:")};
}

struct Block {
  std::int64_t start_ns = 0;
  std::vector<std::int64_t> latency_ns;
};

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

class Loop {
 public:
  Loop(Module& module, const std::vector<float>& clip, const Options& options)
      : module_(module),
        clip_(clip),
        between_(options.between),
        steps_((clip.size() - kContextSamples) / kChunkSamples) {
    values_.emplace_back(*chunk_tensor_);
    values_.emplace_back(*h_tensor_);
    values_.emplace_back(*c_tensor_);
    feed();
  }

  std::size_t steps() const { return steps_; }

  struct Run {
    std::int64_t start_ns = 0;
    std::int64_t latency_ns = 0;  ///< of Module::execute alone
  };
  Run play() {
    const std::int64_t begin = now_ns();
    const auto result = module_.execute("forward", values_);
    const std::int64_t end = now_ns();
    if (!result.ok() || result->size() != 3) {
      fail("executing failed");
    }
    if (between_ != Between::kNothing) {
      advance(*result);
    }
    return {.start_ns = begin, .latency_ns = end - begin};
  }

  /// Hash of all outputs read so far; printed, so that no compiler leaves the reading out.
  std::uint64_t touched() const { return touched_; }

 private:
  void feed() { std::memcpy(chunk_.data(), clip_.data() + step_ * kChunkSamples, sizeof(chunk_)); }

  void advance(const std::vector<EValue>& outputs) {
    if (between_ == Between::kTouch) {
      for (const EValue& output : outputs) {
        const auto& tensor = output.toTensor();
        const auto* bytes = static_cast<const char*>(tensor.const_data_ptr());
        touched_ = touched_ * 31 + std::hash<std::string_view>()({bytes, tensor.nbytes()});
      }
    }
    std::memcpy(h_.data(), outputs[1].toTensor().const_data_ptr(), sizeof(h_));
    std::memcpy(c_.data(), outputs[2].toTensor().const_data_ptr(), sizeof(c_));
    if (++step_ == steps_) {
      step_ = 0;
      h_.fill(0);
      c_.fill(0);
    }
    feed();
  }

  Module& module_;
  const std::vector<float>& clip_;
  Between between_;
  std::size_t steps_;
  std::size_t step_ = 0;
  std::uint64_t touched_ = 0;
  std::array<float, kContextSamples + kChunkSamples> chunk_{};
  std::array<float, kStateSize> h_{};
  std::array<float, kStateSize> c_{};
  executorch::extension::TensorPtr chunk_tensor_ =
      executorch::extension::make_tensor_ptr({1, static_cast<int>(chunk_.size())}, chunk_.data());
  executorch::extension::TensorPtr h_tensor_ =
      executorch::extension::make_tensor_ptr({1, static_cast<int>(h_.size())}, h_.data());
  executorch::extension::TensorPtr c_tensor_ =
      executorch::extension::make_tensor_ptr({1, static_cast<int>(c_.size())}, c_.data());
  std::vector<EValue> values_;
};

std::vector<Block> time_runs(Loop& loop, std::size_t runs) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < runs && stop_requested == 0; ++i) {
    const Loop::Run run = loop.play();
    if (blocks.empty() || run.start_ns - blocks.back().start_ns > kBlockNs) {
      blocks.push_back({.start_ns = run.start_ns, .latency_ns = {}});
      blocks.back().latency_ns.reserve(1024);
    }
    blocks.back().latency_ns.push_back(run.latency_ns);
  }
  return blocks;
}

double median_ns(const std::vector<Block>& blocks) {
  std::vector<std::int64_t> all;
  for (const Block& block : blocks) {
    all.insert(all.end(), block.latency_ns.begin(), block.latency_ns.end());
  }
  if (all.empty()) {
    fail("stopped before anything was timed");
  }
  std::sort(all.begin(), all.end());
  const std::size_t middle = all.size() / 2;
  return all.size() % 2 == 1 ? static_cast<double>(all[middle])
                             : static_cast<double>(all[middle - 1] + all[middle]) / 2;
}

void print(const std::vector<Memory>& memory, const std::vector<Block>& blocks, bool all_blocks,
           std::uint64_t touched) {
  std::printf("{\"p50_ns\": %.1f, \"touched\": \"%llx\",\n \"memory\": [", median_ns(blocks),
              static_cast<unsigned long long>(touched));
  const char* separator = "";
  for (const Memory& m : memory) {
    std::printf(
        "%s\n  {\"phase\": \"%s\", \"vm_hwm_bytes\": %llu, \"rss_anon_bytes\": %llu, "
        "\"rss_file_bytes\": %llu, \"pss_bytes\": %llu}",
        separator, m.phase, static_cast<unsigned long long>(m.vm_hwm_bytes),
        static_cast<unsigned long long>(m.rss_anon_bytes),
        static_cast<unsigned long long>(m.rss_file_bytes),
        static_cast<unsigned long long>(m.pss_bytes));
    separator = ",";
  }
  std::printf("],\n \"blocks\": [");
  separator = "";
  for (std::size_t i = 0; all_blocks && i < blocks.size(); ++i) {
    std::printf("%s\n  {\"start_ns\": %lld, \"latency_ns\": [", separator,
                static_cast<long long>(blocks[i].start_ns));
    separator = "";
    for (const std::int64_t latency : blocks[i].latency_ns) {
      std::printf("%s%lld", separator, static_cast<long long>(latency));
      separator = ", ";
    }
    std::printf("]}");
    separator = ",";
  }
  std::printf("]}\n");
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  std::signal(SIGTERM, &request_stop);
  // Asked for as many runs as there is time, it has no other end.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (options.cpu >= 0) {
    pin_to(options.cpu);
  }
  std::vector<Memory> memory{read_memory("start")};
  if (!assay::runtime::set_thread_count(options.threads).ok()) {
    fail("the thread pool does not take that many threads");
  }
  Module module(options.pte);
  if (module.load() != executorch::runtime::Error::Ok) {
    fail("cannot load '" + options.pte + "'");
  }
  memory.push_back(read_memory("program_load"));
  if (module.load_method("forward") != executorch::runtime::Error::Ok) {
    fail("cannot load the method 'forward' of '" + options.pte + "'");
  }
  memory.push_back(read_memory("method_load"));
  const std::vector<float> clip = read_clip(options.wav, options.steps);
  Loop loop(module, clip, options);
  static_cast<void>(loop.play());
  memory.push_back(read_memory("first_run"));
  for (std::size_t i = 1; i < loop.steps(); ++i) {
    static_cast<void>(loop.play());  // now the next step is the first of the clip
  }
  const std::vector<Block> blocks = time_runs(loop, options.runs > 0 ? options.runs : loop.steps());
  memory.push_back(read_memory("steady"));
  print(memory, blocks, options.blocks, loop.touched());
  return 0;
}
