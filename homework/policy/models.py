"""How much of a solution a class may see, until when, and what its students did on their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import Classroom
from homework.solutions.models import Solution


class Mode(models.TextChoices):
    """What students see of a solution, from the most to the least."""

    FULL = "full", _("Full solution")
    HINTS_FIRST = "hints_first", _("Hints first")
    HINTS_ONLY = "hints_only", _("Hints only")
    CLOSED = "closed", _("Closed")

    @property
    def strictness(self) -> int:
        """Higher hides more."""
        return list(Mode).index(self)


class ClassPolicy(models.Model):
    """What holds for a class outside of its windows; a class without one sees everything."""

    classroom = models.OneToOneField(
        Classroom, primary_key=True, on_delete=models.CASCADE, related_name="answer_policy"
    )
    mode = models.CharField(_("answers"), max_length=12, choices=Mode, default=Mode.FULL)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.mode} for class {self.classroom_id}"


class PolicyWindow(models.Model):
    """Another policy from `starts_at` until before `ends_at`: a test, or the days before a
    deadline. `time_zone` is the one in which the teacher meant the two moments."""

    classroom = models.ForeignKey(
        Classroom, on_delete=models.CASCADE, related_name="policy_windows"
    )
    mode = models.CharField(_("answers"), max_length=12, choices=Mode)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["classroom", "ends_at"], name="policy_window_open")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="a_window_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mode} for class {self.classroom_id} until {self.ends_at}"


class OwnAttempt(models.Model):
    """An answer that the student entered before seeing ours. `check_result` is what the checker
    said of it; `counts` whether it was an answer at all, so that ours may be shown; `num_steps` how
    many steps were open at that time."""

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="own_attempts")
    text = models.CharField(max_length=200)
    check_result = models.JSONField()
    verdict = models.CharField(max_length=14)
    counts = models.BooleanField()
    num_steps = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"attempt {self.pk} at {self.solution_id}"


class Progress(models.Model):
    """How far a student has opened a solution under `hints_first`."""

    solution = models.OneToOneField(
        Solution, primary_key=True, on_delete=models.CASCADE, related_name="progress"
    )
    num_steps = models.PositiveSmallIntegerField(default=0)
    has_attempt = models.BooleanField(default=False)
    shows_answer = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.num_steps} steps of {self.solution_id}"
