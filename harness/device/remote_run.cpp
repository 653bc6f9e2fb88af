#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

#include <harness/base/hash.h>
#include <harness/device/device_probe.h>
#include <harness/device/remote_run.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStateMark = "\nassay-state:";

/// Runs a script that must succeed.
Status run_step(DeviceLink& link, const std::string& script, std::string_view what) {
  ASSAY_ASSIGN(const ShellOutput output, link.shell(script));
  if (output.exit_code != 0) {
    return make_error(ErrorCode::kIo, "{} failed on the device (exit code {}): {}", what,
                      output.exit_code, output.err.substr(0, 300));
  }
  return {};
}

std::string quoted_words(std::span<const std::string> words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) {
    quoted.push_back(shell_quoted(word));
  }
  return fmt::format("{}", fmt::join(quoted, " "));
}

std::optional<std::int64_t> leading_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

/// Fetches a file of the run's folder and checks its hash; false when there is none, or nothing in
/// it.
Result<bool> pull_checked(DeviceLink& link, const RemoteRun& run, std::string_view name,
                          const fs::path& target) {
  ASSAY_ASSIGN(const ShellOutput output,
               link.shell(fmt::format("cd {} && [ -s {} ] || exit 9\nwc -c < {}\nsha256sum {}",
                                      shell_quoted(run.folder()), name, name, name)));
  if (output.exit_code == 9) {
    return false;
  }
  const std::string_view text = output.out;
  const std::size_t number = std::min(text.find_first_not_of(" \t"), text.size());
  const auto bytes = leading_number(text.substr(number));
  const std::size_t line = std::min(text.find('\n') + 1, text.size());
  const std::string sha256(text.substr(line, text.find(' ', line) - line));
  if (output.exit_code != 0 || !bytes) {
    return make_error(ErrorCode::kIo, "cannot read {} on the device: {}", name, output.err);
  }
  ASSAY_TRY(link.pull(fmt::format("{}/{}", run.folder(), name), target,
                      transfer_s(static_cast<std::uint64_t>(*bytes))));
  ASSAY_ASSIGN(const std::string arrived, sha256_file(target));
  if (arrived != sha256) {
    return make_error(ErrorCode::kIo,
                      "{} was damaged on its way from the device: SHA-256 {} there, {} here", name,
                      sha256, arrived);
  }
  return true;
}

}  // namespace

ObjectLayout run_layout(const RemoteRun& run, const DeviceKit& kit,
                        const std::vector<std::string>& launcher, std::span<const RunFile> files) {
  ObjectLayout layout{.checker = {}, .links = kit_links(kit, run.root)};
  if (launcher.empty()) {  // an emulator would take longer than the device's own sha256sum
    layout.checker = kit_checker_words(kit, run.root);
  }
  for (const RunFile& file : files) {
    layout.links.push_back(
        {file.object.sha256, fmt::format("{}/tree/{}", run.folder(), file.tree_path)});
  }
  return layout;
}

Status start_run(DeviceLink& link, const RemoteRun& run, std::span<const std::string> launch,
                 std::span<const std::string> arguments) {
  // The shell around the program notes its end, so it has to outlive the signal that stops the
  // program (not SIGINT: a shell starts what is in the background with that one ignored). A session
  // of its own keeps both alive when the link goes away.
  const std::string program = fmt::format(
      "trap : TERM\n"
      "echo $$ > pid\n"
      "export TMPDIR=$PWD/tmp\n"
      "export ASSAY_LAUNCH={}\n"
      "echo '   ' > exit_code.part\n"  // room for it, in case the run fills the storage
      "cd tree || exit 1\n"
      "{} {}\n"
      "echo $? 1<>../exit_code.part\n"
      "mv ../exit_code.part ../exit_code\n",
      shell_quoted(fmt::format("{}", fmt::join(launch, "\n"))), quoted_words(launch),
      quoted_words(arguments));
  const std::string script = fmt::format(
      "cd {} && mkdir -p tmp || exit 1\n"
      // Asked again because the answer was lost: it runs already.
      "[ -s pid ] && [ ! -e exit_code ] && kill -0 \"$(cat pid)\" 2>/dev/null && exit 0\n"
      "rm -f exit_code pid\n"
      "printf '%s' {} > run.sh || exit 1\n"
      "if command -v setsid >/dev/null; then\n"
      "  setsid sh run.sh >out 2>messages </dev/null &\n"
      "else\n"
      "  sh run.sh >out 2>messages </dev/null &\n"
      "fi\n"
      "tries=0\n"
      "while [ ! -s pid ]; do\n"
      "  [ $((tries += 1)) -gt 100 ] && exit 1\n"
      "  sleep 0.1 2>/dev/null || sleep 1\n"
      "done\n",
      shell_quoted(run.folder()), shell_quoted(program));
  return run_step(link, script, "starting the run");
}

