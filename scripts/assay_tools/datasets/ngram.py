"""N-gram models over token ids: what a language model has to beat before it may be called one.

Interpolated Kneser-Ney with one discount D for all orders (Kneser and Ney 1995; the interpolated form of Chen and
Goodman 1999, section 3.2): the highest order uses counts, the lower ones the number of distinct words seen before.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

Context = tuple[int, ...]
DISCOUNTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


class KneserNey:
    """Interpolated Kneser-Ney of one order (1 = unigram, 2 = bigram, ...), ending in the uniform distribution.

    Each sequence starts with its own begin token: it is context, never predicted.
    """

    def __init__(self, sequences: Iterable[Sequence[int]], order: int, vocabulary: int, discount: float = 0.75):
        self.order, self.vocabulary, self.discount = order, vocabulary, discount
        counts: list[dict[Context, dict[int, int]]] = [defaultdict(lambda: defaultdict(int)) for _ in range(order)]
        for tokens in sequences:
            for at in range(1, len(tokens)):
                longest = min(at, order - 1)
                # A context cut short by the begin of the sequence is complete: nothing can stand before it.
                counts[longest][tuple(tokens[at - longest : at])][tokens[at]] += 1
        for length in range(order - 1, 0, -1):
            for context, followers in counts[length].items():
                for token in followers:
                    counts[length - 1][context[1:]][token] += 1
        self._counts = [{context: dict(followers) for context, followers in level.items()} for level in counts]
        self._totals = [{context: sum(f.values()) for context, f in level.items()} for level in self._counts]

    def probability(self, context: Sequence[int], token: int) -> float:
        """p(token | the last order-1 tokens of context); over the vocabulary these sum to 1."""
        estimate = 1.0 / self.vocabulary
        for length in range(min(self.order - 1, len(context)) + 1):
            key = tuple(context[len(context) - length :])
            followers = self._counts[length].get(key)
            if followers is None:
                continue
            total = self._totals[length][key]
            seen = max(followers.get(token, 0) - self.discount, 0.0) / total
            estimate = seen + self.discount * len(followers) / total * estimate
        return estimate

    def perplexity(self, sequences: Iterable[Sequence[int]]) -> float:
        """exp of the mean -ln p over every token but the first of each sequence."""
        total, tokens = 0.0, 0
        for sequence in sequences:
            for at in range(1, len(sequence)):
                total -= math.log(self.probability(sequence[max(0, at - self.order + 1) : at], sequence[at]))
                tokens += 1
        return math.exp(total / tokens)

    def tune(self, sequences: Sequence[Sequence[int]]) -> float:
        """Set the discount that is best on these sequences (not the ones to be reported), and return it."""
        scores = {}
        for self.discount in DISCOUNTS:
            scores[self.discount] = self.perplexity(sequences)
        self.discount = min(scores, key=scores.__getitem__)
        return self.discount
