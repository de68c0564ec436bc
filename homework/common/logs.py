"""Logs without content: what happened and where, never what somebody wrote or photographed.

An exception's message may quote a question, a path may name a solution. So records are reduced
before they are formatted, whichever library made them.
"""

from __future__ import annotations

import logging
import traceback

_NUM_FRAMES = 6


def error_facts(error: BaseException) -> dict[str, str]:
    """What a log may say of an exception: its type and where it arose, not its message."""
    frames = traceback.extract_tb(error.__traceback__)[-_NUM_FRAMES:]
    return {
        "error": type(error).__name__,
        "where": " < ".join(
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in reversed(frames)
        ),
    }


class ContentFilter(logging.Filter):
    """Takes exception texts, requests and foreign arguments out of log records.

    Our own loggers put content neither into messages nor into extras; the arguments of others
    (`"%s: %s"` of `django.request` is a status and a path) are dropped, and all lines but the
    first of their messages (asyncio's go on with the exception of a task, its text included).
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            for name, value in error_facts(record.exc_info[1]).items():
                if not hasattr(record, name):
                    setattr(record, name, value)
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        if record.name.partition(".")[0] not in {"homework", "inference"}:
            record.args = ()
            record.msg = str(record.msg).partition("\n")[0]
            if record.name == "django.request":
                record.msg = "request answered with an error"
            elif record.name.startswith("django.security"):
                # Its messages are made of what was sent: a host, a cookie, the name of a file.
                record.msg = "suspicious request refused"
            for name in ("request", "sql", "params", "server_time"):
                record.__dict__.pop(name, None)
        return True
