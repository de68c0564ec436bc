"""Addresses of uploads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.uploads import views

app_name = "uploads"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<uuid:photo_id>.jpg", views.photo_image, name="photo"),
    path("<uuid:photo_id>/thumbnail.jpg", views.photo_thumbnail, name="thumbnail"),
]
