"""Sessions in the database, as Django's own: read by a statement that is composed once.

A session is the first thing that every request and every socket asks for.
"""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from homework.common.prepared import Parameter, PreparedQuery

_valid = PreparedQuery(
    lambda: Session.objects.filter(
        session_key=Parameter("key", Session, "session_key"),
        expire_date__gt=Parameter("now", Session, "expire_date"),
    )
)


class SessionStore(db.SessionStore):
    """One session."""

    def _get_session_from_db(self) -> Session | None:
        found = _valid.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
