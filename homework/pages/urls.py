"""Addresses of pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.pages.views import classes, follow_ups, home, notices, photos, site, solutions, tokens

app_name = "pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("upload/", photos.upload, name="upload"),
    path("photos/<uuid:photo_id>/locate/", photos.locate, name="locate"),
    path("solutions/", solutions.solutions, name="history"),
    path("solutions/<uuid:solution_id>/", solutions.solution, name="solution"),
    path("solutions/<uuid:solution_id>/stop/", solutions.stop, name="stop"),
    path("classes/", classes.classes, name="classes"),
    path("solutions/<uuid:solution_id>/step/", solutions.show_step, name="show_step"),
    path("solutions/<uuid:solution_id>/attempt/", solutions.attempt, name="attempt"),
    path("solutions/<uuid:solution_id>/answer/", solutions.show_answer, name="show_answer"),
    path("solutions/<uuid:solution_id>/report/", notices.report, name="report"),
    path("solutions/<uuid:solution_id>/follow-ups/", follow_ups.ask, name="ask"),
    path(
        "solutions/<uuid:solution_id>/follow-ups/<uuid:follow_up_id>/stop/",
        follow_ups.stop,
        name="follow_up_stop",
    ),
    path("notices/", notices.notices, name="notices"),
    path("notices/settings/", notices.notice_settings, name="notice_settings"),
    path("preview/", solutions.preview, name="preview"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", tokens.revoke, name="revoke_token"),
    path("language/", site.set_language, name="set_language"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
    path("favicon.ico", site.favicon, name="favicon"),
]
