"""Reads a solution while it is being written: which step begins where, what it claims, the answer.

All engines write one format (headings `**Problem.**`, `**Step 1.**`, `**Answer.**` or their Chinese
forms, formulas in LaTeX delimiters), so one parser serves them all. Models stray from it, hence the
tolerance: other markdown around a heading, no heading at all, formulas that never close.

    chunks -> _ControlTokens (thinking and tokens out) -> visible text -> lines -> blocks -> events

Every decision depends on the characters read so far and not on how they were cut into chunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from inference.solution_formulas import boxes, claims, compose

_BOX_BEGIN = "<|begin_of_box|>"
_BOX_END = "<|end_of_box|>"
THINK_BEGIN = "<think>"
_THINK_END = "</think>"
# The special tokens of the GLM-4 family that a tokenizer may be asked to keep.
_TOKENS = (
    _BOX_BEGIN,
    _BOX_END,
    THINK_BEGIN,
    _THINK_END,
    "<answer>",
    "</answer>",
    "<|endoftext|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|observation|>",
    "<|begin_of_image|>",
    "<|end_of_image|>",
    "<|image|>",
)
_ANY_TOKEN = re.compile("|".join(map(re.escape, _TOKENS)))

# A heading is recognised within this many characters of the beginning of its line.
_MAX_HEADING_CHARACTERS = 48


def _heading_pattern(end: str) -> re.Pattern[str]:
    number = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,4})"
    # Where markdown marks the heading, a step's number may end in a space alone.
    return re.compile(
        r"[\s>_•\-]*(?P<mark>[#*][\s#>*_•\-]*)?"
        r"(?:"
        rf"(?P<step>step\s*{number}|第\s*{number}\s*步|步骤\s*{number})(?:{end}|(?(mark)\s|(?!)))"
        rf"|(?P<problem>(?:problem|question)(?:\s+\d{{1,3}})?|题目|问题|原题)(?:{end})"
        rf"|(?P<answer>(?:final\s+)?answer|(?:最终|最后)?答案|答)(?:{end})"
        r"|(?P<other>check|verification|verify|notes?|solution|explanation|summary|conclusion"
        rf"|检验|验证|验算|解答|解析|解|注|分析|思路|总结)(?:{end})"
        r")",
        re.IGNORECASE,
    )


_END_OF_HEADING = r"\s*(?:[.:：。．、)）–—-]|[*_]{2})"
_HEADING = _heading_pattern(_END_OF_HEADING)
_HEADING_LINE = _heading_pattern(_END_OF_HEADING + r"|[\s*_]*$")
_HEADING_INITIALS = frozenset("spqafcvneSPQAFCVNE第步题问原最答检验解注分思总")
_HEADING_NOISE = " \t\r#>*_•-"
_TITLE_NOISE = " \t\r\n*_#:：.。、"


@dataclass(frozen=True, slots=True)
class VisibleText:
    """The next piece of what is shown and stored."""

    text: str


@dataclass(frozen=True, slots=True)
class ProblemParsed:
    """The problem as the model understood it, as LaTeX without delimiters."""

    latex: str


@dataclass(frozen=True, slots=True)
class StepParsed:
    """A finished step.

    Attributes:
        index: 1, 2, 3 ... in order of appearance, whatever number the model wrote.
        start: Where it begins in the visible text, heading included.
        end: One past its last character that is not a space.
        title: What stands on the line of the heading, without markdown.
        formulas: What it claims, as LaTeX without delimiters: formulas that stand on lines of
            their own, and those within sentences that contain a relation sign.
    """

    index: int
    start: int
    end: int
    title: str
    formulas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerParsed:
    """The final answer as LaTeX without delimiters, words as `\\text{...}`, and where it stands."""

    latex: str
    start: int
    end: int


ParsedEvent = VisibleText | ProblemParsed | StepParsed | AnswerParsed
_Kind = Literal["preamble", "problem", "step", "answer", "other"]


class SolutionTextParser:
    """Turns chunks of model output into events. For one solution and one thread at a time.

    Takes time linear in the length of the text.
    """

    def __init__(self) -> None:
        self._tokens = _ControlTokens()
        self._visible: list[str] = []
        self._visible_length = 0
        self._blocks = _Blocks()
        self._num_steps = 0
        self._answer: AnswerParsed | None = None
        self._box_start: int | None = None
        self._box: tuple[int, int] | None = None
        self._is_closed = False

    @property
    def visible_text(self) -> str:
        """All that was shown so far: without thinking and control tokens. Offsets refer to it."""
        if len(self._visible) > 1:
            self._visible = ["".join(self._visible)]
        return self._visible[0] if self._visible else ""

    @property
    def thinking_text(self) -> str:
        """What the model thought, never to be shown as part of the solution."""
        return "".join(self._tokens.thinking)

    def feed(self, chunk: str) -> list[ParsedEvent]:
        """Read the next piece of output.

        Returns:
            What is known now and was not before: at most one `VisibleText`, then what it finished.
        """
        if self._is_closed:
            raise ValueError("the parser is closed")
        return self._read(self._tokens.feed(chunk))

    def close(self) -> list[ParsedEvent]:
        """The output has ended: finish what is open and settle on the answer. Idempotent."""
        if self._is_closed:
            return []
        events = self._read(self._tokens.close())
        self._is_closed = True
        for block in self._blocks.close():
            events += self._finish(block)
        self._end_box()
        answer = self._settle_answer()
        if answer is not None:
            events.append(answer)
        return events

    def _read(self, pieces: Iterator[str]) -> list[ParsedEvent]:
        shown: list[str] = []
        finished: list[ParsedEvent] = []
        for piece in pieces:
            if piece == _BOX_BEGIN:
                self._box_start = self._visible_length
            elif piece == _BOX_END:
                self._end_box()
            elif piece not in _TOKENS:
                if not self._visible:
                    piece = piece.lstrip()
                if piece:
                    self._visible.append(piece)
                    self._visible_length += len(piece)
                    shown.append(piece)
                    for block in self._blocks.feed(piece):
                        finished += self._finish(block)
        text: list[ParsedEvent] = [VisibleText("".join(shown))] if shown else []
        return text + finished

    def _end_box(self) -> None:
        if self._box_start is not None and self._box_start < self._visible_length:
            self._box = (self._box_start, self._visible_length)
        self._box_start = None

    def _finish(self, block: _Block) -> list[ParsedEvent]:
        body = block.text[block.heading_length :]
        match block.kind:
            case "problem":
                latex = compose(body)
                return [ProblemParsed(latex)] if latex else []
            case "step":
                self._num_steps += 1
                title, _, _ = body.lstrip(_TITLE_NOISE).partition("\n")
                return [
                    StepParsed(
                        index=self._num_steps,
                        start=block.start,
                        end=block.start + len(block.text.rstrip()),
                        title=title.strip(_TITLE_NOISE),
                        formulas=claims(body),
                    )
                ]
            case "answer":
                latex = compose(body)
                if latex:
                    start = block.start + block.heading_length
                    start += len(body) - len(body.lstrip(_TITLE_NOISE))
                    end = block.start + len(block.text.rstrip())
                    self._answer = AnswerParsed(latex, min(start, end), end)
        return []

    def _settle_answer(self) -> AnswerParsed | None:
        """The last answer block, narrowed to the model's box; without a block, the last box."""
        text = self.visible_text
        if self._box is not None:
            start, end = self._box
            is_within = self._answer is None or self._answer.start <= start < self._answer.end
            latex = compose(text[start:end])
            if is_within and latex:
                return AnswerParsed(latex, start, end)
        if self._answer is None and (found := boxes(text)):
            start, end, content = found[-1]
            return AnswerParsed(content, start, end)
        return self._answer


