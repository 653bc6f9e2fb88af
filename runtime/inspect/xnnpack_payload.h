#pragma once

// Opens the blob of an XNNPACK delegate: the graph that XNNPACK will compile, with the data type of
// every weight. This is what proves a quantization; a file's name and labels prove nothing.

#include <cstdint>
#include <map>
#include <string>

#include <harness/base/result.h>
#include <runtime/inspect/byte_source.h>
#include <runtime/inspect/pte_file.h>

namespace assay::inspect {

/// One constant of a graph, once however many values use it.
struct XnnpackConstant {
  std::string type;  ///< XNNPACK's name without "xnn_datatype_": "qbint4"; or "scales"
  std::uint64_t bytes = 0;
  std::string named_key;  ///< where in the file's named data; empty: inside the blob
};

struct XnnpackPayload {
  XnnpackGraph graph;
  std::vector<XnnpackConstant> constants;
};

/// A range of a source.
struct BlobRange {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// Reads the graph of an XNNPACK blob; constants are counted, not read. `named` maps the keys of
/// the file's named data to their sizes. Errors: kCorrupt.
Result<XnnpackPayload> read_xnnpack_payload(const ByteSource& source, BlobRange blob,
                                            const std::map<std::string, std::uint64_t>& named);

}  // namespace assay::inspect
