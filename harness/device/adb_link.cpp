#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include <harness/base/temporary_folder.h>
#include <harness/device/adb_link.h>
#include <harness/device/local_link.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 3;
constexpr double kConnectTimeoutS = 10;
constexpr double kListTimeoutS = 20;

/// Ends the output of every script: without it the link broke, whatever adb's exit code was.
constexpr std::string_view kEndMark = "\nassay-exit-code:";

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return std::string(text.substr(text.rfind('\n') + 1));
}

/// What adb says when the device is not there (any more); all else is the device's refusal.
bool says_lost(std::string_view message) {
  constexpr std::array<std::string_view, 13> kPhrases{"not found",
                                                      "offline",
                                                      "no devices",
                                                      "closed",
                                                      "unauthorized",
                                                      "protocol fault",
                                                      "cannot connect",
                                                      "failed to connect",
                                                      "Connection reset",
                                                      "connect failed",
                                                      "EOF",
                                                      "more than one device",
                                                      "failed to read copy response"};
  // "remote ...: No space left" and the like come from the device.
  if (message.find("remote") != std::string_view::npos &&
      message.find("No such file") != std::string_view::npos) {
    return false;
  }
  return std::ranges::any_of(kPhrases, [&](std::string_view phrase) {
    return message.find(phrase) != std::string_view::npos;
  });
}

/// Links whose names are what the files are called on the device.
Result<std::vector<std::string>> link_files(std::span<const OutgoingFile> files,
                                            const fs::path& folder) {
  std::vector<std::string> links;
  for (const OutgoingFile& file : files) {
    const fs::path link = folder / file.name;
    std::error_code code;
    fs::create_symlink(fs::absolute(file.path), link, code);
    if (code) {
      return make_error(ErrorCode::kIo, "cannot make '{}': {}", link.string(), code.message());
    }
    links.push_back(link.string());
  }
  return links;
}

}  // namespace

std::string adb_program() {
  const char* named = std::getenv("ASSAY_ADB");
  return named != nullptr && *named != '\0' ? named : "adb";
}

