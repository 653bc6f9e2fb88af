#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include <harness/base/clock.h>
#include <harness/base/program.h>

namespace assay {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// Takes what a program prints.
class OutputReader {
 public:
  OutputReader(const ProgramOptions& options, ProgramOutput& output)
      : visit_line_(options.visit_line), output_(output) {}

  /// Takes more of standard output; false: whoever reads its lines has enough.
  bool take_out(std::string_view text) {
    if (!visit_line_) {
      append(output_.out, text);
      return true;
    }
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
      append(line_, text.substr(0, end));
      text.remove_prefix(end + 1);
      if (!visit_line_(std::exchange(line_, {}))) {
        return false;
      }
    }
    append(line_, text);
    return true;
  }
  void take_err(std::string_view text) { append(output_.err, text); }
  /// Standard output has ended; a last line without a newline is one. False as above.
  bool end_out() { return line_.empty() || visit_line_(std::exchange(line_, {})); }

 private:
  static void append(std::string& kept, std::string_view text) {
    kept.append(text.substr(0, kMostProgramOutput - std::min(kept.size(), kMostProgramOutput)));
  }

  const std::function<bool(std::string&&)>& visit_line_;
  ProgramOutput& output_;
  std::string line_;
};

/// What can be read now: nothing when that is not known yet, empty at the end of the stream.
std::optional<std::string_view> read_some(int descriptor, std::span<char> buffer) {
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
    return std::nullopt;
  }
  return std::string_view(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
}

/// Waits for more on either stream, a second at most, so that a deadline is seen.
void wait_for_output(std::array<pollfd, 2>& streams, std::int64_t deadline_ns) {
  const std::int64_t left_ms = (deadline_ns - now_ns()) / kNsPerMs + 1;
  ::poll(streams.data(), streams.size(), static_cast<int>(std::min<std::int64_t>(left_ms, 1000)));
}

enum class ReadEnd { kClosed, kDeadline, kEnough };

/// Reads both streams to their ends, or until the deadline, or until the visitor has enough.
ReadEnd read_streams(int out, int err, std::int64_t deadline_ns, OutputReader& reader) {
  std::array<char, 65536> buffer{};
  std::array<pollfd, 2> streams{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    if (now_ns() >= deadline_ns) {
      return ReadEnd::kDeadline;
    }
    wait_for_output(streams, deadline_ns);
    for (pollfd& stream : streams) {
      const auto text =
          stream.fd >= 0 && stream.revents != 0 ? read_some(stream.fd, buffer) : std::nullopt;
      if (!text) {
        continue;
      }
      const bool is_out = stream.fd == out;
      if (text->empty()) {
        stream.fd = -1;  // poll() skips it from now on
      }
      if (!is_out) {
        reader.take_err(*text);
      } else if (!(text->empty() ? reader.end_out() : reader.take_out(*text))) {
        return ReadEnd::kEnough;
      }
    }
  }
  return ReadEnd::kClosed;
}

}  // namespace

std::string ProgramOutput::message() const {
  constexpr std::size_t kMost = 400;
  std::string text = err.substr(0, kMost);
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  std::ranges::replace(text, '\n', ' ');
  return text;
}

Result<ProgramOutput> run_program(std::vector<std::string> words, ProgramOptions options) {
  const std::int64_t deadline_ns =
      options.timeout_s ? now_ns() + static_cast<std::int64_t>(*options.timeout_s * 1e9) : kNever;
  ASSAY_ASSIGN(Pipe out, make_pipe());
  ASSAY_ASSIGN(Pipe err, make_pipe());
  options.process.given.push_back({STDOUT_FILENO, out.writing.get()});
  options.process.given.push_back({STDERR_FILENO, err.writing.get()});
  ASSAY_ASSIGN(Process process, Process::start(std::move(words), options.process));
  out.writing.close();
  err.writing.close();
  ProgramOutput output;
  OutputReader reader(options, output);
  const ReadEnd read = read_streams(out.reading.get(), err.reading.get(), deadline_ns, reader);
  output.stopped = read == ReadEnd::kEnough;
  output.timed_out = read == ReadEnd::kDeadline;
  // It may live on after it closed its output.
  if (read == ReadEnd::kClosed && options.timeout_s) {
    output.timed_out = !process.wait_for(deadline_ns - now_ns());
  }
  if (output.stopped || output.timed_out) {
    process.kill();
  }
  const ProcessEnd end = process.wait();
  output.exit_code = end.exit_code;
  output.signal = end.signal;
  return output;
}

Result<ProgramOutput> run_with_timeout(std::vector<std::string> words, double timeout_s,
                                       ProcessOptions process) {
  process.group = ProcessGroup::kOwn;
  return run_program(std::move(words),
                     {.timeout_s = timeout_s, .visit_line = {}, .process = std::move(process)});
}

}  // namespace assay
