"""Addresses of the panel of the engine, all under /engine/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.pages.views import engine

app_name = "engine"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", engine.panel, name="panel"),
    path("numbers/", engine.numbers, name="numbers"),
]
