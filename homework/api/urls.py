"""Addresses of the API. None ends in a slash."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from homework.api import urls_batches, urls_student, urls_teach
from homework.api.views import account, auth, compatible, description, photos, solutions

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/auth/login", auth.LoginView.as_view(), name="login"),
    path("api/auth/second-factor", auth.SecondFactorView.as_view(), name="second_factor"),
    path("api/auth/refresh", auth.RefreshView.as_view(), name="refresh"),
    path("api/auth/session", auth.SessionView.as_view(), name="session"),
    path("api/v1/me", account.MeView.as_view(), name="me"),
    path("api/v1/usage", account.UsageView.as_view(), name="usage"),
    path("api/v1/socket-tickets", account.SocketTicketsView.as_view(), name="socket_tickets"),
    path("api/v1/photos", photos.PhotosView.as_view(), name="photos"),
    path("api/v1/photos/<uuid:photo_id>", photos.PhotoView.as_view(), name="photo"),
    path("api/v1/photos/<uuid:photo_id>/image", photos.PhotoImageView.as_view(), name="image"),
    path(
        "api/v1/photos/<uuid:photo_id>/thumbnail",
        photos.PhotoThumbnailView.as_view(),
        name="thumbnail",
    ),
    path(
        "api/v1/photos/<uuid:photo_id>/location",
        photos.PhotoLocationView.as_view(),
        name="location",
    ),
    path("api/v1/solutions", solutions.SolutionsView.as_view(), name="solutions"),
    path("api/v1/solutions/<uuid:solution_id>", solutions.SolutionView.as_view(), name="solution"),
    path(
        "api/v1/solutions/<uuid:solution_id>/events",
        solutions.SolutionEventsView.as_view(),
        name="events",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/stop",
        solutions.SolutionStopView.as_view(),
        name="stop",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/retry",
        solutions.SolutionRetryView.as_view(),
        name="retry",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/corrections",
        solutions.SolutionCorrectionsView.as_view(),
        name="corrections",
    ),
    *urls_student.patterns,
    *urls_teach.patterns,
    *urls_batches.patterns,
    path("api/predict", compatible.PredictView.as_view(), name="predict"),
    path("v1/models", compatible.ModelsView.as_view(), name="models"),
    path("v1/chat/completions", compatible.ChatCompletionsView.as_view(), name="chat_completions"),
    path("api/openapi.json", description.OpenApiJsonView.as_view(), name="openapi_json"),
    path("api/openapi.yaml", description.OpenApiYamlView.as_view(), name="openapi_yaml"),
    path("api/asyncapi.yaml", description.AsyncApiYamlView.as_view(), name="asyncapi_yaml"),
    re_path(r"^api/(?P<rest>.*)$", account.NothingHereView.as_view(), name="nothing"),
    re_path(r"^v1/(?P<rest>.*)$", account.NothingHereView.as_view(), name="nothing_v1"),
]
