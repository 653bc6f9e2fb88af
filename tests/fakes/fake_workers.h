#pragma once

// Workers without processes: each speaks the worker protocol as a real one would, on a FakeClock,
// and goes wrong where its script says so.

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <harness/model/engine.h>
#include <harness/run/protocol.h>
#include <harness/run/worker_peer.h>
#include <tests/fakes/fake_clock.h>

namespace assay::fakes {

/// A reply in place of the usual one: a frame, timeout_error(), kWorkerLost for a closed pipe,
/// kCorrupt for bytes that are no frame.
using Answer = std::function<Result<run::Frame>(const run::Frame& request)>;

struct WorkerScript {
  int protocol = run::kProtocolVersion;
  MethodFacts facts = {};
  double start_s = 0.002;  ///< to its greeting
  double load_s = 0.01;
  std::int64_t latency_ns = 1'000'000;    ///< of one execution
  std::map<std::string, Answer> answers;  ///< by the type of a request; "hello": the greeting
  bool hears = true;                      ///< false: nobody reads what is sent to it
  run::WorkerEnd end = {};                ///< when it goes by itself
};

/// What became of one worker.
struct WorkerLog {
  run::WorkerOptions options;
  std::vector<std::string> requests;  ///< their types
  std::vector<run::Frame> frames;     ///< the same, whole
  bool killed = false;
  bool ended = false;  ///< waited for
  bool gone = false;   ///< nobody holds it any more
};

class FakeWorkers {
 public:
  explicit FakeWorkers(const FakeClock& clock) : clock_(clock) {}
  FakeWorkers(const FakeWorkers&) = delete;
  FakeWorkers& operator=(const FakeWorkers&) = delete;

  /// Starts workers that follow `script` as it is then. They must not outlive this object.
  run::StartWorker starter();

  WorkerScript script;
  std::deque<WorkerLog> started;
  std::ptrdiff_t most_at_once = 0;

 private:
  const FakeClock& clock_;
};

/// Answers that are the same whatever was asked.
Answer always(Error error);
/// A reply that says what went wrong; the worker lives on.
Answer refuses(Error error);

}  // namespace assay::fakes
