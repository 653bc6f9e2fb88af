#pragma once

// ExecuTorch's llama:: operators, which LLM exports call and the C++ SDK does not bring.
// See docs/internals/kernels.md.

#include <span>
#include <string>
#include <string_view>

namespace assay::runtime {

/// Makes assay's kernels known to the runtime. Any number of calls; an operator that something else
/// has registered is left alone. Not from a static initialiser: linkers drop those of a static
/// library.
void register_llama_kernels();

/// The operators that assay brings, as a program names them: "llama::custom_sdpa.out".
std::span<const std::string_view> llama_operators();

/// Operators that ExecuTorch's LLM exports may call and nobody brings: neither assay nor the SDK.
std::span<const std::string_view> missing_llama_operators();

/// For a program that misses operators: which assay brings, and of those that `log` (what the
/// runtime logged) names, how to export without them. Starts with "; ".
std::string explain_missing_operators(std::string_view log);

}  // namespace assay::runtime
