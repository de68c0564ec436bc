from __future__ import annotations

from typing import Final

import pytest
from django.test import Client

from tests.homework.people import People

PASSWORD: Final = "correct horse battery"


@pytest.fixture
def cast(people: People) -> People:
    """The people, able to sign in with `PASSWORD`."""
    for person in (people.alice, people.bob, people.terry, people.ada):
        person.set_password(PASSWORD)
        person.save()
    return people


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
