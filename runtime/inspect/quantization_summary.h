#pragma once

// Puts the layers of a file into the words people use for quantizations.

#include <string>

#include <runtime/inspect/pte_file.h>

namespace assay::inspect {

/// One kind of layer: "8da4w g32" (8-bit dynamic activations, 4-bit weights in groups of 32),
/// "8da4w per channel", "8da8w", "int8 per channel" (static), "int8 per tensor", "float32",
/// "float16"; for any other pair both types as XNNPACK names them, "fp32 x qcint8".
std::string quantization_name(const LayerGroup& layer);

/// Over all methods: "8da4w g32 linear x5, int8 per channel conv2d x4"; most common first. Says so
/// when the file has no linear or convolution layer that can be read.
std::string quantization_summary(const PteFile& file);

}  // namespace assay::inspect
