#pragma once

// An engine whose ".pte" is a JSON script: what it takes and gives, how long it sleeps, and how it
// goes wrong. Outputs follow a simple rule, so that a test can compute them by other means:
//   output 0    = 0.5 + 0.5 * last element of input 0
//   output i>0  = 0.5 * input i + last element of input 0
//
// {"inputs": [{"dtype": "float32", "shape": [1, 576]}, ...], "outputs": [...],
//  "backends": ["XnnpackBackend"], "latency_us": 100,
//  "latency_of_known_us": 10,  of an execution with the inputs of the one before: a cache
//  "slow_every": 2, "slow_latency_us": 300,     of every second execution
//  "slow_after": 1000, "slow_latency_us": 300,  of those after so many: a machine that got hot
//  "thread_drift": 0.001,   added to output 0 for each thread above the first, as kernels that
//                           split their sums differently would
//  "fail": {"when": "load" | "execute", "at": N, "how": "crash" | "hang" | "exit" | "kill" |
//           "allocate" | "error" | "nan" | "vary"}}

#include <memory>

#include <harness/model/engine.h>

namespace assay::fakes {

std::unique_ptr<Engine> make_fake_engine();

}  // namespace assay::fakes
