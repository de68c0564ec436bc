"""Tokens to text while they come, never cutting a character in two."""

from __future__ import annotations

from typing import Protocol

_REPLACEMENT = "\ufffd"


class Decoder(Protocol):
    """What is asked of a tokenizer."""

    def decode(self, token_ids: list[int], *, skip_special_tokens: bool) -> str:
        """Text of `token_ids`."""


class Pieces:
    """The texts of single tokens, where a token has one of its own.

    With a byte-level tokenizer the text of a token list is that of its bytes, wherever they stand;
    so a token that is whole characters by itself need not be decoded with its neighbours.

    Args:
        tokenizer: The model's tokenizer.
        is_byte_level: Whether it maps tokens to bytes and nothing else.
    """

    def __init__(self, tokenizer: Decoder, *, is_byte_level: bool) -> None:
        self._tokenizer = tokenizer
        self._is_byte_level = is_byte_level
        self._known: dict[int, str | None] = {}

    def get(self, token: int) -> str | None:
        """The token's own text, None when it depends on the neighbours."""
        if token not in self._known:
            text = self._tokenizer.decode([token], skip_special_tokens=False)
            is_own = self._is_byte_level and bool(text) and _REPLACEMENT not in text
            self._known[token] = text if is_own else None
        return self._known[token]


class Detokenizer:
    """Text of one growing token list.

    A byte-level tokenizer may spread a character over several tokens, and may write a token
    otherwise at the start than in the middle. So the text is decoded from a token that is known to
    be settled, and what ends in half a character is held back (the two-offset scheme of
    text-generation-inference and vLLM).

    Args:
        tokenizer: The model's tokenizer.
        pieces: Texts of single tokens, shared by all requests; without them every token is decoded
            with its neighbours.
    """

    def __init__(self, tokenizer: Decoder, pieces: Pieces | None = None) -> None:
        self._tokenizer = tokenizer
        self._pieces = pieces
        self._tokens: list[int] = []
        self._settled = 0  # tokens before this one are only context
        self._read = 0  # tokens before this one have been given out

    def push(self, token: int) -> str:
        """Add a token; returns the text that is now certain, which may be empty."""
        is_settled = self._read == len(self._tokens)
        self._tokens.append(token)
        if self._pieces is not None and is_settled:
            piece = self._pieces.get(token)
            if piece is not None:
                self._settled = self._read = len(self._tokens)
                return piece
        given = self._decode(self._settled, self._read)
        text = self._decode(self._settled, len(self._tokens))
        if len(text) <= len(given) or text.endswith(_REPLACEMENT):
            return ""
        self._settled, self._read = self._read, len(self._tokens)
        return text[len(given) :]

    def flush(self) -> str:
        """The rest at the end of a request; half a character comes out as U+FFFD."""
        given = self._decode(self._settled, self._read)
        text = self._decode(self._settled, len(self._tokens))
        self._settled = self._read = len(self._tokens)
        return text[len(given) :]

    def _decode(self, start: int, stop: int) -> str:
        # Special tokens are kept: the parser of the solution text needs <think> and the boxes.
        return self._tokenizer.decode(self._tokens[start:stop], skip_special_tokens=False)


class StopStrings:
    """Ends a text at the first of several strings, without showing any part of it.

    Args:
        stops: The strings; empty ones are ignored.
    """

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.is_stopped = False

    def push(self, text: str) -> str:
        """Add text; returns what may be shown. Sets `is_stopped` when a stop string is complete."""
        if not self._stops:
            return text
        if self.is_stopped:
            return ""
        self._held += text
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            shown, self._held = self._held[: min(found)], ""
            self.is_stopped = True
            return shown
        # Hold back the longest end that may still become a stop string.
        keep = max(
            size
            for stop in self._stops
            for size in range(len(stop))
            if size == 0 or self._held.endswith(stop[:size])
        )
        cut = len(self._held) - keep
        shown, self._held = self._held[:cut], self._held[cut:]
        return shown

    def flush(self) -> str:
        """What was held back, at the natural end of the text."""
        shown, self._held = self._held, ""
        return shown
