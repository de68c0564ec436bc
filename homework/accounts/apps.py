from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "homework.accounts"
    default = True

    def ready(self) -> None:
        """Listen to what allauth tells of."""
        from homework.accounts import signals  # noqa: F401


class AdminConfig(admin_apps.AdminConfig):
    """Django's administration, behind our own door."""

    default = False
    default_site = "homework.accounts.admin_site.SupportSite"
