from __future__ import annotations

import pytest

from tests.homework.people import People, make_people


@pytest.fixture
def people(transactional_db: None) -> People:
    """Committed, since the servers are processes of their own."""
    return make_people()
