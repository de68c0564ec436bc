"""Questions and what became of them. The database owns the state and is the queue."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from homework.accounts.models import School
from homework.solutions.topics import Topic
from homework.uploads.models import Photo


class Claimable(models.Model):
    """What waits in the queue until a worker claims it and writes a text. Only `claims` and the
    services beside it change `state`.

    `usage` is `{"ttft_ms", "tokens", "tokens_per_s"}`. `engine_changes` lists `{"from", "to",
    "reason", "text"}` for each engine that gave way to another, with the text that was dropped.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        READING = "reading", _("reading")
        SOLVING = "solving", _("solving")
        FINISHED = "finished", _("finished")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("not solved")

    TERMINAL = (State.FINISHED, State.STOPPED, State.FAILED)
    RUNNING = (State.READING, State.SOLVING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    stop_requested = models.BooleanField(default=False)
    attempt = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=64, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    engine = models.CharField(max_length=10, blank=True)
    engine_changes = models.JSONField(default=list, blank=True)
    text = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=10, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    usage = models.JSONField(default=dict, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Solution(Claimable):
    """One question on its way from QUEUED to an end. Only `services` changes `state`.

    `reading` has the fields of `inference.types.Reading`; `question_text` is set when the person
    typed or corrected the question, and then the photo is not read. `corrects` is the solution
    whose reading this one mends. `answer_check` and each step's check are
    `{"verdict", "reason", "detail"}`. `timings_ms` maps a stage to its milliseconds.

    `answer_key` is the key under which the answer is kept for whoever asks the same (see
    `CachedAnswer`); `is_fresh` asks for a new one, `is_cached` says that it is a kept one.

    Set at the end, for lists that must be quick: `asked_text` is the question as typed or read,
    `topic` its chapter, `verdict` the one over all steps and the answer, `doubt_score` and
    `doubt_reasons` how much it needs a teacher's look (see `doubt`), `doubt_at` since when.
    `review_state` is empty while there is nothing to review; each review counts `review_version`
    up by one, so that a teacher notices that another one was faster.
    """

    class ReviewState(models.TextChoices):
        OPEN = "open", _("not reviewed")
        APPROVED = "approved", _("approved")
        CORRECTED = "corrected", _("corrected")
        REJECTED = "rejected", _("rejected")

    class Priority(models.IntegerChoices):
        """Lower runs first. What a batch asks waits for idle workers."""

        INTERACTIVE = 0
        BATCH = 1

    class Reported(models.TextChoices):
        WRONG = "wrong", pgettext_lazy("report", "This is wrong")
        CONFUSED = "confused", _("I do not understand")

    REVIEWED = (ReviewState.APPROVED, ReviewState.CORRECTED, ReviewState.REJECTED)

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="solutions"
    )
    photo = models.ForeignKey(
        Photo, null=True, blank=True, on_delete=models.RESTRICT, related_name="solutions"
    )
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="corrected_by"
    )
    language = models.CharField(max_length=2, choices=[("en", "en"), ("zh", "zh")], default="en")
    crop = models.JSONField(null=True, blank=True)
    rotation_deg = models.FloatField(null=True, blank=True)
    question_text = models.CharField(max_length=500, blank=True)

    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.INTERACTIVE)
    is_fresh = models.BooleanField(default=False)
    is_cached = models.BooleanField(default=False)
    answer_key = models.CharField(max_length=64, blank=True)
    model_revision = models.CharField(max_length=80, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    reading = models.JSONField(null=True, blank=True)
    answer_latex = models.TextField(blank=True)
    answer_check = models.JSONField(null=True, blank=True)
    timings_ms = models.JSONField(default=dict, blank=True)

    asked_text = models.CharField(max_length=500, blank=True)
    topic = models.CharField(max_length=24, choices=Topic, blank=True)
    verdict = models.CharField(max_length=14, blank=True)
    fallback_reason = models.CharField(max_length=40, blank=True)
    doubt_score = models.PositiveSmallIntegerField(default=0)
    doubt_reasons = models.JSONField(default=list, blank=True)
    doubt_at = models.DateTimeField(null=True, blank=True)
    reported = models.CharField(max_length=10, choices=Reported, blank=True)
    review_state = models.CharField(max_length=10, choices=ReviewState, blank=True)
    review_version = models.PositiveIntegerField(default=0)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "created_at"], name="solution_queue"),
            models.Index(fields=["student", "-created_at"], name="solution_history"),
            models.Index(
                fields=["review_state", "-doubt_score", "-created_at", "-id"],
                name="solution_doubtful_first",
            ),
            models.Index(
                fields=["student", "review_state", "-doubt_score", "-created_at", "-id"],
                name="solution_student_doubt",
            ),
            models.Index(fields=["review_state", "-doubt_at"], name="solution_new_doubt"),
            models.Index(
                fields=["review_state", "-reviewed_at", "-id"], name="solution_latest_verdict"
            ),
            models.Index(fields=["-reviewed_at", "-id"], name="solution_latest_review"),
            # Everything that insight counts, so that it need not read the texts.
            models.Index(
                fields=[
                    "student",
                    "created_at",
                    "state",
                    "topic",
                    "verdict",
                    "reported",
                    "review_state",
                    "asked_text",
                    "id",
                ],
                name="solution_insight",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Step(models.Model):
    """One step of a finished solution. `start` and `end` are offsets into `Solution.text`."""

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="steps")
    index = models.PositiveSmallIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    title = models.TextField(blank=True)
    formulas = models.JSONField(default=list)
    rule = models.CharField(max_length=80, blank=True)
    rule_inputs = models.JSONField(default=list)
    step_check = models.JSONField()

    class Meta:
        ordering = ["index"]
        indexes = [models.Index(fields=["solution", "rule"], name="step_rule")]
        constraints = [
            models.UniqueConstraint(fields=["solution", "index"], name="one_step_an_index")
        ]

    def __str__(self) -> str:
        return f"step {self.index} of {self.solution_id}"


class FollowUp(Claimable):
    """What a student asks about their own solution once it has ended, and what is answered.

    `number` counts those of a solution from 1. `written_under` is the answer policy by which the
    answer was written, empty until it is begun: what it may tell is what that policy shows, so
    under a stricter one it is hidden.
    """

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="follow_ups")
    number = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=500)
    written_under = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["state", "created_at"], name="follow_up_queue")]
        constraints = [
            models.UniqueConstraint(fields=["solution", "number"], name="one_follow_up_a_number"),
            models.UniqueConstraint(
                fields=["solution"],
                condition=models.Q(state__in=["queued", "reading", "solving"]),
                name="one_follow_up_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.number} of {self.solution_id}"


class CachedAnswer(models.Model):
    """A finished answer, for whoever at the same school asks the same again.

    `key` is a SHA-256 over the photo's content, what was framed and typed, the language, and all
    that the answer depends on: prompt, model, options, release. What no key names any more is
    never found and ages out. `content` is what a reader is shown: `{"reading", "text", "steps",
    "answer", "engine", "engine_changes"}`, with the fields of a snapshot.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    content = models.JSONField()
    size_bytes = models.PositiveIntegerField()
    is_corrected = models.BooleanField(default=False)
    hits = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "key"], name="one_answer_a_question")
        ]
        indexes = [models.Index(fields=["used_at"], name="cached_answer_age")]

    def __str__(self) -> str:
        return self.key
