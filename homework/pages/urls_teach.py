"""Addresses of the teachers' area, all under /teach/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.pages import urls_insight, urls_review
from homework.pages.views import teach_classes, teach_import

app_name = "teach"
urlpatterns: list[URLPattern | URLResolver] = [
    path("classes/", teach_classes.classes, name="classes"),
    path("classes/new/", teach_classes.class_new, name="class_new"),
    path("classes/students.csv", teach_import.class_import_template, name="class_template"),
    path("classes/<int:classroom_id>/", teach_classes.class_page, name="class"),
    path("classes/<int:classroom_id>/board/", teach_classes.class_board, name="class_board"),
    path("classes/<int:classroom_id>/rename/", teach_classes.class_rename, name="class_rename"),
    path("classes/<int:classroom_id>/code/", teach_classes.class_code, name="class_code"),
    path("classes/<int:classroom_id>/open/", teach_classes.class_open, name="class_open"),
    path("classes/<int:classroom_id>/archive/", teach_classes.class_archive, name="class_archive"),
    path("classes/<int:classroom_id>/teachers/", teach_classes.class_teacher, name="class_teacher"),
    path("classes/<int:classroom_id>/slips/", teach_classes.class_slips, name="class_slips"),
    path("classes/<int:classroom_id>/import/", teach_import.class_import, name="class_import"),
    path(
        "classes/<int:classroom_id>/import/confirm/",
        teach_import.class_import_confirm,
        name="class_import_confirm",
    ),
    path(
        "classes/<int:classroom_id>/members/<int:user_id>/remove/",
        teach_classes.class_remove,
        name="class_remove",
    ),
    path(
        "classes/<int:classroom_id>/members/<int:user_id>/move/",
        teach_classes.class_move,
        name="class_move",
    ),
    path(
        "classes/<int:classroom_id>/members/<int:user_id>/password/",
        teach_classes.class_password,
        name="class_password",
    ),
    *urls_insight.patterns,
    *urls_review.patterns,
]
