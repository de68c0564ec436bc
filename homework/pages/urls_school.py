"""Addresses of a school's administration, all under /schools/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.pages.views import school, school_export, school_people, school_usage

app_name = "school"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", school.start, name="start"),
    path("<int:school_id>/classes/", school.classes, name="classes"),
    path("<int:school_id>/log/", school.log, name="log"),
    path("<int:school_id>/export/", school_export.export, name="export"),
    path("<int:school_id>/usage/", school_usage.usage, name="usage"),
    path("<int:school_id>/settings/", school.settings, name="settings"),
    path("<int:school_id>/people/", school_people.people, name="people"),
    path("<int:school_id>/people/<int:user_id>/", school_people.person, name="people_one"),
    path(
        "<int:school_id>/people/<int:user_id>/active/",
        school_people.person_active,
        name="people_active",
    ),
    path(
        "<int:school_id>/people/<int:user_id>/password/",
        school_people.person_password,
        name="people_password",
    ),
    path(
        "<int:school_id>/people/<int:user_id>/second-step/",
        school_people.person_mfa,
        name="people_mfa",
    ),
    path(
        "<int:school_id>/people/<int:user_id>/consent/",
        school_people.person_consent,
        name="people_consent",
    ),
    path(
        "<int:school_id>/people/<int:user_id>/delete/",
        school_people.person_remove,
        name="people_delete",
    ),
    path("<int:school_id>/invitations/", school_people.invitations, name="invitations"),
    path(
        "<int:school_id>/invitations/<int:invitation_id>/again/",
        school_people.invitation_again,
        name="invitation_again",
    ),
    path(
        "<int:school_id>/invitations/<int:invitation_id>/withdraw/",
        school_people.invitation_end,
        name="invitation_withdraw",
    ),
]