class _ControlTokens:
    """Splits output into visible text and tokens; thinking goes aside.

    Holds back only what may be the beginning of a token. Tokens come out as themselves; text never
    equals one, as it contains none.
    """

    def __init__(self) -> None:
        self.thinking: list[str] = []
        self._is_thinking = False
        self._held = ""

    def feed(self, chunk: str) -> Iterator[str]:
        text = self._held + chunk
        position = 0
        for match in _ANY_TOKEN.finditer(text):
            yield from self._pass_on(text[position : match.start()])
            position = match.end()
            token = match.group()
            if token == THINK_BEGIN:
                self._is_thinking = True
            elif token == _THINK_END:
                self._is_thinking = False
            elif not self._is_thinking:
                yield token
        text = text[position:]
        # No token has a "<" but its first character, so only the last one can begin a token.
        cut = text.rfind("<")
        if cut < 0 or not any(token.startswith(text[cut:]) for token in _TOKENS):
            cut = len(text)
        self._held = text[cut:]
        yield from self._pass_on(text[:cut])

    def close(self) -> Iterator[str]:
        text, self._held = self._held, ""
        yield from self._pass_on(text)

    def _pass_on(self, text: str) -> Iterator[str]:
        if not text:
            return
        if self._is_thinking:
            self.thinking.append(text)
        else:
            yield text


