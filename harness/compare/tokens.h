#pragma once

// Two variants of a language model, token by token: whose predictions are closer to the golden's,
// and where they would say something else.

#include <span>

#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>
#include <harness/compare/policy.h>

namespace assay::compare {

/// Pairs the series "kld" of both sides position by position; a case that lacks it on one side, or
/// has another length, adds nothing. The mean of the differences is with a bootstrap interval over
/// positions, as if they were independent; neighbours in a text are nearly so, given the text.
/// Positions where a divergence is not finite count as compared, not in the mean.
TokenComparison compare_tokens(std::span<const CellPair> pairs, const Policy& policy);

}  // namespace assay::compare
