"""The Chinese catalogue is complete: a string that nobody translated fails the tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

from homework.pages.advice import quality_advice
from homework.pages.words import home_words, solution_words

BASE = Path(settings.BASE_DIR)
PO = BASE / "homework" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|\{\w*\}")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def parts(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


def test_every_string_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    missing = [m.id for m in catalogue if m.id and (m.fuzzy or not all(parts(m.string)))]

    assert missing == []


def test_translations_keep_the_placeholders(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            wanted = set(PLACEHOLDER.findall(parts(message.id)[-1]))
            for text in parts(message.string):
                assert set(PLACEHOLDER.findall(text)) == wanted, message.id


def strings_of_python(path: Path) -> Iterator[str]:
    keywords = {
        **DEFAULT_KEYWORDS,
        "gettext_lazy": None,
        "gettext_noop": None,
        "ngettext_lazy": (1, 2),
    }
    with path.open("rb") as file:
        for _line, message, _comments, _context in extract("python", file, keywords=keywords):
            yield parts(message)[0]


def strings_of_template(path: Path) -> Iterator[str]:
    code = templatize(path.read_text())
    literal = r"""(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))"""
    for match in re.finditer(rf"\b(?:n?gettext|_)\({literal}", code):
        yield ast.literal_eval(match[1])


def test_the_catalogue_holds_every_string_of_the_sources(catalogue: Catalog) -> None:
    known = {parts(message.id)[0] for message in catalogue if message.id}
    needed = {
        string
        for folder, pattern, strings_of in (
            ("homework", "*.py", strings_of_python),
            ("templates", "*.html", strings_of_template),
            ("templates", "*.txt", strings_of_template),
        )
        for path in (BASE / folder).rglob(pattern)
        for string in strings_of(path)
    }

    assert len(needed) > 200
    assert sorted(needed - known) == []


def words_in(value: object) -> list[str]:
    if isinstance(value, dict):
        return [word for item in value.values() for word in words_in(item)]
    return [str(value)]


def test_the_words_of_the_scripts_are_chinese_on_a_chinese_page() -> None:
    with translation.override("zh-hans"):
        words = words_in(home_words()) + words_in(solution_words())
        issues = [{"code": code} for code in ("blur", "dark", "glare", "too_small")]
        words += [issue["advice"] for issue in quality_advice({"issues": issues})]

    assert [word for word in words if not re.search(r"[\u4e00-\u9fff]", word)] == []
