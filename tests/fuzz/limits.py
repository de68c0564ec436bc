"""Limits raised out of the fuzzer's way: all calls come from one person at one address."""

from __future__ import annotations

LIMITS = {
    **{
        f"HH_LIMIT_{name}": "1000000/m"
        for name in ("ALL", "ADDRESS", "USER", "TOKEN", "LOGIN", "UPLOAD", "SOLVE")
    },
    "HH_UPLOAD_MAX_PER_HOUR": "1000000",
    "HH_PIPELINE_MAX_PER_HOUR": "1000000",
    "HH_PIPELINE_MAX_QUEUED": "10000",
    "HH_PIPELINE_MAX_QUEUED_PER_STUDENT": "10000",
    "HH_WEBSOCKET_MAX_PER_USER": "1000",
    "DJANGO_SETTINGS_MODULE": "tests.fuzz.settings",
}
