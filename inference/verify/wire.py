"""Messages between the server and its maths workers: a length, then JSON. Never pickle.

Both ends import this module, so it stays free of everything heavy.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

Json = None | bool | int | float | str | list[Any] | dict[str, Any]

MAX_MESSAGE_BYTES = 4_000_000
_LENGTH = struct.Struct("!I")


class WireError(Exception):
    """The other end is gone, or what it sent is no message."""


def encode(message: Json) -> bytes:
    """Turn plain data into one message.

    Raises:
        WireError: `message` is not JSON or larger than `MAX_MESSAGE_BYTES`.
    """
    try:
        body = json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if len(body) > MAX_MESSAGE_BYTES:
        raise WireError("message too large")
    return _LENGTH.pack(len(body)) + body


def send(connection: socket.socket, message: Json, *, deadline: float | None = None) -> None:
    """Send one message, until `deadline` on the monotonic clock.

    Raises:
        WireError: The message cannot be encoded or the other end is gone.
        TimeoutError: The deadline passed.
    """
    data = encode(message)
    _set_timeout(connection, deadline)
    try:
        connection.sendall(data)
    except TimeoutError:
        raise
    except OSError as error:
        raise WireError("the other end is gone") from error


def receive(connection: socket.socket, *, deadline: float | None = None) -> Json:
    """Wait for one message, until `deadline` on the monotonic clock.

    Raises:
        WireError: The other end is gone, or sent something that is no message.
        TimeoutError: The deadline passed.
    """
    (length,) = _LENGTH.unpack(_receive_exactly(connection, _LENGTH.size, deadline))
    if length > MAX_MESSAGE_BYTES:
        raise WireError("message too large")
    body = _receive_exactly(connection, length, deadline)
    try:
        message: Json = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    return message


def _receive_exactly(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        _set_timeout(connection, deadline)
        try:
            piece = connection.recv(min(size - len(data), 65_536))
        except TimeoutError:
            raise
        except OSError as error:
            raise WireError("the other end is gone") from error
        if not piece:
            raise WireError("the other end is gone")
        data += piece
    return bytes(data)


def _set_timeout(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    connection.settimeout(remaining)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
