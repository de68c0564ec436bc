"""Calling endpoints: the task of the serving process that tells what was put down.

An attempt is bounded in every way: the connection goes to one address that was looked at, no
redirect is followed, no proxy of the environment asked, nothing of the answer read but its head,
and after TIMEOUT_S it is over whatever the other side does.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Final

import httpx
from django.utils import timezone

from homework.webhooks.addresses import NotAllowedError, resolve
from homework.webhooks.models import Delivery
from homework.webhooks.services import Outcome, deliveries_claim, delivery_note
from homework.webhooks.signing import secret_of, signature_header

logger = logging.getLogger(__name__)

TIMEOUT_S: Final = 10.0
_AT_ONCE: Final = 16
_IDLE_S: Final = 1.0


def deliver_due(halt: threading.Event) -> float:
    """Tell what is due now; the task registered with `common.background`."""
    while not halt.is_set() and (due := deliveries_claim(limit=_AT_ONCE)):
        outcomes = asyncio.run(_send_all(due))
        for delivery, outcome in zip(due, outcomes, strict=True):
            delivery_note(delivery=delivery, outcome=outcome)
            logger.info(
                "webhook called",
                extra={
                    "delivery_id": str(delivery.pk),
                    "attempt": delivery.num_attempts,
                    "status": outcome.status,
                    "error": outcome.error,
                    "duration_ms": outcome.duration_ms,
                },
            )
    return _IDLE_S


async def _send_all(deliveries: Sequence[Delivery]) -> list[Outcome]:
    # A proxy of the environment would choose the address.
    async with httpx.AsyncClient(
        timeout=TIMEOUT_S, follow_redirects=False, trust_env=False, verify=_trust()
    ) as client:
        return list(await asyncio.gather(*(_send(client, one) for one in deliveries)))


def _trust() -> ssl.SSLContext:
    """Whom the machine trusts (a school's own authority may be among them), and whom httpx does."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


async def _send(client: httpx.AsyncClient, delivery: Delivery) -> Outcome:
    started_at, started = timezone.now(), time.monotonic()
    status: int | None = None
    error = ""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            status = await _post(client, delivery)
        if not 200 <= status < 300:
            error = "redirect" if 300 <= status < 400 else "status"
    except NotAllowedError:
        error = "address_not_allowed"
    except (TimeoutError, httpx.TimeoutException):
        error = "timeout"
    except httpx.ConnectError as failure:
        cause = failure.__cause__ or failure.__context__
        is_tls = isinstance(cause, ssl.SSLError) or "SSL" in str(failure)
        error = "tls_failed" if is_tls else "not_connected"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        # Where a redirect leads is read although nobody goes there, and what stands there may be
        # anything: one endpoint must not end the calls of all others.
        error = "broken_answer"
    return Outcome(
        started_at=started_at,
        duration_ms=round(1000 * (time.monotonic() - started)),
        status=status,
        error=error,
    )


async def _post(client: httpx.AsyncClient, delivery: Delivery) -> int:
    target = await resolve(delivery.endpoint.url)
    body = delivery.body.encode()
    signature = signature_header(
        secret_of(delivery.endpoint_id), timestamp=int(time.time()), body=body
    )
    async with client.stream(
        "POST",
        target.url,
        content=body,
        headers={
            "Host": target.host,
            "Content-Type": "application/json",
            "User-Agent": "homework-helper",
            "Homework-Event": delivery.event,
            "Homework-Delivery": str(delivery.pk),
            "Homework-Signature": signature,
        },
        # The certificate must be the name's, though the connection goes to a number.
        extensions={"sni_hostname": target.name},
    ) as response:
        return response.status_code
