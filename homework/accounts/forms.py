"""Forms for signing up, signing in and passwords: allauth's, in our words.

Labels stand above their fields instead of vanishing in them, and every field tells the browser
what belongs there, so that password managers and phones can help.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from homework.accounts.mfa import code_use
from homework.accounts.models import Invitation, User
from homework.accounts.services import classroom_get_open, classroom_join
from homework.common.errors import ConflictError, InvalidInputError

# Four validators' help texts in a row frighten; what is wrong is said when it is.
_PASSWORD_RULES = _("At least 8 characters, not only digits, and nothing easy to guess.")


def _describe(
    form: forms.Form, name: str, *, label: Any, help_text: Any = "", **attrs: Any
) -> None:
    field = form.fields[name]
    field.label = label
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class LoginForm(allauth_forms.LoginForm):
    """Signing in by username or e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(
            self,
            "login",
            label=_("Username or e-mail address"),
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
        )
        _describe(self, "password", label=_("Password"))
        _describe(self, "remember", label=_("Stay signed in on this device"))


class StudentSignupForm(allauth_forms.SignupForm):
    """Signing up as a student of the class whose code one was given."""

    field_order = ["join_code", "username", "email", "password1", "password2"]

    join_code = forms.CharField(max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(
            self,
            "join_code",
            label=_("Class code"),
            help_text=_("Your teacher gives it to you."),
            autocomplete="off",
            autocapitalize="characters",
            spellcheck="false",
        )
        _describe(
            self,
            "username",
            label=_("Username"),
            help_text=_("It need not be your real name."),
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
        )
        _describe(
            self,
            "email",
            label=_("E-mail address (optional)"),
            help_text=_("Only needed if you want to reset your password by yourself."),
        )
        _describe(self, "password1", label=_("Password"), help_text=_PASSWORD_RULES)
        _describe(self, "password2", label=_("Password, once more"))

    def clean_join_code(self) -> str:
        join_code: str = self.cleaned_data["join_code"]
        try:
            classroom_get_open(join_code=join_code)
        except InvalidInputError as error:
            raise forms.ValidationError(error.message, code=error.code) from error
        return join_code

    # Who has no valid class code learns nothing about which names and addresses exist here.

    def clean_username(self) -> str:
        if "join_code" in self.errors:
            name: str = get_adapter().clean_username(self.cleaned_data["username"], shallow=True)
            return name
        return str(super().clean_username())

    def clean_email(self) -> str:
        if "join_code" in self.errors:
            return str(self.cleaned_data["email"])
        return str(super().clean_email())

    def save(self, request: HttpRequest) -> User:
        """Account and membership come into being together, or not at all."""
        try:
            with transaction.atomic():
                user: User = super().save(request)
                classroom_join(user=user, join_code=self.cleaned_data["join_code"])
        except IntegrityError as error:
            raise ConflictError(_("This username is taken. Please choose another one.")) from error
        return user


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Asking for a link that resets the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, "email", label=_("E-mail address"))


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """Choosing a new password by that link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, "password1", label=_("New password"), help_text=_PASSWORD_RULES)
        _describe(self, "password2", label=_("New password, once more"))


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """Changing the password while signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, "oldpassword", label=_("Current password"), autocomplete="current-password")
        _describe(self, "password1", label=_("New password"), help_text=_PASSWORD_RULES)
        _describe(self, "password2", label=_("New password, once more"))

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if self.user.must_change_password and self.user.check_password(password):
            raise forms.ValidationError(_("This one was on your slip. Choose another one."))
        return password


class SetPasswordForm(allauth_forms.SetPasswordForm):
    """Setting the first password of an account that has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, "password1", label=_("New password"), help_text=_PASSWORD_RULES)
        _describe(self, "password2", label=_("New password, once more"))


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, "password", label=_("Password"))


_CODE_ATTRS: dict[str, str] = {"autocomplete": "one-time-code", "autocapitalize": "none"}


class MFAForm(mfa_forms.AuthenticateForm):
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(
            self,
            "code",
            label=_("Code of your app"),
            help_text=_("Or one of your recovery codes."),
            autofocus=True,
            **_CODE_ATTRS,
        )

    def clean_code(self) -> str:
        code: str = super().clean_code()
        code_use(user=self.user, code=code)
        return code


class MFAReauthenticateForm(mfa_forms.ReauthenticateForm):
    """A code once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self, "code", label=_("Code of your app"), **_CODE_ATTRS)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        code_use(user=self.user, code=code)
        return code


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code, which proves that the app has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(
            self, "code", label=_("Code that the app shows"), inputmode="numeric", **_CODE_ATTRS
        )


class AcceptInvitationForm(forms.Form):
    """A teacher's first step: a username and a password. The e-mail address is the invited one."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password1 = forms.CharField(
        label=_("Password"),
        help_text=_PASSWORD_RULES,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._invitation = invitation

    def clean_username(self) -> str:
        name: str = get_adapter().clean_username(self.cleaned_data["username"])
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password1")
        if password:
            person = User(username=cleaned.get("username", ""), email=self._invitation.email)
            try:
                get_adapter().clean_password(password, user=person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
            if password != cleaned.get("password2"):
                self.add_error("password2", _("The two passwords are not the same."))
        return cleaned
