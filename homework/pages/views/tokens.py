"""Personal access tokens: made, shown once, revoked."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from homework.access.models import ApiToken, Scope
from homework.access.services import token_create, token_revoke
from homework.common.errors import InvalidInputError
from homework.pages.answers import for_signed_in, viewer_of
from homework.pages.forms import TokenForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """List a person's tokens, and make a new one. Its secret is in this one answer only."""
    viewer = viewer_of(request)
    form = TokenForm(request.POST if request.method == "POST" else None, role=viewer.role)
    secret = ""
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            _token, secret = token_create(
                user=viewer, name=given["name"], scopes=given["scopes"], days=given["days"]
            )
            form = TokenForm(role=viewer.role)
        except InvalidInputError as error:
            form.add_error(None, str(error.message))
    return render(
        request,
        "pages/tokens.html",
        {
            "form": form,
            "secret": secret,
            "tokens": [
                {"token": token, "allows": [Scope(scope).label for scope in token.scopes]}
                for token in ApiToken.objects.filter(user=viewer)
                if token.is_valid
            ],
        },
        status=422 if form.errors else 200,
    )


@require_POST
@for_signed_in
def revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """End a token at once."""
    token_revoke(user=viewer_of(request), token_id=token_id)
    messages.success(request, _("The token is revoked. Nothing gets in with it any more."))
    return redirect("pages:tokens")
