"""What belongs to the site as a whole: its language and its entry on a phone's home screen."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from homework.accounts.models import User


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language of the pages, and remember it as the person's own."""
    response = django_set_language(request)
    code = request.POST.get("language", "")
    # Django's own check lets every language pass that it has heard of, and longer codes.
    if isinstance(request.user, User) and code in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(locale=code)
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Let a phone put the site on its home screen."""
    return JsonResponse(
        {
            "name": gettext("Homework Helper"),
            "short_name": gettext("Homework"),
            "start_url": reverse("pages:home"),
            "display": "standalone",
            "background_color": "#f5f4ef",
            "theme_color": "#443fd6",
            "icons": [{"src": static("img/logo.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For what has no page to name its icon, such as a photo opened by itself."""
    return redirect(static("img/logo.svg"))
