"""Where allauth asks what this site wants."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.common.checks import is_local_host


def current_locale() -> str:
    """The language of this request, as a value that `User.locale` takes."""
    active = get_language()
    return active if active in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


_WRONG: Final = _("The username or the password is not correct.")


class AccountAdapter(DefaultAccountAdapter):
    """Keeps the language a person chose, and says what went wrong in plain words."""

    # One text for names and addresses, known and unknown: it tells nothing about who exists.
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "too_many_login_attempts": _("Too many wrong passwords. Please try again in 5 minutes."),
        "username_taken": _("This username is taken. Please choose another one."),
        "email_taken": _("There already is an account with this e-mail address."),
        "enter_current_password": _("This is not your current password."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Whoever signs up in Chinese gets a Chinese site at the next sign-in, too."""
        user.locale = current_locale()
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords by the name alone.

        allauth counts them by host and name, and takes the host with its port from the request:
        whoever writes another port into each would have them begin at nought each time.
        """
        name: str = credentials.get("email") or credentials.get("username") or ""
        return name.lower()

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Lead to the site's own address: the one in the request is the asker's to choose."""
        url: str = super().get_reset_password_from_key_url(key)
        site, asked = urlsplit(settings.SITE_URL), urlsplit(url)
        if is_local_host(site.hostname or ""):
            return url  # nobody has told where the site is; then the request has to do
        return urlunsplit(asked._replace(scheme=site.scheme, netloc=site.netloc))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On with what the person came for, which was not to change a password."""
        return reverse("pages:home")

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Hand the person's language to the browser; `LocaleMiddleware` reads it from there."""
        response: HttpResponse = super().post_login(request, user, **options)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.locale,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response
