"""Lattices written by hand: what a recogniser might say of a line, symbol by symbol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from inference.reader.alphabet import SYMBOL_INDEX, SYMBOLS
from inference.reader.recogniser import LineLattice, View

Said = str | Mapping[str, float]


def lattice(said: Sequence[Said], *, certainty: float = 0.995) -> LineLattice:
    """One step per entry with a blank step after each: a symbol, or chances of several."""
    blank = np.zeros(len(SYMBOLS), dtype=np.float32)
    blank[0] = 1.0
    rows = [blank]
    text, confidence, centres = [], [], []
    num_steps = 2 * len(said) + 1
    for place, entry in enumerate(said):
        chances = {entry: certainty} if isinstance(entry, str) else dict(entry)
        row = np.zeros(len(SYMBOLS), dtype=np.float32)
        for symbol, chance in chances.items():
            row[SYMBOL_INDEX[symbol]] = chance
        row[0] += max(0.0, 1.0 - row.sum())
        rows += [row, blank]
        best = max(chances, key=lambda symbol: chances[symbol])
        if best:
            text.append(best)
            confidence.append(chances[best])
            centres.append((2 * place + 1.5) / num_steps)
    probs = np.stack(rows).astype(np.float32)
    x = ((np.arange(num_steps) + 0.5) / num_steps).astype(np.float32)
    return LineLattice(
        views=(View(probs, x),),
        symbols=SYMBOLS,
        greedy_text="".join(text),
        greedy_confidence=tuple(confidence),
        greedy_x=tuple(centres),
        aspect=float(len(said)) / 2,
    )
