"""What the pages of teachers and administrators take in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from homework.access.schools import MAX_QUESTIONS_PER_DAY
from homework.accounts.audit import AuditAction
from homework.accounts.classrooms import NAME_MAX_CHARACTERS
from homework.accounts.models import Classroom, School, User
from homework.accounts.roster_file import ENCODINGS, RosterRow
from homework.accounts.roster_import import Report


class ClassForm(forms.Form):
    """The name of a class."""

    name = forms.CharField(
        label=_("Name of the class"),
        max_length=NAME_MAX_CHARACTERS,
        help_text=_("As your students call it, such as 8A or Maths group 2."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RosterForm(forms.Form):
    """A file with students."""

    file = forms.FileField(
        label=_("File with your students"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={"empty": _("This file is empty."), "required": _("Please choose a file.")},
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Find out by itself")), *ENCODINGS.items()],
        help_text=_("Only if names looked wrong in the report."),
    )


class JoinForm(forms.Form):
    """A class code, typed by who has an account already."""

    join_code = forms.CharField(
        label=_("Class code"),
        max_length=20,
        help_text=_("Your teacher gives it to you."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class InviteForm(forms.Form):
    """Whom to invite as a teacher."""

    email = forms.EmailField(
        label=_("E-mail address of the teacher"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class SchoolForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a school decides. Saving is for the service, which keeps the record."""

    class Meta:
        model = School
        fields = ("name", "requires_mfa", "allows_training_export")


class QuotaForm(forms.Form):
    """How many questions a school may ask a day."""

    questions_per_day = forms.IntegerField(
        label=_("Questions a day"),
        required=False,
        min_value=0,
        max_value=MAX_QUESTIONS_PER_DAY,
        help_text=_("Leave it empty for no limit. Who has to wait is told until when."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class PeopleSearch(forms.Form):
    """Search among a school's people. What is malformed counts as not given."""

    q = forms.CharField(required=False, max_length=200)
    role = forms.ChoiceField(choices=User.Role.choices, required=False)


class LogSearch(forms.Form):
    """Search in the log. What is malformed counts as not given."""

    q = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    action = forms.ChoiceField(
        label=_("What"), choices=[("", _("Everything")), *AuditAction.choices], required=False
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )


class RosterTicket:
    """The rows of a report on their way through the browser and back: signed, for one person,
    one class and one hour."""

    SALT: ClassVar[str] = "homework.roster"
    MAX_AGE_S: ClassVar[int] = 3600

    @classmethod
    def seal(cls, *, by: User, classroom: Classroom, rows: list[RosterRow], report: Report) -> str:
        """The rows and what was said of them, as a text for a hidden field."""
        content = {
            "by": by.pk,
            "class": classroom.pk,
            "rows": [[row.line, row.cells, row.is_short, row.is_long] for row in rows],
            "fates": [entry.fate.value for entry in report.entries],
        }
        return signing.dumps(content, salt=cls.SALT, compress=True)

    @classmethod
    def open(
        cls, *, by: User, classroom: Classroom, ticket: str
    ) -> tuple[list[RosterRow], list[str]] | None:
        """The rows and the fates that were shown; None if it is not ours, or too old."""
        try:
            content: dict[str, Any] = signing.loads(ticket, salt=cls.SALT, max_age=cls.MAX_AGE_S)
        except signing.BadSignature:
            return None
        if content["by"] != by.pk or content["class"] != classroom.pk:
            return None
        return [RosterRow(*row) for row in content["rows"]], content["fates"]
