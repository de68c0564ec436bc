"""All addresses of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from homework.api.views.description import reference_page
from homework.common.health import healthz, readyz
from homework.pages.views.engine import metrics

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("engine/", include("homework.pages.urls_engine")),
    path("accounts/", include("homework.accounts.urls")),
    path("photos/", include("homework.uploads.urls")),
    path("admin/", admin.site.urls),
    path("schools/", include("homework.pages.urls_school")),
    path("teach/", include("homework.pages.urls_teach")),
    path("api/docs/", reference_page, name="api_reference"),
    path("", include("homework.api.urls")),
    path("", include("homework.pages.urls")),
]