std::vector<AdbDevice> parse_adb_devices(std::string_view text) {
  std::vector<AdbDevice> devices;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t serial_end = line.find_first_of(" \t");
    // Lines of the server ("* daemon started", "List of devices attached") are no devices.
    if (serial_end == std::string_view::npos || serial_end == 0 || line.starts_with('*') ||
        line.starts_with("List of")) {
      continue;
    }
    AdbDevice device{.serial = std::string(line.substr(0, serial_end))};
    line.remove_prefix(std::min(line.find_first_not_of(" \t", serial_end), line.size()));
    device.state = line.substr(0, line.find(' '));
    constexpr std::string_view kModel = " model:";
    if (const std::size_t at = line.find(kModel); at != std::string_view::npos) {
      const std::string_view model = line.substr(at + kModel.size());
      device.model = model.substr(0, model.find(' '));
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

Result<std::vector<AdbDevice>> list_adb_devices() {
  Result<ProgramOutput> output = run_with_timeout({adb_program(), "devices", "-l"}, kListTimeoutS);
  if (!output.ok()) {
    return make_error(ErrorCode::kUnsupported,
                      "{}; install it (Debian: apt-get install adb) or name it in ASSAY_ADB",
                      output.error().message);
  }
  if (output->timed_out || output->exit_code != 0) {
    return make_error(ErrorCode::kDeviceLost, "the adb server does not answer: {}",
                      output->timed_out ? "no answer in time" : last_line(output->err));
  }
  return parse_adb_devices(output->out);
}

bool is_on_this_machine(std::string_view serial) {
  constexpr std::array<std::string_view, 4> kStarts{"127.", "localhost:", "[::1]:", "emulator-"};
  return std::ranges::any_of(kStarts, [&](auto start) { return serial.starts_with(start); });
}

Result<ProgramOutput> AdbLink::adb(const std::vector<std::string>& words, double work_s,
                                   const std::string& input) const {
  const double timeout_s = answer_s_ + work_s;
  std::vector<std::string> command{adb_program(), "-s", serial_};
  command.insert(command.end(), words.begin(), words.end());
  // adb compresses what it sends, which pays over a cable and takes longer than loopback.
  ProcessOptions context{.input = input};
  if (is_on_this_machine(serial_)) {
    context.settings.emplace_back("ADB_COMPRESSION=none");
  }
  Result<ProgramOutput> output =
      run_with_timeout(std::move(command), timeout_s, std::move(context));
  if (!output.ok()) {
    return make_error(ErrorCode::kUnsupported,
                      "{}; install it (Debian: apt-get install adb) or name it in ASSAY_ADB",
                      output.error().message);
  }
  if (output->timed_out) {
    return make_error(ErrorCode::kDeviceLost, "device {} did not answer '{}' within {:g} s",
                      serial_, words.front(), timeout_s);
  }
  return output;
}

void AdbLink::reconnect() const {
  // Only a device on the network has to be told to come back; others do that themselves.
  if (serial_.find(':') != std::string::npos) {
    (void)run_with_timeout({adb_program(), "disconnect", serial_}, kConnectTimeoutS);
    (void)run_with_timeout({adb_program(), "connect", serial_}, kConnectTimeoutS);
  }
}

template <class Step>
auto AdbLink::with_retries(Step step) -> decltype(step()) {
  ++counts_.steps;
  for (int attempt = 1;; ++attempt) {
    auto result = step();
    if (result.ok() || result.error().code != ErrorCode::kDeviceLost || attempt == kTries) {
      return result;
    }
    ++counts_.retries;
    clock_.sleep_for(std::chrono::milliseconds(200) * attempt);
    reconnect();
  }
}

Result<ShellOutput> AdbLink::shell(const std::string& script, double work_s,
                                   const std::string& input) {
  const std::string marked = "(" + script + "\n)\nprintf '\\nassay-exit-code:%d\\n' $?";
  return with_retries([&]() -> Result<ShellOutput> {
    ASSAY_ASSIGN(ProgramOutput output, adb({"shell", marked}, work_s, input));
    const std::size_t mark = output.out.rfind(kEndMark);
    if (mark == std::string::npos) {
      const std::string message = last_line(output.err);
      return make_error(ErrorCode::kDeviceLost, "device {} is lost: {}", serial_,
                        message.empty() ? "adb ended without an answer" : message);
    }
    ShellOutput shell{.err = std::move(output.err)};
    const char* digits = output.out.data() + mark + kEndMark.size();
    std::from_chars(digits, output.out.data() + output.out.size(), shell.exit_code);
    output.out.resize(mark);
    shell.out = std::move(output.out);
    return shell;
  });
}

Status AdbLink::push(std::span<const OutgoingFile> files, const std::string& folder,
                     double work_s) {
  ASSAY_ASSIGN(const TemporaryFolder staging, TemporaryFolder::make("push"));
  ASSAY_ASSIGN(std::vector<std::string> words, link_files(files, staging.path()));
  words.insert(words.begin(), "push");
  words.push_back(folder + "/");
  return with_retries([&]() -> Status {
    ASSAY_ASSIGN(const ProgramOutput output, adb(words, work_s));
    if (output.exit_code != 0) {
      const std::string message = last_line(output.err.empty() ? output.out : output.err);
      return make_error(says_lost(message) ? ErrorCode::kDeviceLost : ErrorCode::kIo,
                        "cannot push to {}: {}", serial_, message);
    }
    return {};
  });
}

Status AdbLink::pull(const std::string& file, const fs::path& target, double work_s) {
  return with_retries([&]() -> Status {
    ASSAY_ASSIGN(const ProgramOutput output, adb({"pull", file, target.string()}, work_s));
    if (output.exit_code != 0) {
      const std::string message = last_line(output.err.empty() ? output.out : output.err);
      return make_error(says_lost(message) ? ErrorCode::kDeviceLost : ErrorCode::kIo,
                        "cannot pull {} from {}: {}", file, serial_, message);
    }
    return {};
  });
}

std::unique_ptr<DeviceLink> make_link(const DeviceSpec& device) {
  if (device.target.kind == TargetKind::kAdb) {
    return std::make_unique<AdbLink>(device.target.serial, device.answer_s);
  }
  return std::make_unique<LocalLink>(device.answer_s);
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace assay::device
