"""The site's settings, with room for thousands of wrong passwords a minute."""

from __future__ import annotations

from homework.settings import *  # noqa: F403

ACCOUNT_RATE_LIMITS = dict.fromkeys(ACCOUNT_RATE_LIMITS, "1000000/m/ip")  # noqa: F405
# The real hash takes 0.4 s on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
