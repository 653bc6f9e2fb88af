#pragma once

// harness/model/engine.h over ExecuTorch's Module. One engine loads one program, in one process.

#include <memory>

#include <harness/model/engine.h>

namespace assay::runtime {

/// The real engine. Also takes over the runtime's log, so that errors carry its reasons, and
/// registers assay's own kernels (runtime/kernels/llama_kernels.h).
std::unique_ptr<Engine> make_executorch_engine();

}  // namespace assay::runtime