Result<RemoteState> poll_run(DeviceLink& link, const RemoteRun& run, std::uint64_t& seen) {
  // Alive is asked before the exit code: a run that ends in between is then seen as ended.
  ASSAY_ASSIGN(const ShellOutput output,
               link.shell(fmt::format("cd {} || exit 1\n"
                                      "kill -0 \"$(cat pid 2>/dev/null)\" 2>/dev/null && alive=1\n"
                                      "ended=$(cat exit_code 2>/dev/null)\n"
                                      "tail -c +{} messages 2>/dev/null\n"
                                      "printf '\\nassay-state:%s,%s\\n' \"${{alive:-0}}\" "
                                      "\"${{ended:--1}}\"\n"
                                      "cat {} 2>/dev/null\n"
                                      "exit 0",
                                      shell_quoted(run.folder()), seen + 1, run.sensors)));
  const std::size_t mark = output.out.rfind(kStateMark);
  if (output.exit_code != 0 || mark == std::string::npos) {
    return make_error(ErrorCode::kIo, "the run's folder {} is gone from the device", run.folder());
  }
  RemoteState state{.new_messages = output.out.substr(0, mark)};
  seen += state.new_messages.size();
  std::string_view rest = std::string_view(output.out).substr(mark + kStateMark.size());
  state.alive = rest.starts_with('1');
  rest.remove_prefix(std::min(rest.find(',') + 1, rest.size()));
  if (const auto code = leading_number(rest); code && *code >= 0) {
    state.exit_code = static_cast<int>(*code);
  }
  rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
  state.temperature_c = hottest_c(rest);
  return state;
}

std::optional<std::uint64_t> read_free_bytes(DeviceLink& link, const RemoteRun& run) {
  const auto output = link.shell(free_kib_script(shell_quoted(run.root)));
  const auto kib = output.ok() ? leading_number(output->out) : std::nullopt;
  return kib ? std::optional(static_cast<std::uint64_t>(*kib) * 1024) : std::nullopt;
}

Status stop_run(DeviceLink& link, const RemoteRun& run, bool at_once) {
  // The whole group: the shell, the program and its workers.
  return run_step(link,
                  fmt::format("cd {} 2>/dev/null && kill -{} -\"$(cat pid)\" 2>/dev/null\nexit 0",
                              shell_quoted(run.folder()), at_once ? "KILL" : "TERM"),
                  "stopping the run");
}

Status pull_database(DeviceLink& link, const RemoteRun& run, const fs::path& target) {
  ASSAY_ASSIGN(const bool is_there, pull_checked(link, run, kRemoteDatabase, target));
  if (!is_there) {
    return make_error(ErrorCode::kIo, "the run left no database on the device");
  }
  // What SQLite had not moved into the database when the run was killed.
  const std::string log = fmt::format("{}-wal", kRemoteDatabase);
  const auto pulled = pull_checked(link, run, log, target.string() + "-wal");
  return pulled.ok() ? Status() : pulled.error();
}

Status remove_run(DeviceLink& link, const RemoteRun& run) {
  return run_step(link, fmt::format("rm -rf {}", shell_quoted(run.folder())), "removing the run");
}

}  // namespace assay::device
