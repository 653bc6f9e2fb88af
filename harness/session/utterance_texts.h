#pragma once

// Transcripts of a comparison as text, from the vocabulary and the lists of utterances that a run
// kept.

#include <harness/artifacts/artifact_store.h>
#include <harness/compare/comparison.h>
#include <harness/model/run.h>

namespace assay::session {

/// Fills in the texts of all utterances that were understood otherwise. What the run did not keep,
/// or cannot be read, leaves texts empty: a comparison does not depend on them.
void fill_utterance_texts(compare::Comparison& comparison, const RunInfo& run,
                          const artifacts::ArtifactStore& store);

}  // namespace assay::session