@dataclass(frozen=True, slots=True)
class _Block:
    kind: _Kind
    start: int
    heading_length: int
    text: str


class _Blocks:
    """Cuts visible text at headings, and says so with the character that makes one certain."""

    def __init__(self) -> None:
        self._kind: _Kind = "preamble"
        self._start = 0
        self._heading_length = 0
        self._parts: list[str] = []  # finished lines of the block
        self._parts_length = 0
        self._line = ""  # beginning of the line being read, as long as it may be a heading
        self._may_be_heading = True

    def feed(self, text: str) -> Iterator[_Block]:
        position = 0
        while position < len(text):
            if self._may_be_heading:
                character = text[position]
                position += 1
                if character == "\n":
                    yield from self._end_line()
                    self._add("\n")
                else:
                    self._line += character
                    yield from self._look()
                continue
            newline = text.find("\n", position)
            if newline < 0:
                self._add(text[position:])
                return
            self._add(text[position : newline + 1])
            self._may_be_heading = True
            position = newline + 1

    def close(self) -> Iterator[_Block]:
        yield from self._end_line()
        yield self._block()

    def _look(self) -> Iterator[_Block]:
        """Decide about the line begun, if that is possible already."""
        stripped = self._line.lstrip(_HEADING_NOISE)
        if stripped and stripped[0] in _HEADING_INITIALS:
            match = _HEADING.match(self._line)
            if match:
                yield from self._begin_block(match)
                return
        if len(self._line) >= _MAX_HEADING_CHARACTERS or (
            stripped and stripped[0] not in _HEADING_INITIALS
        ):
            self._flush_line()

    def _end_line(self) -> Iterator[_Block]:
        match = _HEADING_LINE.match(self._line) if self._line else None
        if match:
            yield from self._begin_block(match)
        self._flush_line()
        self._may_be_heading = True

    def _begin_block(self, match: re.Match[str]) -> Iterator[_Block]:
        yield self._block()
        self._start += self._parts_length
        kinds: tuple[_Kind, ...] = ("step", "problem", "answer", "other")
        self._kind = next(kind for kind in kinds if match.group(kind))
        self._heading_length = match.end()
        self._parts, self._parts_length = [], 0
        self._flush_line()

    def _flush_line(self) -> None:
        self._add(self._line)
        self._line = ""
        self._may_be_heading = False

    def _add(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._parts_length += len(text)

    def _block(self) -> _Block:
        return _Block(self._kind, self._start, self._heading_length, "".join(self._parts))
