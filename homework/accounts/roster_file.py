"""A list of students as a file: from bytes to rows, whatever a spreadsheet has made of it.

Nothing here touches the database. A file that cannot be told apart into rows raises; what is
wrong with a single row is for `roster_import` to say, row by row.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homework.common.errors import ImportFileError

FILE_MAX_BYTES: Final = 1024 * 1024
MAX_ROWS: Final = 300
"""Students in one file: a year of a large school. To hash a password takes 0.3 s on two busy cores,
so these take a minute and a half."""

ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "gb18030": gettext_lazy("Chinese (GB18030, GBK)"),
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "utf-16": "UTF-16",
}
"""What a person may choose when the guess was wrong."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_HEADINGS: Final = {
    "username": {"username", "user", "login", "loginname", "account", "用户名", "账号", "帐号"}
    | {"登录名", "学号", "benutzername", "identifiant", "usuario"},
    "first_name": {"firstname", "givenname", "forename", "名", "名字", "vorname", "prénom"}
    | {"nombre"},
    "last_name": {"lastname", "surname", "familyname", "姓", "姓氏", "nachname", "apellido"},
    "name": {"name", "fullname", "姓名"},
    "email": {"email", "emailaddress", "mail", "邮箱", "电子邮箱", "电子邮件"},
}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line with content.

    Attributes:
        line: Number of its (first) line in the file, as an editor counts, from 1.
        cells: Text by field: `username`, `first_name`, `last_name`, `name`, `email`.
        is_short: It has fewer cells than there are headings.
        is_long: It has more, and not all of those are empty.
    """

    line: int
    cells: dict[str, str]
    is_short: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a file says, and how it was read."""

    rows: list[RosterRow]
    encoding: str
    delimiter: str
    columns: dict[str, str]
    ignored_columns: list[str]


def roster_file_read(*, data: bytes, encoding: str = "") -> RosterFile:
    """Tell a file apart into rows.

    Args:
        data: Its bytes.
        encoding: One of ENCODINGS, or empty to guess.

    Raises:
        ImportFileError: It is empty, too large, no text, without a usable line of headings, or
            has more than MAX_ROWS students; the message says which.
    """
    if len(data) > FILE_MAX_BYTES:
        raise ImportFileError(
            _("This file is larger than 1 MB. A list of students is much smaller.")
        )
    if data[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        raise ImportFileError(
            _("This is a workbook, not a CSV file. In your spreadsheet, save it as CSV first.")
        )
    text, used = _decode(data, encoding)
    # Excel's own way of saying what parts the cells; what we see ourselves.
    text = re.sub(r"\Asep=.\r?\n", "\n", text, flags=re.IGNORECASE)
    if "\x00" in text:
        raise ImportFileError(_("This file is not a text file."))
    if not text.strip():
        raise ImportFileError(_("This file is empty."))
    delimiter = _delimiter_of(text)
    lines = _lines_of(text, delimiter)
    columns, indexes, ignored = _columns_of(lines[0][1])
    body = lines[1:]
    if len(body) > MAX_ROWS:
        raise ImportFileError(
            _(
                "This file has %(rows)s students. At most %(limit)s can be imported at once: "
                "please split it, by class for instance."
            )
            % {"rows": f"{len(body):,}", "limit": MAX_ROWS}
        )
    if not body:
        raise ImportFileError(_("This file has headings, but no students."))
    width = len(lines[0][1])
    rows = [
        RosterRow(
            line=line,
            cells={
                field: " ".join(cells[index].split()) if index < len(cells) else ""
                for field, index in indexes.items()
            },
            is_short=len(cells) < width,
            is_long=any(cell.strip() for cell in cells[width:]),
        )
        for line, cells in body
    ]
    return RosterFile(rows, used, delimiter, columns, ignored)


def _decode(data: bytes, encoding: str) -> tuple[str, str]:
    """The text and the encoding that it was in. A mark at the beginning is never wrong."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    used = marked or encoding or _guess(data)
    codec = {"utf-8": "utf-8-sig"}.get(used, used)
    if used == "utf-16" and not marked:
        codec = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
    try:
        return data.decode(codec), used
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ImportFileError(
            _("Line %(line)s is not written in %(encoding)s. Please choose another encoding.")
            % {"line": line, "encoding": ENCODINGS[used]}
        ) from None


def _guess(data: bytes) -> str:
    """The encoding of a file without a mark."""
    nulls = data[:4096].count(0)
    if nulls and nulls >= len(data[:4096]) // 4:
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "cp1252"
    # Both can be decoded as the other. Chinese comes in pairs of high bytes; the accents of
    # European names stand alone among plain letters.
    runs = re.findall(rb"[\x80-\xff]+", data)
    num_alone = sum(len(run) == 1 for run in runs)
    return "cp1252" if num_alone > len(runs) / 2 else "gb18030"


def _delimiter_of(text: str) -> str:
    """The sign that parts the headings, looked for outside of quotes."""
    headings = next(line for line in text.splitlines() if line.strip())
    unquoted = re.sub(r'"[^"]*"', "", headings)
    return max((",", ";", "\t", "，"), key=unquoted.count)


def _lines_of(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The records with the numbers of their first lines; the first has the headings."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error:
        raise ImportFileError(
            _("Line %(line)s cannot be read: a quotation mark is open or stands in a wrong place.")
            % {"line": begins}
        ) from None
    return lines


def _columns_of(headings: list[str]) -> tuple[dict[str, str], dict[str, int], list[str]]:
    """Which column holds what: headings by field, indexes by field, headings of no use."""
    columns: dict[str, str] = {}
    indexes: dict[str, int] = {}
    ignored: list[str] = []
    for index, heading in enumerate(headings):
        shown = " ".join(heading.split())[:60]
        plain = re.sub(r"[\s_\-.]", "", heading).casefold()
        field = next((field for field, names in _HEADINGS.items() if plain in names), None)
        if field is None:
            if shown:
                ignored.append(shown)
        elif field in columns:
            raise ImportFileError(
                _("Two columns say the same: “%(first)s” and “%(second)s”. Please remove one.")
                % {"first": columns[field], "second": shown}
            )
        else:
            columns[field], indexes[field] = shown, index
    if "username" not in columns:
        raise ImportFileError(
            _(
                "There is no column “username”. The first line must name the columns; "
                "it says: %(found)s"
            )
            % {"found": ", ".join(heading.strip() for heading in headings if heading)[:200]}
        )
    return columns, indexes, ignored
