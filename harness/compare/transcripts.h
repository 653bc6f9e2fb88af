#pragma once

// Two variants of a speech recogniser, utterance by utterance: where they understood something
// else.

#include <span>

#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>

namespace assay::compare {

/// Compares the transcripts in the series "transcript_tokens" (ids one after the other) and
/// "transcript_token_counts" (how many each utterance has) of both sides. A case without them, or
/// with another number of utterances on one side, adds nothing.
TranscriptComparison compare_transcripts(std::span<const CellPair> pairs);

}  // namespace assay::compare
