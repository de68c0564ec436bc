"""A name that is a formula stays a name."""

from __future__ import annotations

import csv
import io

import pytest

from homework.insight.csv_table import csv_bytes, csv_cell


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example.org","x")',
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\ufeff=1",
        "＝1",
    ],
)
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Mia Koch", "王芳", "a=b", "", 5, -5, 0.5])
def test_all_else_stays_as_it_is(value: object) -> None:
    assert csv_cell(value) == value


def test_it_is_read_back_as_it_was_written() -> None:
    rows = [["a,b", 'say "x"', "two\nlines", 7], ["王", "", "é", -1]]

    data = csv_bytes(["A", "B", "C", "D"], rows)

    assert data.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert found[1:] == [[str(cell) for cell in row] for row in rows]
