"""Addresses of what a student does with a solution beside asking for it."""

from __future__ import annotations

from django.urls import URLPattern, path

from homework.api.views import follow_ups, student_acts

patterns: list[URLPattern] = [
    path(
        "api/v1/solutions/<uuid:solution_id>/follow-ups",
        follow_ups.FollowUpsView.as_view(),
        name="follow_ups",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/follow-ups/<uuid:follow_up_id>",
        follow_ups.FollowUpView.as_view(),
        name="follow_up",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/follow-ups/<uuid:follow_up_id>/events",
        follow_ups.FollowUpEventsView.as_view(),
        name="follow_up_events",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/follow-ups/<uuid:follow_up_id>/stop",
        follow_ups.FollowUpStopView.as_view(),
        name="follow_up_stop",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/reports",
        student_acts.ReportsView.as_view(),
        name="reports",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/steps",
        student_acts.StepsView.as_view(),
        name="steps",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/attempts",
        student_acts.AttemptsView.as_view(),
        name="attempts",
    ),
    path(
        "api/v1/solutions/<uuid:solution_id>/answer",
        student_acts.AnswerView.as_view(),
        name="answer",
    ),
]
