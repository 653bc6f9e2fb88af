#pragma once

// The units of a language model: the scored positions of a text, each with the token that the model
// finds most likely there.

#include <memory>
#include <optional>

#include <harness/model/manifest.h>
#include <harness/model/units.h>

namespace assay::suites {

const UnitKind& llm_unit();

/// From the series "kld" (the distance from the reference, nats), "best_token" and
/// "golden_best_token". Neighbours in a text are nearly independent, given the text.
std::optional<UnitTable> llm_units_of(const Cell& cell);

/// The text before a position from the goldens, tokens from the suite's tokenizer; whichever cannot
/// be read is unknown.
std::unique_ptr<UnitTexts> read_llm_texts(const SuiteManifest& manifest);

}  // namespace assay::suites
