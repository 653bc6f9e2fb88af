#pragma once

// What is said about an answer once it is there: for people on standard error, or as JSON.

#include <string>

#include <harness/generate/llm_measure.h>
#include <harness/generate/llm_session.h>

namespace assay::cli {

/// A line or two: tokens, time to first token, prefill and decode rates, inter-token percentiles as
/// far as there are enough tokens, load time, KV cache, why it stopped.
std::string describe_answer(const generate::LlmAnswer& answer,
                            const generate::LanguageModel& model);

/// The same with the text and all token ids. Figures that are not known are null.
std::string answer_json(const generate::LlmAnswer& answer, const generate::LanguageModel& model);

/// What `llm measure` found: docs/guide/migration.md.
std::string measure_json(const generate::LlmMeasureReport& report);

}  // namespace assay::cli
