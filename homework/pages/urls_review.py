"""Addresses of the queue and of reviews, within the teachers' area."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.pages.views import teach_corrections, teach_queue, teach_review

patterns: list[URLPattern | URLResolver] = [
    path("queue/", teach_queue.queue, name="queue"),
    path("queue/approve/", teach_queue.approve_many, name="queue_approve"),
    path("queue/<uuid:solution_id>/", teach_review.review, name="review"),
    path("queue/<uuid:solution_id>/approve/", teach_review.approve, name="review_approve"),
    path("queue/<uuid:solution_id>/reject/", teach_review.reject, name="review_reject"),
    path("queue/<uuid:solution_id>/check/", teach_corrections.check, name="review_check"),
    path("queue/<uuid:solution_id>/correct/", teach_corrections.correct, name="review_correct"),
    path("queue/<uuid:solution_id>/reread/", teach_review.reread, name="review_reread"),
    path("queue/<uuid:solution_id>/discard/", teach_corrections.discard, name="review_discard"),
]
