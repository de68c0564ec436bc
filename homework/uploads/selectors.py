"""Reading photos, always on somebody's behalf."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser

from homework.accounts.models import User
from homework.accounts.selectors import students_visible_to
from homework.common.errors import NotFoundError
from homework.uploads.models import Photo


def photo_get_visible(*, viewer: User | AnonymousUser, photo_id: uuid.UUID | str) -> Photo:
    """The photo, if `viewer` is its owner or teaches its owner.

    Raises:
        NotFoundError: There is no such photo, or the viewer may not know that there is.
    """
    try:
        key = photo_id if isinstance(photo_id, uuid.UUID) else uuid.UUID(photo_id)
        return Photo.objects.get(pk=key, owner__in=students_visible_to(viewer=viewer))
    except (ValueError, Photo.DoesNotExist):
        raise NotFoundError from None
