#pragma once

// The units of speech recognition: utterances, each with the words that were understood.

#include <memory>
#include <optional>

#include <harness/model/manifest.h>
#include <harness/model/units.h>

namespace assay::suites {

const UnitKind& asr_unit();

/// From the series "transcript_tokens" (ids of words, one utterance after the other) and
/// "transcript_token_counts" (how many each has), and the same with "golden_" in front. Nothing
/// where these do not add up. An utterance without words is decided like any other.
std::optional<UnitTable> asr_units_of(const Cell& cell);

/// What was said from the lists of utterances, words from the suite's vocabulary. Null without a
/// vocabulary that can be read.
std::unique_ptr<UnitTexts> read_asr_texts(const SuiteManifest& manifest);

}  // namespace assay::suites
