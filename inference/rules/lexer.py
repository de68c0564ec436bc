"""From characters to tokens: LaTeX, plain text and Unicode all end in one small vocabulary.

One pass over the text, no backtracking. What is not on the allow-lists here is refused with its
position in the original text; nothing unknown is ever skipped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from inference.errors import MathSyntaxError
from inference.rules.vocabulary import (
    CHARACTERS,
    CHINESE_WORDS,
    DIGITS,
    ENVIRONMENTS,
    GLUED_WORDS,
    GREEK,
    GREEK_COMMANDS,
    IGNORED,
    IN_INTEGERS,
    KEYWORD_COMMANDS,
    LEFT_BAR,
    LOOK_ALIKES,
    MAX_LETTERS_IN_A_ROW,
    OPERATOR_COMMANDS,
    RIGHT_BAR,
    SIGNS,
    SPACING_COMMANDS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TEXT_COMMANDS,
    WORDS,
    TokenKind,
)

_IN_INTEGERS = re.compile(
    r"(?:∈|\\in(?![a-zA-Z]))\s*(?:\\math(?:bb|bf|rm)\s*\{?\s*Z\s*\}?|ℤ|Z)(?![a-zA-Z])"
)

MAX_CHARACTERS = 500
MAX_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Token:
    """`position` is the offset in the original text; `is_spaced` tells of white space before."""

    kind: TokenKind
    text: str
    position: int
    is_spaced: bool = False


def tokenize(text: str) -> list[Token]:
    """Split `text` into tokens, ending in one of kind `end`.

    Raises:
        MathSyntaxError: The text is empty or too long, or holds a character, command, word or
            number that is not allowed.
    """
    if len(text) > MAX_CHARACTERS:
        raise MathSyntaxError(
            f"The text is longer than {MAX_CHARACTERS} characters.",
            position=MAX_CHARACTERS,
            reason="too_long",
        )
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = "".join(map(_fold_character, text))
        self._at = 0
        self._is_spaced = False
        self._open_brackets = 0
        self._tokens: list[Token] = []
        self._pending_letters_end = -1

    def run(self) -> list[Token]:
        while self._at < len(self._text):
            self._take_one()
        self._drop_idle_separators()
        self._read_times_signs()
        self._tokens.append(Token("end", "", len(self._text), self._is_spaced))
        return self._tokens

    def _take_one(self) -> None:
        char = self._text[self._at]
        if char == "\n" or char == "\r":
            if self._open_brackets == 0:
                self._emit("separator", "\n", self._at)
            self._skip(1)
        elif char.isspace() or char in IGNORED:
            self._skip(1)
        elif char in DIGITS or self._at_bare_decimal():
            self._take_number()
        elif char.isascii() and char.isalpha():
            self._take_letters()
        elif (membership := _IN_INTEGERS.match(self._text, self._at)) is not None:
            self._emit("keyword", IN_INTEGERS, self._at, width=len(membership.group()))
        elif char == "\\":
            self._take_command()
        elif char in SUPERSCRIPTS:
            self._take_script(SUPERSCRIPTS, "^")
        elif char in SUBSCRIPTS:
            self._take_script(SUBSCRIPTS, "_")
        elif char in GREEK:
            self._take_greek(GREEK[char])
        elif char in CHINESE_WORDS:
            self._emit("keyword", CHINESE_WORDS[char], self._at, width=1)
        elif char in ",;":
            kind: TokenKind = "separator"
            self._emit(kind, char, self._at, width=1)
        elif self._text.startswith(("<=", ">=", "!=", "==", "=<", "**"), self._at):
            self._take_double_sign()
        else:
            self._take_sign(char)

    # -- single things ---------------------------------------------------------------------

    def _take_number(self) -> None:
        start = self._at
        text = self._text
        end = start
        while end < len(text) and text[end] in DIGITS:
            end += 1
        end = self._end_of_thousands(start, end)
        if end + 1 < len(text) and text[end] == "." and text[end + 1] in DIGITS:
            end += 1
            while end < len(text) and text[end] in DIGITS:
                end += 1
        digits = text[start:end].replace(",", "")
        if len(digits.replace(".", "")) > MAX_DIGITS:
            raise MathSyntaxError(
                f"A number has more than {MAX_DIGITS} digits.",
                position=start,
                reason="number_too_large",
            )
        if digits.startswith("."):
            digits = "0" + digits
        self._emit("number", digits, start, width=end - start)

    def _end_of_thousands(self, start: int, end: int) -> int:
        """Take `,456,789` after one to three digits as part of the number."""
        text = self._text
        if end - start > 3 or end == start or text[start] == "0" or self._is_in_list:
            return end
        while (
            text[end : end + 1] == ","
            and len(text[end + 1 : end + 4]) == 3
            and DIGITS.issuperset(text[end + 1 : end + 4])
            and self._peek_at(end + 4) not in DIGITS
        ):
            end += 4
        return end

    @property
    def _is_in_list(self) -> bool:
        """Whether commas part numbers: `gcd(12,180)`."""
        return any(token.text in {"gcd", "lcm"} for token in self._tokens)

    def _take_letters(self) -> None:
        text = self._text
        start = self._at
        end = start
        while end < len(text) and text[end].isascii() and text[end].isalpha():
            end += 1
        word = text[start:end]
        if word.lower() in WORDS and (len(word) > 1):
            kind, canonical = WORDS[word.lower()]
            self._emit(kind, canonical, start, width=end - start)
            return
        singles = 0
        at = start
        while at < end:
            glued = next((w for w in GLUED_WORDS if text.startswith(w, at, end)), None)
            if glued is not None:
                kind, canonical = WORDS[glued]
                self._emit(kind, canonical, at, width=len(glued))
                at += len(glued)
                singles = 0
                continue
            is_differential = text[at] == "d" and at + 2 == end
            singles += 1
            if singles > MAX_LETTERS_IN_A_ROW and not is_differential:
                self._refuse_word(word, start)
            if is_differential:
                singles -= 2
            self._emit_letter(text[at], at)
            at += 1
        previous_end, self._pending_letters_end = self._pending_letters_end, -1
        if len(word) > 1 and not self._is_function_run(word):
            # Two words side by side are prose, not a product of letters.
            if previous_end >= 0 and text[previous_end:start].isspace():
                self._refuse_word(word, start)
            self._pending_letters_end = end

    def _is_function_run(self, word: str) -> bool:
        return any(glued in word for glued in GLUED_WORDS) or (len(word) == 2 and word[0] == "d")

    def _emit_letter(self, letter: str, position: int) -> None:
        if letter == "e":
            self._emit("constant", "e", position, width=1)
        else:
            self._emit("letter", letter, position, width=1)

    def _take_greek(self, name: str) -> None:
        self._emit("letter", name, self._at, width=1)

    def _take_script(self, script: dict[str, str], sign: str) -> None:
        """`x²ⁿ` becomes `x^{2n}`, `∫₀¹` becomes `∫_{0}^{1}`."""
        start = self._at
        self._emit("operator", sign, start)
        self._emit("operator", "{", start)
        self._open_brackets += 1
        digits = ""
        while self._at <= len(self._text):
            plain = script.get(self._peek(0), "")
            if plain.isdigit():
                digits += plain
                self._at += 1
                continue
            if digits:
                self._emit("number", digits, start)
                digits = ""
            if not plain:
                break
            if plain.isalpha():
                self._emit("letter", plain, self._at)
            else:
                self._emit("operator", plain, self._at)
            self._at += 1
        self._emit("operator", "}", start)
        self._open_brackets -= 1

    def _take_double_sign(self) -> None:
        pair = self._text[self._at : self._at + 2]
        if pair == "!=" and self._is_factorial_before_equals():
            self._emit("operator", "!", self._at, width=1)
            return
        sign = {"**": "^", "==": "=", "=<": "<="}.get(pair, pair)
        self._emit("operator", sign, self._at, width=2)

    def _is_factorial_before_equals(self) -> bool:
        """`5!=120` and a final `5!=` are factorials: "unequal" with numbers asks nothing."""
        rest = self._text[self._at + 2 :].strip()
        previous = self._tokens[-1] if self._tokens else None
        glued_to_number = (
            previous is not None
            and previous.kind == "number"
            and self._text[self._at - 1 : self._at].isdigit()
        )
        return glued_to_number and (not rest or rest[0].isdigit() or rest[0] == "?")

    def _take_sign(self, char: str) -> None:
        sign = CHARACTERS.get(char, char)
        if sign == ",":
            self._emit("separator", ",", self._at, width=1)
            return
        if sign == "pi":
            self._emit("constant", "pi", self._at, width=1)
            return
        if sign in {"cbrt", "root4"}:
            self._emit("keyword", sign, self._at, width=1)
            return
        if sign == "∫":
            self._emit("keyword", "int", self._at, width=1)
            return
        if sign == "√":
            self._emit("keyword", "√", self._at, width=1)
            return
        if sign in {"<=", ">=", "!="}:
            self._emit("operator", sign, self._at, width=1)
            return
        vulgar = unicodedata.decomposition(char)
        if vulgar.startswith("<fraction>"):
            code_points = vulgar.split()[1:]
            plain = "".join(chr(int(code, 16)) for code in code_points).replace("⁄", "/")
            self._emit("fraction", plain, self._at, width=1)
            return
        if sign not in SIGNS:
            raise MathSyntaxError(
                f"The character {char!r} is not part of any notation known here.",
                position=self._at,
                reason="unknown_symbol",
            )
        if sign in "([{":
            self._open_brackets += 1
        elif sign in ")]}":
            self._open_brackets = max(0, self._open_brackets - 1)
        if sign == "&":
            self._skip(1)
            return
        self._emit("operator", sign, self._at, width=1)

    # -- LaTeX -----------------------------------------------------------------------------

    def _take_command(self) -> None:
        start = self._at
        end = start + 1
        while end < len(self._text) and self._text[end].isascii() and self._text[end].isalpha():
            end += 1
        if end == start + 1:
            end += 1
        name = self._text[start + 1 : end]
        if name == "\\":
            self._emit("separator", "\n", start, width=2)
        elif name in {"left", "right"}:
            self._skip(end - start)
            if self._peek(0) == ".":
                self._skip(1)
            elif self._peek(0) == "|":
                self._emit("operator", LEFT_BAR if name == "left" else RIGHT_BAR, start, width=1)
        elif name in SPACING_COMMANDS:
            self._skip(end - start)
        elif name in {"begin", "end"}:
            self._take_environment(start, end, name)
        elif name in TEXT_COMMANDS:
            self._take_text(start, end)
        elif name in OPERATOR_COMMANDS:
            self._emit("operator", OPERATOR_COMMANDS[name], start, width=end - start)
        elif name in KEYWORD_COMMANDS:
            keyword = KEYWORD_COMMANDS[name]
            self._emit("keyword", keyword, start, width=end - start)
            if keyword == "frac":
                self._brace_single_characters(2)
            elif keyword == "√" and self._next_visible() not in "[{(":
                self._brace_single_characters(1)
        elif name in GREEK_COMMANDS:
            self._emit("letter", name.removeprefix("var"), start, width=end - start)
        elif name in WORDS and WORDS[name][0] in {"function", "constant"}:
            kind, canonical = WORDS[name]
            self._emit(kind, canonical, start, width=end - start)
        else:
            raise MathSyntaxError(
                f"The command \\{name} is not known here.", position=start, reason="unknown_symbol"
            )

    def _take_environment(self, start: int, end: int, which: str) -> None:
        close = self._text.find("}", end)
        name = self._text[end + 1 : close] if self._peek_at(end) == "{" and close > 0 else ""
        if name not in ENVIRONMENTS:
            raise MathSyntaxError(
                "This LaTeX environment is not known here.", position=start, reason="unknown_symbol"
            )
        after = close + 1
        if which == "begin":
            # A system's brace, written `\left\{ \begin{array}`, opens nothing.
            if self._tokens and self._tokens[-1].text == "{":
                self._tokens.pop()
            if name == "array" and self._peek_at(after) == "{":
                columns = self._text.find("}", after)
                if columns < 0 or not set(self._text[after + 1 : columns]) <= set("lcr| "):
                    raise MathSyntaxError(
                        "The columns of the array are not closed.",
                        position=after,
                        reason="unbalanced",
                    )
                after = columns + 1
        self._emit("separator", "\n", start, width=after - start)

    def _take_text(self, start: int, end: int) -> None:
        while self._peek_at(end) == " ":
            end += 1
        close = self._text.find("}", end)
        if self._peek_at(end) != "{" or close < 0:
            raise MathSyntaxError(
                "The braces of a text are not closed.", position=start, reason="unbalanced"
            )
        content = self._text[end + 1 : close].strip(" ~.,;:")
        word = CHINESE_WORDS.get(content, content)
        if word in WORDS:
            kind, canonical = WORDS[word]
            self._emit(kind, canonical, start, width=close + 1 - start)
        elif not word:
            self._skip(close + 1 - start)
        elif len(word) == 1 and word.isascii() and word.isalpha():
            self._emit_letter(word, start)
            self._at = close + 1
        elif len(word) == 2 and word[0] == "d" and word.isascii() and word.isalpha():
            self._emit_letter("d", start)
            self._emit_letter(word[1], start)
            self._at = close + 1
        else:
            self._refuse_word(content, start)

    def _brace_single_characters(self, count: int) -> None:
        """`\\frac12` and `\\frac1{2}` take single characters for missing braces."""
        for _ in range(count):
            while self._peek(0).isspace():
                self._at += 1
            if self._peek(0) == "{":
                depth = 0
                while self._at < len(self._text):
                    char = self._text[self._at]
                    depth += (char == "{") - (char == "}")
                    self._take_one()
                    if depth <= 0:
                        break
                continue
            char = self._peek(0)
            position = self._at
            if not (char.isascii() and char.isalnum()):
                raise MathSyntaxError(
                    "A fraction or root is incomplete.",
                    position=position,
                    reason="unexpected",
                )
            self._emit("operator", "{", position)
            if char.isdigit():
                self._emit("number", char, position, width=1)
            else:
                self._emit_letter(char, position)
            self._emit("operator", "}", position)

    # -- plumbing --------------------------------------------------------------------------

    def _emit(self, kind: TokenKind, text: str, position: int, *, width: int = 0) -> None:
        self._tokens.append(Token(kind, text, position, self._is_spaced))
        self._is_spaced = False
        self._at += width

    def _skip(self, width: int) -> None:
        self._at += width
        self._is_spaced = True

    def _peek(self, ahead: int) -> str:
        return self._peek_at(self._at + ahead)

    def _peek_at(self, at: int) -> str:
        return self._text[at] if at < len(self._text) else ""

    def _next_visible(self) -> str:
        rest = self._text[self._at :].lstrip()
        return rest[:1]

    def _at_bare_decimal(self) -> bool:
        """`.5` without its zero."""
        return self._peek(0) == "." and self._peek(1) in DIGITS and not self._follows_number()

    def _follows_number(self) -> bool:
        return bool(self._tokens) and self._tokens[-1].kind == "number" and not self._is_spaced

    def _refuse_word(self, word: str, position: int) -> None:
        raise MathSyntaxError(
            f"“{word[:40]}” is not mathematics that is known here.",
            position=position,
            reason="unknown_symbol",
        )

    def _read_times_signs(self) -> None:
        """`3 x 4`: an x that stands apart between numbers is a times sign, unless x is also used
        as a letter."""
        tokens = self._tokens
        places = [i for i, token in enumerate(tokens) if token.text in {"x", "X"}]
        if all(self._is_apart_between_numbers(i) for i in places):
            for i in places:
                tokens[i] = Token("operator", "×", tokens[i].position, is_spaced=True)

    def _is_apart_between_numbers(self, i: int) -> bool:
        if not 0 < i < len(self._tokens) - 1:
            return False
        before, sign, after = self._tokens[i - 1 : i + 2]
        is_apart = sign.is_spaced and after.is_spaced
        return is_apart and before.kind == after.kind == "number"

    def _drop_idle_separators(self) -> None:
        """Newlines at the ends, after another separator, or beside a sign that continues the
        line separate nothing."""
        kept: list[Token] = []
        tokens = self._tokens
        for i, token in enumerate(tokens):
            if token.kind == "separator" and token.text == "\n":
                following = tokens[i + 1] if i + 1 < len(tokens) else None
                continues = {"=", "+", "×", "÷", "/", "<", ">", "<=", ">="}
                if (
                    not kept
                    or kept[-1].kind == "separator"
                    or kept[-1].text in continues | {"-", "or", "and"}
                    or following is None
                    or following.kind == "separator"
                    or following.text in continues | {"or", "and"}
                ):
                    continue
            kept.append(token)
        self._tokens = kept


def _fold_character(char: str) -> str:
    """Fold full-width forms, mathematical alphabets and look-alikes into plain characters, one for
    one, so that positions stay those of the original."""
    if "！" <= char <= "～":
        char = chr(ord(char) - 0xFEE0)
    elif "\U0001d400" <= char <= "\U0001d7ff":
        folded = unicodedata.normalize("NFKC", char)
        char = folded if len(folded) == 1 else char
    elif char in LOOK_ALIKES:
        char = LOOK_ALIKES[char]
    mapped = CHARACTERS.get(char, char)
    # A star stays itself for now: two of them are a power.
    return mapped if len(mapped) == 1 and char != "*" else char
