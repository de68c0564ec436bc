"""Photos that come within JSON, as `data:` URLs. Nothing is ever fetched from an address."""

from __future__ import annotations

import base64
import binascii
import re

from django.conf import settings

from homework.common.errors import BodyTooLargeError, InvalidImageURLError, UnsupportedFormatError

_HEAD = re.compile(r"data:(?P<type>[\w.+/-]*)(?P<parameters>(?:;[\w.=+-]+)*?);base64\Z", re.ASCII)
_IMAGE_TYPES = {"image/jpeg", "image/jpg", "image/png", "image/webp", "image/heic", "image/heif"}


def photo_of_data_url(url: str) -> bytes:
    """The bytes of the image in a data URL. Whether they are one, the decoder will say.

    Raises:
        InvalidImageURLError: Not a data URL, or its base64 is broken. Addresses are not fetched.
        UnsupportedFormatError: It says itself that it is something else than a photo.
        BodyTooLargeError: More than UPLOAD_MAX_BYTES.
    """
    head, comma, payload = url.partition(",")
    match = _HEAD.match(head) if len(head) <= 200 else None
    if match is None or not comma:
        raise InvalidImageURLError
    if match["type"].lower() not in _IMAGE_TYPES:
        raise UnsupportedFormatError
    if len(payload) > settings.UPLOAD_MAX_BYTES * 4 // 3 + 4:
        raise BodyTooLargeError
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidImageURLError from None
