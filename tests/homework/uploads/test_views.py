"""Photos are shown to their owner and their owner's teachers, and only ever as images."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from homework.accounts.models import Membership, User
from homework.uploads.images import PhotoDecoder, SanitisedPhoto
from homework.uploads.models import Photo
from homework.uploads.services import photo_create, photo_decoder, photo_storage
from tests.homework.people import People
from tests.homework.uploads import pictures

pytestmark = pytest.mark.django_db

ROUTES = ["uploads:photo", "uploads:thumbnail"]


@pytest.fixture(scope="module")
def clean() -> SanitisedPhoto:
    return photo_decoder().sanitise(pictures.jpeg())


@pytest.fixture
def photo(alice: User, clean: SanitisedPhoto, monkeypatch: pytest.MonkeyPatch) -> Photo:
    with monkeypatch.context() as patched:
        patched.setattr(PhotoDecoder, "sanitise", lambda self, data: clean)
        return photo_create(owner=alice, data=b"decoded above, once for all")[0]


def get(client: Client, route: str, photo_id: uuid.UUID) -> Any:
    return client.get(reverse(route, args=[photo_id]))


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("viewer", ["alice", "terry"])
def test_the_owner_and_their_teacher_see_it(
    client: Client, people: People, photo: Photo, route: str, viewer: str
) -> None:
    client.force_login(getattr(people, viewer))
    response = get(client, route, photo.id)

    assert response.status_code == 200
    assert pictures.opened(response.content).format == "JPEG"


@pytest.mark.parametrize("route", ROUTES)
def test_it_can_only_be_shown_as_an_image_and_is_not_kept(
    client: Client, alice: User, photo: Photo, route: str
) -> None:
    client.force_login(alice)
    headers = get(client, route, photo.id).headers

    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Content-Disposition"].startswith('inline; filename="')


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("viewer", [None, "bob", "charlie", "dora", "tina", "ada"])
def test_nobody_else_learns_that_it_exists(
    client: Client, people: People, photo: Photo, route: str, viewer: str | None
) -> None:
    """Not a class mate, another school, a teacher of another class, nor the administrator."""
    if viewer is not None:
        client.force_login(getattr(people, viewer))
    theirs = get(client, route, photo.id)
    nobodys = get(client, route, uuid.uuid4())

    assert theirs.status_code == nobodys.status_code == 404
    assert b"JFIF" not in theirs.content


def test_a_teacher_who_leaves_the_class_sees_it_no_more(
    client: Client, people: People, photo: Photo
) -> None:
    client.force_login(people.terry)
    Membership.objects.filter(user=people.terry).delete()

    assert get(client, "uploads:photo", photo.id).status_code == 404


def test_a_teacher_of_another_school_sees_nothing_even_in_a_shared_class(
    client: Client, people: People, photo: Photo
) -> None:
    classroom = people.alice.classrooms.get()
    Membership.objects.create(user=people.tina, classroom=classroom)
    client.force_login(people.tina)

    assert get(client, "uploads:photo", photo.id).status_code == 404


def test_a_teacher_sees_no_photos_of_other_teachers(client: Client, people: People) -> None:
    classroom = people.terry.classrooms.get()
    Membership.objects.create(user=people.dora, classroom=classroom)
    photo, _ = photo_create(owner=people.dora, data=pictures.jpeg())
    client.force_login(people.terry)

    assert get(client, "uploads:photo", photo.id).status_code == 404


def test_an_account_that_was_closed_sees_nothing(client: Client, alice: User, photo: Photo) -> None:
    client.force_login(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert get(client, "uploads:photo", photo.id).status_code == 404


@pytest.mark.parametrize(
    "path", ["/photos/1.jpg", "/photos/../../etc/passwd", "/photos/x/thumbnail.jpg"]
)
def test_other_addresses_lead_nowhere(client: Client, alice: User, path: str) -> None:
    client.force_login(alice)

    assert client.get(path).status_code == 404


def test_photos_are_only_read(client: Client, alice: User, photo: Photo) -> None:
    client.force_login(alice)

    assert client.post(reverse("uploads:photo", args=[photo.id])).status_code == 405


def test_a_lost_file_is_not_found(client: Client, alice: User, photo: Photo) -> None:
    photo_storage().delete(str(photo.file.name))
    client.force_login(alice)

    assert get(client, "uploads:photo", photo.id).status_code == 404
