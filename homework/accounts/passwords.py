"""One-time passwords: on a slip of paper, good for one sign-in, then replaced by one's own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import School, User

# Without what looks or sounds alike: it is read from paper and typed on a phone.
_CONSONANTS: Final = "bdfgkmnprstvz"
_VOWELS: Final = "aeiou"
_DIGITS: Final = "23456789"


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on one person's slip. It exists in the answer to one request only."""

    username: str
    name: str
    password: str


def one_time_password() -> str:
    """Such as `tavu-moki-se73`: 5 syllables and 2 digits, 7.4e10 possibilities (36 bits)."""
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(5)]
    digits = "".join(secrets.choice(_DIGITS) for _ in range(2))
    return f"{syllables[0]}{syllables[1]}-{syllables[2]}{syllables[3]}-{syllables[4]}{digits}"


def hash_passwords(*, passwords: Iterable[str]) -> list[str]:
    """Hash many at once, on all cores: one takes a third of a second on purpose."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(make_password, passwords))


def passwords_give(*, by: User, people: Sequence[User], school: School) -> list[Slip]:
    """Give people new one-time passwords; what they had before no longer works.

    They are signed out everywhere, since a session ends with the password it began with.
    """
    passwords = [one_time_password() for _ in people]
    hashes = hash_passwords(passwords=passwords)
    with transaction.atomic():
        for person, hashed in zip(people, hashes, strict=True):
            User.objects.filter(pk=person.pk).update(password=hashed, must_change_password=True)
            audit_record(actor=by, action=AuditAction.PASSWORD_GIVEN, target=person, school=school)
    return [
        Slip(person.username, person.get_full_name(), password)
        for person, password in zip(people, passwords, strict=True)
    ]


def password_is_own(*, user: User) -> None:
    """Note that a person has chosen their password themselves."""
    User.objects.filter(pk=user.pk, must_change_password=True).update(must_change_password=False)
    user.must_change_password = False
