"""From logits to tokens: greedy for all rows at once, and by each request's own rules where it asks
for chance."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from inference.types import SamplingParams


class Sampler:
    """The random state of one request."""

    def __init__(self, params: SamplingParams) -> None:
        self.params = params
        # On the CPU whatever the device, so that a seed gives the same text everywhere.
        self._generator = torch.Generator()
        if params.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(params.seed)

    def choose(self, logits: Tensor, seen: Sequence[int]) -> int:
        """Choose a token.

        Args:
            logits: (V,), on any device, left as it is.
            seen: Tokens of prompt and answer so far, for the repetition penalty.
        """
        params = self.params
        scores = logits.detach().to("cpu", torch.float32, copy=True)
        if params.repetition_penalty != 1 and seen:
            ids = torch.tensor(sorted(set(seen)))
            ids = ids[ids < scores.numel()]
            known = scores[ids]
            scores[ids] = torch.where(
                known > 0, known / params.repetition_penalty, known * params.repetition_penalty
            )
        if params.temperature == 0:
            return int(scores.argmax())
        scores /= params.temperature
        if 0 < params.top_k < scores.numel():
            scores[scores < scores.topk(params.top_k).values[-1]] = -torch.inf
        probabilities = scores.softmax(dim=-1)
        if params.top_p < 1:
            ordered, order = probabilities.sort(descending=True)
            # A token stays when those before it have not reached top_p yet; the first always does.
            probabilities[order[ordered.cumsum(dim=-1) - ordered >= params.top_p]] = 0
        return int(torch.multinomial(probabilities, 1, generator=self._generator))
