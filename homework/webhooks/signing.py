"""What proves to an endpoint that a call is ours, and fresh.

    Homework-Signature: t=1767225600,v1=<hex>

`v1` is the HMAC-SHA256 of `<t>.<body>` under the endpoint's secret, the body as the bytes that
were sent. Whoever receives one that is older than a few minutes has met a replay.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from django.utils.crypto import salted_hmac

_SECRET_MARK = "whsec_"  # noqa: S105, the beginning of every secret, for scanners of leaked ones


def secret_of(endpoint_id: uuid.UUID) -> str:
    """The secret of an endpoint. It follows from the site's own secret key and the endpoint's id,
    so that no copy of the database gives it away."""
    digest = salted_hmac("homework.webhooks", str(endpoint_id), algorithm="sha256").digest()
    return _SECRET_MARK + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def signature_header(secret: str, *, timestamp: int, body: bytes) -> str:
    """The value of `Homework-Signature`."""
    signed = str(timestamp).encode() + b"." + body
    return f"t={timestamp},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
