#pragma once

// What the linked ExecuTorch runtime can do, before any model is loaded.

#include <cstddef>
#include <string>
#include <vector>

namespace assay::runtime {

struct BackendFact {
  std::string name;
  bool available = false;  ///< registered is not enough: some need a library or a device as well
};

struct RuntimeFacts {
  std::vector<BackendFact> backends;  ///< in the order of registration
  std::size_t kernels = 0;            ///< registered operators, counted by overload and data type
  /// What assay adds to the SDK's operators: "llama::custom_sdpa.out".
  std::vector<std::string> own_operators;
  /// What LLM exports may call and nobody brings: a program with one of them does not load.
  std::vector<std::string> missing_operators;
  std::size_t default_threads = 0;  ///< of the thread pool when nobody sets them; 0: no pool
};

RuntimeFacts read_runtime_facts();

}  // namespace assay::runtime
