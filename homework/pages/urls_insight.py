"""Addresses below /teach/ of answer policies, the live view and insight."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.pages.views import teach_insight, teach_live, teach_policy

patterns: list[URLPattern | URLResolver] = [
    path("classes/<int:classroom_id>/answers/", teach_policy.policy, name="class_policy"),
    path(
        "classes/<int:classroom_id>/answers/times/",
        teach_policy.add_window,
        name="class_policy_add",
    ),
    path(
        "classes/<int:classroom_id>/answers/times/<int:window_id>/delete/",
        teach_policy.delete_window,
        name="class_policy_delete",
    ),
    path("insight/", teach_insight.insight, name="insight"),
    path("insight/classes/<int:classroom_id>/", teach_insight.insight, name="insight_class"),
    path("insight/classes/<int:classroom_id>/week/", teach_insight.week, name="insight_week"),
    path(
        "insight/classes/<int:classroom_id>/students.csv",
        teach_insight.table,
        name="insight_table",
    ),
    path("insight/students/<int:student_id>/", teach_insight.student, name="insight_student"),
    path("live/", teach_live.live, name="live"),
    path("live/classes/<int:classroom_id>/", teach_live.live, name="live_class"),
    path("live/classes/<int:classroom_id>/screen/", teach_live.screen, name="live_screen"),
]
