from __future__ import annotations

from django.apps import AppConfig


class ExportConfig(AppConfig):
    name = "homework.export"
