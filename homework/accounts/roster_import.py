"""Importing a class: first a report of what would happen to every row, then all of it or nothing.

The report is what the person confirms. Between the two the world may have moved on, so the rows
are looked at again within the transaction that writes; if the report is no longer true, nothing
is written and the new report is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import Classroom, Membership, User, full_name
from homework.accounts.passwords import Slip, hash_passwords, one_time_password
from homework.accounts.roster_file import RosterRow
from homework.accounts.selectors import students_taught_by
from homework.common.errors import ClassArchivedError, ConflictError

NAME_MAX_CHARACTERS: Final = 150


class Fate(StrEnum):
    """What happens to a row."""

    CREATE = "create"
    ADD = "add"
    NOTHING = "nothing"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Entry:
    """One student as they would be imported, and every reason against it."""

    line: int
    username: str
    first_name: str
    last_name: str
    email: str
    fate: Fate
    problems: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)


@dataclass(frozen=True, slots=True)
class Report:
    """What would happen to every row of a file, in its order."""

    entries: list[Entry]

    def of(self, fate: Fate) -> list[Entry]:
        return [entry for entry in self.entries if entry.fate == fate]

    @property
    def refused(self) -> list[Entry]:
        return self.of(Fate.REFUSE)

    @property
    def created(self) -> list[Entry]:
        return self.of(Fate.CREATE)

    @property
    def added(self) -> list[Entry]:
        return self.of(Fate.ADD)

    @property
    def unchanged(self) -> list[Entry]:
        return self.of(Fate.NOTHING)

    @property
    def has_work(self) -> bool:
        return bool(self.created or self.added)


def roster_check(*, by: User, classroom: Classroom, rows: Sequence[RosterRow]) -> Report:
    """Say what would happen to each row, in five queries whatever their number."""
    usernames = {row.cells["username"].lower() for row in rows}
    emails = {row.cells.get("email", "").lower() for row in rows} - {""}
    known = {
        user.username.lower(): user
        for user in User.objects.annotate(lower=Lower("username")).filter(lower__in=usernames)
    }
    members = set(classroom.memberships.values_list("user_id", flat=True))
    taught = set(students_taught_by(teacher=by).values_list("pk", flat=True))
    taken_emails = set(
        User.objects.annotate(lower=Lower("email"))
        .filter(lower__in=emails)
        .values_list("lower", flat=True)
    ) | set(
        EmailAddress.objects.annotate(lower=Lower("email"))
        .filter(lower__in=emails)
        .values_list("lower", flat=True)
    )
    entries: list[Entry] = []
    lines: dict[str, int] = {}
    email_lines: dict[str, int] = {}
    for row in rows:
        username = row.cells["username"]
        email = row.cells.get("email", "").lower()
        user = known.get(username.lower())
        problems = _shape_problems(row)
        if username and (first := lines.setdefault(username.lower(), row.line)) != row.line:
            problems.append(_("The username is in line %(line)s already.") % {"line": first})
        fate = Fate.CREATE
        if user is None:
            problems += _email_problems(email, row.line, email_lines, taken_emails)
        elif user.role != User.Role.STUDENT or user.school_id != classroom.school_id:
            problems.append(_("This username is taken. Please choose another one."))
        elif user.pk in members:
            fate = Fate.NOTHING
        elif user.pk in taught or by.may_administer:
            fate = Fate.ADD
        else:
            # Else a teacher could look at the work of every student of the school.
            problems.append(
                _(
                    "There is an account of this name already, of a student you do not teach. "
                    "If it is this person, let them join with the class code."
                )
            )
        first_name, last_name = _names(row)
        entries.append(
            Entry(
                line=row.line,
                username=username,
                first_name=first_name,
                last_name=last_name,
                email=email,
                fate=Fate.REFUSE if problems else fate,
                problems=problems,
            )
        )
    return Report(entries)


def roster_import(
    *, by: User, classroom: Classroom, rows: Sequence[RosterRow], confirmed: Report
) -> list[Slip]:
    """Make the accounts and memberships of a report without its refused rows, or nothing at all.

    Returns:
        A slip with a one-time password for every new account. They are nowhere else.

    Raises:
        ConflictError: The report is no longer true.
        ClassArchivedError: The class was archived in the meantime.
    """
    # Hashing takes long; it comes before the transaction, which would keep all other writers out.
    passwords = [one_time_password() for _entry in confirmed.created]
    hashes = hash_passwords(passwords=passwords)
    try:
        with transaction.atomic():
            current = Classroom.objects.select_for_update().get(pk=classroom.pk)
            if current.archived_at is not None:
                raise ClassArchivedError
            if roster_check(by=by, classroom=current, rows=rows) != confirmed:
                raise ConflictError
            return _write(by, current, confirmed, passwords, hashes)
    except IntegrityError:  # a username was taken between the check and the write
        raise ConflictError from None


def _write(
    by: User, classroom: Classroom, report: Report, passwords: list[str], hashes: list[str]
) -> list[Slip]:
    new = User.objects.bulk_create(
        User(
            username=entry.username,
            first_name=entry.first_name,
            last_name=entry.last_name,
            email=entry.email,
            role=User.Role.STUDENT,
            school_id=classroom.school_id,
            locale=by.locale,
            password=hashed,
            must_change_password=True,
        )
        for entry, hashed in zip(report.created, hashes, strict=True)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=False)
        for user in new
        if user.email
    )
    names = [entry.username.lower() for entry in report.added]
    known = list(User.objects.annotate(lower=Lower("username")).filter(lower__in=names))
    Membership.objects.bulk_create(
        [Membership(user=user, classroom=classroom) for user in [*new, *known]]
    )
    audit_record(
        actor=by,
        action=AuditAction.STUDENTS_IMPORTED,
        target=classroom,
        detail={
            "created": [user.username for user in new],
            "added": [user.username for user in known],
            "left_out": len(report.refused),
        },
    )
    return [
        Slip(entry.username, entry.name, password)
        for entry, password in zip(report.created, passwords, strict=True)
    ]


def _shape_problems(row: RosterRow) -> list[str]:
    """What is wrong with a row by itself."""
    problems = []
    if row.is_long:
        problems.append(_("There are more cells than headings."))
    username = row.cells["username"]
    if not username:
        problems.append(_("The username is missing."))
    else:
        try:
            get_adapter().clean_username(username, shallow=True)
        except ValidationError as error:
            problems += error.messages
        if len(username) > NAME_MAX_CHARACTERS:
            problems.append(_("The username is too long."))
    if any(len(name) > NAME_MAX_CHARACTERS for name in _names(row)):
        problems.append(_("The name is too long."))
    if not all(cell.isprintable() for cell in row.cells.values()):
        problems.append(_("There are signs in it that cannot be shown."))
    return problems


def _email_problems(
    email: str, line: int, email_lines: dict[str, int], taken: set[str]
) -> list[str]:
    if not email:
        return []
    try:
        validate_email(email)
    except ValidationError:
        return [_("Please enter a valid e-mail address.")]
    if email in taken:
        return [_("There already is an account with this e-mail address.")]
    if (first := email_lines.setdefault(email, line)) != line:
        return [_("The e-mail address is in line %(line)s already.") % {"line": first}]
    return []


def _names(row: RosterRow) -> tuple[str, str]:
    """First and last name. A whole name in one column is kept as it is written."""
    first, last = row.cells.get("first_name", ""), row.cells.get("last_name", "")
    return (first, last) if first or last else (row.cells.get("name", ""), "")
