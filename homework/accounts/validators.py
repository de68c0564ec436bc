"""What a username and a password may look like."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# No "@": signing in takes a username or an e-mail address, and one must never look like the other.
username_validators = [
    RegexValidator(
        r"^[\w.+-]+\Z",
        _("A username has only letters, digits and the signs . + - _"),
        code="invalid_username",
    )
]


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's, in words that are translated: its Chinese catalogue lacks them."""

    def get_error_message(self) -> str:
        return gettext("This password is too short: it needs at least %(number)d characters.") % {
            "number": self.min_length
        }
