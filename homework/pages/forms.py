"""What the pages take in, checked for its shape; whether it makes sense is for the services."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from homework.access.models import Scope
from homework.pages.filters import STATE_NAMES


class BoxField(forms.JSONField):
    """A JSON object, or nothing."""

    def to_python(self, value: Any) -> Any:
        """Django's lets two things that JSON's parser raises end in a server error."""
        try:
            box = super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("no JSON") from error
        if box is not None and not isinstance(box, dict):
            raise forms.ValidationError("no box")
        return box


class QuestionForm(forms.Form):
    """A question as handed in: a photo with its frame, a text, or both for a corrected reading."""

    photo = forms.UUIDField(required=False)
    text = forms.CharField(required=False, max_length=500)
    language = forms.ChoiceField(choices=[("en", "en"), ("zh", "zh")], required=False)
    crop = BoxField(required=False)
    rotation_deg = forms.FloatField(required=False, min_value=-360, max_value=360)
    corrects = forms.UUIDField(required=False)
    fresh = forms.BooleanField(required=False)


class HistoryForm(forms.Form):
    """Search and filter of the history. What is malformed counts as not given."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(choices=list(STATE_NAMES.items()), required=False)

    defaults: ClassVar[dict[str, str]] = {"q": "", "state": ""}

    def value(self, name: str) -> str:
        """The cleaned value of a field."""
        self.is_valid()
        return str(self.cleaned_data.get(name, self.defaults[name]))


class TokenForm(forms.Form):
    """A new personal access token."""

    name = forms.CharField(
        label=pgettext_lazy("token", "Name"),
        max_length=80,
        help_text=_("What will use it, for example: script on the class computer."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("It ends after"),
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        coerce=int,
        initial=30,
    )

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Scope.of_use_to(role)
        field = cast(forms.MultipleChoiceField, self.fields["scopes"])
        field.choices = [(scope.value, scope.label) for scope in offered]
        # Whoever wants more ticks it: a class is changed by mistake as quickly as a question asked.
        field.initial = [Scope.READ.value, Scope.WRITE.value]
