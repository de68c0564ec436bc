"""Lists of students as spreadsheets write them, good and bad."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homework.accounts.roster_file import FILE_MAX_BYTES, MAX_ROWS, roster_file_read
from homework.common.errors import ImportFileError

PLAIN = "username,first name,last name\nmia.koch,Mia,Koch\nmüller,Jörg,Müller\nwang.fang,芳,王\n"
CHINESE = "用户名,姓名\nwang.fang,王芳\nli.rong,李镕\n"


def names(data: bytes, encoding: str = "") -> list[tuple[str, ...]]:
    file = roster_file_read(data=data, encoding=encoding)
    return [tuple(row.cells.values()) for row in file.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_finds_out_in_which_unicode_a_file_is(encoding: str, newline: str) -> None:
    data = PLAIN.replace("\n", newline).encode(encoding)

    assert names(data) == [
        ("mia.koch", "Mia", "Koch"),
        ("müller", "Jörg", "Müller"),
        ("wang.fang", "芳", "王"),
    ]


def test_it_reads_what_a_chinese_spreadsheet_writes() -> None:
    file = roster_file_read(data=CHINESE.encode("gb18030"))

    assert file.encoding == "gb18030"
    assert [row.cells for row in file.rows] == [
        {"username": "wang.fang", "name": "王芳"},
        {"username": "li.rong", "name": "李镕"},
    ]


def test_it_reads_what_a_european_spreadsheet_writes() -> None:
    text = "username;first name;last name\nm.mueller;Jörg;Müller\nf.lefevre;Chloé;Lefèvre\n"

    assert names(text.encode("cp1252")) == [
        ("m.mueller", "Jörg", "Müller"),
        ("f.lefevre", "Chloé", "Lefèvre"),
    ]


def test_a_person_knows_better_than_the_guess() -> None:
    text = "username,name\nmuss,Müßig\n"

    assert names(text.encode("cp1252"), "cp1252") == [("muss", "Müßig")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_it_finds_out_what_parts_the_cells(delimiter: str) -> None:
    text = f"username{delimiter}name\nmia{delimiter}Mia Koch\n"

    assert names(text.encode()) == [("mia", "Mia Koch")]


def test_excels_own_first_line_is_no_heading() -> None:
    assert names(b"sep=;\r\nusername;name\r\nmia;Mia\r\n") == [("mia", "Mia")]


def test_it_counts_lines_as_an_editor_does() -> None:
    data = b'\nusername,name\n\n"mia","Mia\nKoch"\nben,Ben\n'
    rows = roster_file_read(data=data).rows

    assert [(row.line, row.cells["name"]) for row in rows] == [(4, "Mia Koch"), (6, "Ben")]


def test_columns_come_in_any_order_and_others_are_told() -> None:
    file = roster_file_read(data=b"Class,Last Name,User_Name,E-Mail\n8A,Koch,mia,m@example.org\n")

    assert file.rows[0].cells == {
        "last_name": "Koch", "username": "mia", "email": "m@example.org"
    }  # fmt: skip
    assert file.ignored_columns == ["Class"]


def test_cells_too_many_and_too_few_are_marked() -> None:
    rows = roster_file_read(data=b"username,name\nmia\nben,Ben,more\nzoe,Zoe,,\n").rows

    assert [(row.is_short, row.is_long) for row in rows] == [
        (True, False), (False, True), (False, False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (b"username,name\n", "no students"),
        (b"name,email\nMia,m@example.org\n", "no column"),
        (b"mia,Mia\nben,Ben\n", "no column"),
        (b"username,name,User Name\nmia,Mia,m\n", "Two columns"),
        (b'username,name\nmia,"Mia\nben,Ben\n', "Line 2 cannot be read"),
        (b"username\nmi\x00a\n", "not a text file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
        (b"\xff\xfeu\x00s", "Line 1 is not written in UTF-16"),
        (b"username\n" + b"a" * FILE_MAX_BYTES, "larger than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_told_apart_is_refused_in_words(data: bytes, reason: str) -> None:
    with pytest.raises(ImportFileError) as caught:
        roster_file_read(data=data)

    assert reason in str(caught.value.message)


def test_a_wrong_encoding_is_told_with_the_line() -> None:
    with pytest.raises(ImportFileError) as caught:
        roster_file_read(data="username,name\na,A\nb,é\n".encode("cp1252"), encoding="utf-8")

    assert "Line 3 is not written in UTF-8" in str(caught.value.message)


def test_fifty_thousand_rows_are_refused_with_their_number() -> None:
    data = b"username\n" + b"".join(b"student%d\n" % number for number in range(50_000))
    with pytest.raises(ImportFileError) as caught:
        roster_file_read(data=data)

    assert "50,000 students" in str(caught.value.message)
    assert str(MAX_ROWS) in str(caught.value.message)


def test_as_many_rows_as_allowed_are_taken() -> None:
    data = b"username\n" + b"".join(b"student%d\n" % number for number in range(MAX_ROWS))

    assert len(roster_file_read(data=data).rows) == MAX_ROWS


@settings(max_examples=200)
@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "gb18030", "cp1252", "utf-16"]))
def test_no_bytes_end_in_anything_but_rows_or_a_refusal(data: bytes, encoding: str) -> None:
    try:
        file = roster_file_read(data=b"username,name\n" + data, encoding=encoding)
    except ImportFileError as error:
        assert str(error.message)
    else:
        assert all("username" in row.cells for row in file.rows)
