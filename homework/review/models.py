"""What people say of solutions: students' reports, teachers' verdicts, corrections and drafts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from homework.solutions.models import Solution


class Report(models.Model):
    """What a student says of their own solution. One each; saying more replaces it."""

    solution = models.OneToOneField(Solution, on_delete=models.CASCADE, related_name="report")
    kind = models.CharField(max_length=10, choices=Solution.Reported)
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.solution_id}"


class Review(models.Model):
    """One verdict of a teacher. Added, never changed; the latest one counts.

    `version` counts the reviews of a solution from 1; together with the solution's own counter it
    is what makes the later of two teachers notice the earlier one. `replacement` is the solution
    of the corrected reading. `teacher_name` still speaks when the account is gone.
    """

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        CORRECTED = "corrected", _("corrected")
        REJECTED = "rejected", _("rejected")

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="reviews")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reviews",
    )
    teacher_name = models.CharField(max_length=150)
    verdict = models.CharField(max_length=10, choices=Verdict)
    version = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    reading_before = models.CharField(max_length=500, blank=True)
    reading_after = models.CharField(max_length=500, blank=True)
    replacement = models.ForeignKey(
        Solution, null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "version"], name="one_review_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.version} of {self.solution_id}"

    @property
    def speaks_to_student(self) -> bool:
        """Whether the student learns more from it than that all is well."""
        return self.verdict != self.Verdict.APPROVED or bool(self.note)


class Correction(models.Model):
    """One part of a solution as a teacher changed it: a step, or the answer with index 0.

    `before` and `after` are `{"title", "formulas"}`; the answer has one formula and no title. A
    step that a teacher added or put back has no `before`, one that they removed no `after`.
    `follows` says of an added step which other one it stands right behind, 0 for the head of all;
    its index is FIRST_ADDED or above, and stays free of the engine's. `check_result` is what the
    checker says of `after`, `{"verdict", "reason", "detail"}`.
    """

    ANSWER = 0
    FIRST_ADDED = 1000

    class Kind(models.TextChoices):
        CHANGED = "changed", _("changed")
        ADDED = "added", _("added")
        RESTORED = "restored", _("put back")
        REMOVED = "removed", _("removed")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="corrections")
    index = models.PositiveSmallIntegerField()
    follows = models.PositiveSmallIntegerField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    check_result = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["review", "index"], name="one_correction_a_part")
        ]

    def __str__(self) -> str:
        return f"part {self.index} of review {self.review_id}"

    @property
    def kind(self) -> Kind:
        """What was done to the part."""
        if self.after is None:
            return self.Kind.REMOVED
        if self.follows is not None:
            return self.Kind.ADDED
        return self.Kind.CHANGED if self.before is not None else self.Kind.RESTORED


class Draft(models.Model):
    """What a teacher has written and not given yet: whatever happens to the page, it is here.

    `content` is `{"parts": {index: {"title", "lines"}}, "removed": [index], "note", "reading"}`; a
    step to be added has an index below 0, in the order of the page from -1 down, and a `follows`.
    `problems` marks the places that are no mathematics yet: `[{"index", "line", "position",
    "code"}]`.
    """

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="drafts")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_drafts"
    )
    version = models.PositiveIntegerField()
    content = models.JSONField()
    problems = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["solution", "teacher"], name="one_draft_a_teacher")
        ]

    def __str__(self) -> str:
        return f"draft of {self.teacher_id} on {self.solution_id}"


class NoticeSettings(models.Model):
    """How a person wants to be told of what is new, and until when they have seen it.

    `digest_day` is the last day for which a digest was sent; claiming a day by an update of this
    column is what keeps two runs from sending twice.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_settings"
    )
    wants_digest = models.BooleanField(_("Send me a daily e-mail"), default=False)
    digest_day = models.DateField(null=True, blank=True)
    queue_seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"notices of {self.user_id}"
