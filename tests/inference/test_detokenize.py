"""Laws of text that comes token by token."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inference.detokenize import Detokenizer, Pieces, StopStrings


class Bytes:
    """A tokenizer whose tokens are bytes: every character may come in pieces."""

    def decode(self, token_ids: list[int], *, skip_special_tokens: bool) -> str:
        return bytes(token_ids).decode("utf-8", errors="replace")


class Parts:
    """A byte-level tokenizer with some longer tokens: whole words and torn characters."""

    tokens = (
        [bytes([byte]) for byte in range(256)]
        + [part.encode() for part in ("解", "x = ", "é", "答案")]
        + ["解".encode()[:2], "解".encode()[1:] + b"a", "é".encode()[1:]]
    )

    def decode(self, token_ids: list[int], *, skip_special_tokens: bool) -> str:
        return b"".join(self.tokens[token] for token in token_ids).decode("utf-8", "replace")


@given(st.lists(st.integers(0, len(Parts.tokens) - 1) | st.integers(256, len(Parts.tokens) - 1)))
def test_single_tokens_taken_from_the_table_give_the_same_text(tokens: list[int]) -> None:
    tokenizer = Parts()
    detokenizer = Detokenizer(tokenizer, Pieces(tokenizer, is_byte_level=True))
    text = "".join(map(detokenizer.push, tokens)) + detokenizer.flush()
    assert text == tokenizer.decode(tokens, skip_special_tokens=False)


@given(st.text())
def test_no_character_is_ever_cut_and_nothing_is_lost(text: str) -> None:
    detokenizer = Detokenizer(Bytes())
    pieces = [detokenizer.push(byte) for byte in text.encode("utf-8", errors="ignore")]
    assert "".join(pieces) + detokenizer.flush() == text
    if "\ufffd" not in text:
        assert not any("\ufffd" in piece for piece in pieces)


def test_half_a_character_at_the_end_comes_out_as_such() -> None:
    detokenizer = Detokenizer(Bytes())
    pieces = [detokenizer.push(byte) for byte in b"a" + "解".encode()[:2]]
    assert "".join(pieces) == "a"
    assert detokenizer.flush() == "\ufffd"


@given(
    text=st.text(alphabet="ab$", max_size=40),
    stops=st.lists(st.text(alphabet="ab$", min_size=1, max_size=4), min_size=1, max_size=3),
    cuts=st.lists(st.integers(1, 5)),
)
def test_a_text_ends_before_the_first_stop_string_however_it_comes(
    text: str, stops: list[str], cuts: list[int]
) -> None:
    filter_ = StopStrings(tuple(stops))
    shown, rest = "", text
    sizes = iter(cuts)
    while rest and not filter_.is_stopped:
        size = next(sizes, 1)
        shown += filter_.push(rest[:size])
        rest = rest[size:]
    if filter_.is_stopped:
        assert text.startswith(shown)
        assert any(text.startswith(stop, len(shown)) for stop in stops)
        assert not any(stop in shown for stop in stops)
    else:
        assert shown + filter_.flush() == text
        assert not any(stop in text for stop in stops)
