"""Addresses of what teachers do: classes, rules, reviews, numbers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.api.views import classes, insight, policies, reviews

_CLASS = "api/v1/classes/<int:class_id>"
_REVIEW = "api/v1/reviews/<uuid:solution_id>"

patterns: list[URLPattern | URLResolver] = [
    path("api/v1/classes", classes.ClassesView.as_view(), name="classes"),
    path(_CLASS, classes.ClassView.as_view(), name="class"),
    path(f"{_CLASS}/join-code", classes.JoinCodeView.as_view(), name="class_join_code"),
    path(f"{_CLASS}/members", classes.MembersView.as_view(), name="class_members"),
    path(f"{_CLASS}/students", classes.StudentsView.as_view(), name="class_students"),
    path(f"{_CLASS}/teachers", classes.TeachersView.as_view(), name="class_teachers"),
    path(f"{_CLASS}/members/<int:user_id>", classes.MemberView.as_view(), name="class_member"),
    path(
        f"{_CLASS}/members/<int:user_id>/move",
        classes.MemberMoveView.as_view(),
        name="class_member_move",
    ),
    path(
        f"{_CLASS}/members/<int:user_id>/password",
        classes.MemberPasswordView.as_view(),
        name="class_member_password",
    ),
    path(f"{_CLASS}/policy", policies.PolicyView.as_view(), name="class_policy"),
    path(f"{_CLASS}/policy/windows", policies.WindowsView.as_view(), name="class_windows"),
    path(
        f"{_CLASS}/policy/windows/<int:window_id>",
        policies.WindowView.as_view(),
        name="class_window",
    ),
    path("api/v1/reviews", reviews.ReviewsView.as_view(), name="reviews"),
    path("api/v1/reviews/approvals", reviews.ApprovalsView.as_view(), name="approvals"),
    path(_REVIEW, reviews.ReviewView.as_view(), name="review"),
    path(f"{_REVIEW}/approve", reviews.ApproveView.as_view(), name="review_approve"),
    path(f"{_REVIEW}/reject", reviews.RejectView.as_view(), name="review_reject"),
    path(f"{_REVIEW}/correct", reviews.CorrectView.as_view(), name="review_correct"),
    path(f"{_REVIEW}/reread", reviews.RereadView.as_view(), name="review_reread"),
    path(f"{_REVIEW}/draft", reviews.DraftView.as_view(), name="review_draft"),
    path("api/v1/insight", insight.InsightView.as_view(), name="insight"),
    path(f"{_CLASS}/insight", insight.ClassInsightView.as_view(), name="class_insight"),
    path(
        f"{_CLASS}/insight/students.csv",
        insight.ClassStudentsCSVView.as_view(),
        name="class_insight_csv",
    ),
    path(
        "api/v1/students/<int:student_id>/insight",
        insight.StudentInsightView.as_view(),
        name="student_insight",
    ),
]
