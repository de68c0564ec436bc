"""Photos are stored whole, once, or not at all."""

from __future__ import annotations

import os
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.db.models import RestrictedError
from django.utils import timezone

from homework.accounts.models import User
from homework.common.errors import (
    BodyTooLargeError,
    DamagedImageError,
    TooManyRequestsError,
    UnsupportedFormatError,
)
from homework.solutions.models import Solution
from homework.uploads import services
from homework.uploads.images import SanitisedPhoto
from homework.uploads.models import Photo
from homework.uploads.services import (
    photo_create,
    photo_files_sweep,
    photo_set_located,
)
from tests.homework.uploads import pictures
from tests.homework.uploads.conftest import StoredFiles

pytestmark = pytest.mark.django_db


def test_a_photo_is_stored_with_its_thumbnail(alice: User, stored_files: StoredFiles) -> None:
    photo, created = photo_create(owner=alice, data=pictures.jpeg())

    assert created
    photo.refresh_from_db()
    assert photo.owner == alice
    assert (photo.width, photo.height) == (240, 160)
    assert stored_files() == {photo.file.name, photo.thumbnail.name}
    with photo.file.open("rb") as file:
        content = file.read()
    assert photo.size_bytes == len(content)
    assert pictures.opened(content).size == (240, 160)
    assert photo.quality["is_good"] in {True, False}
    assert photo.located is None


def test_photos_are_for_the_sites_own_user_only(alice: User) -> None:
    photo, _ = photo_create(owner=alice, data=pictures.jpeg())

    assert os.stat(photo.file.path).st_mode & 0o777 == 0o600
    assert os.stat(settings.PHOTO_DIR).st_mode & 0o777 == 0o700


def test_an_uploaded_file_works_like_bytes(alice: User) -> None:
    data = pictures.jpeg()
    upload = SimpleUploadedFile("../../etc/passwd.jpg", data, content_type="text/html")
    upload.read()  # somebody looked at it before

    photo, _ = photo_create(owner=alice, data=upload)

    assert photo == photo_create(owner=alice, data=data)[0]
    assert photo.file.name == f"{photo.id}.jpg"


def test_the_same_photo_twice_is_one_photo(alice: User, stored_files: StoredFiles) -> None:
    first, _ = photo_create(owner=alice, data=pictures.jpeg())
    files = stored_files()

    second, created = photo_create(owner=alice, data=pictures.jpeg(comment=b"sent by mail"))

    assert (second, created) == (first, False)
    assert stored_files() == files


def test_the_same_photo_of_two_people_is_two_photos(alice: User, bob: User) -> None:
    one, _ = photo_create(owner=alice, data=pictures.jpeg())
    other, created = photo_create(owner=bob, data=pictures.jpeg())

    assert created
    assert one != other
    assert one.sha256 == other.sha256


def test_of_two_uploads_at_once_the_slower_one_gets_the_row_of_the_faster(
    alice: User, stored_files: StoredFiles
) -> None:
    """Both have looked for the photo, and neither has found it."""
    clean = services.photo_decoder().sanitise(pictures.jpeg())

    first = services._store(alice, clean)
    second = services._store(alice, clean)

    assert (first[1], second[1]) == (True, False)
    assert first[0] == second[0]
    assert stored_files() == {first[0].file.name, first[0].thumbnail.name}


@pytest.mark.parametrize(
    "data", [pictures.jpeg()[:500], b"text"], ids=["truncated", "not a picture"]
)
def test_a_refused_file_leaves_nothing(alice: User, stored_files: StoredFiles, data: bytes) -> None:
    with pytest.raises((DamagedImageError, UnsupportedFormatError)):
        photo_create(owner=alice, data=data)

    assert not Photo.objects.exists()
    assert not stored_files()


def test_a_file_over_the_bound_is_refused_before_it_is_decoded(
    alice: User, monkeypatch: pytest.MonkeyPatch, stored_files: StoredFiles
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_MAX_BYTES", 1000)

    for data in (bytes(1001), SimpleUploadedFile("photo.jpg", bytes(1001))):
        with pytest.raises(BodyTooLargeError):
            photo_create(owner=alice, data=data)
    assert not stored_files()


def test_one_person_cannot_fill_the_disk(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_MAX_PER_HOUR", 1)
    photo, _ = photo_create(owner=alice, data=pictures.jpeg())

    with pytest.raises(TooManyRequestsError):
        photo_create(owner=alice, data=pictures.cmyk_jpeg())

    assert photo_create(owner=bob, data=pictures.jpeg())[1]
    Photo.objects.filter(pk=photo.pk).update(created_at=timezone.now() - timedelta(hours=2))
    assert photo_create(owner=alice, data=pictures.cmyk_jpeg())[1]


def test_a_full_disk_leaves_nothing_half_stored(
    alice: User, monkeypatch: pytest.MonkeyPatch, stored_files: StoredFiles
) -> None:
    real = services.ContentFile
    made = 0

    def second_is_too_much(content: bytes) -> Any:
        nonlocal made
        made += 1
        if made == 2:
            raise OSError(28, "No space left on device")
        return real(content)

    monkeypatch.setattr(services, "ContentFile", second_is_too_much)

    with pytest.raises(OSError, match="No space left"):
        photo_create(owner=alice, data=pictures.jpeg())
    assert not stored_files()
    assert not Photo.objects.exists()


def test_a_failing_database_leaves_no_files(
    alice: User, monkeypatch: pytest.MonkeyPatch, stored_files: StoredFiles
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(Photo, "save", fail)

    with pytest.raises(DatabaseError):
        photo_create(owner=alice, data=pictures.jpeg())
    assert not stored_files()


def test_where_the_question_stands_is_remembered(alice: User) -> None:
    photo, _ = photo_create(owner=alice, data=pictures.jpeg())
    located = {"box": {"x": 0.1, "y": 0.2, "width": 0.5, "height": 0.1}, "rotation_deg": 90.0}

    photo_set_located(photo=photo, located=located)
    assert Photo.objects.get(pk=photo.pk).located == located

    photo_set_located(photo=photo, located=None)
    assert Photo.objects.get(pk=photo.pk).located is None


def test_deleting_a_photo_deletes_its_files(
    alice: User, stored_files: StoredFiles, django_capture_on_commit_callbacks: Any
) -> None:
    photo, _ = photo_create(owner=alice, data=pictures.jpeg())
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()

    assert not Photo.objects.exists()
    assert not stored_files()


def test_a_photo_with_a_solution_is_not_deleted(
    alice: User, stored_files: StoredFiles, django_capture_on_commit_callbacks: Any
) -> None:
    photo, _ = photo_create(owner=alice, data=pictures.jpeg())
    Solution.objects.create(student=alice, photo=photo)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RestrictedError):
        photo.delete()

    assert len(stored_files()) == 2


def test_deleting_an_account_deletes_its_photos_solutions_and_files(
    alice: User, bob: User, stored_files: StoredFiles, django_capture_on_commit_callbacks: Any
) -> None:
    """A student may ask for it; the row of the photo then goes by cascade."""
    photo, _ = photo_create(owner=alice, data=pictures.jpeg())
    kept, _ = photo_create(owner=bob, data=pictures.jpeg())
    Solution.objects.create(student=alice, photo=photo)
    with django_capture_on_commit_callbacks(execute=True):
        alice.delete()

    assert list(Photo.objects.all()) == [kept]
    assert not Solution.objects.exists()
    assert stored_files() == {kept.file.name, kept.thumbnail.name}


def test_the_sweep_deletes_old_files_of_no_photo_and_nothing_else(
    alice: User, stored_files: StoredFiles
) -> None:
    """A server killed between a file and its row leaves the file behind."""
    kept, _ = photo_create(owner=alice, data=pictures.jpeg())
    long_ago = time.time() - 7200
    storage = services.photo_storage()
    names = {}
    for kind, age in (("orphan", long_ago), ("upload under way", time.time())):
        name = storage.save(f"{uuid.uuid4()}.jpg", services.ContentFile(b"x"))
        os.utime(storage.path(name), (age, age))
        names[kind] = name
    os.utime(kept.file.path, (long_ago, long_ago))

    photo_files_sweep(older_than=timedelta(hours=1))

    assert stored_files() == {kept.file.name, kept.thumbnail.name, names["upload under way"]}
    storage.delete(names["upload under way"])


def test_the_sweep_does_not_empty_the_storage_for_a_database_without_photos(
    alice: User, stored_files: StoredFiles
) -> None:
    """As when a server is started with a new database beside the school's old files."""
    storage = services.photo_storage()
    name = storage.save(f"{uuid.uuid4()}.jpg", services.ContentFile(b"x"))
    os.utime(storage.path(name), (0, 0))

    assert photo_files_sweep() == 0
    assert stored_files() == {name}
    storage.delete(name)


def test_one_person_cannot_take_all_places_for_decoding(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that take long and are then refused do not count as stored photos."""
    real = services.photo_decoder()
    seen: list[str] = []

    class Decoder:
        def sanitise(self, data: bytes) -> SanitisedPhoto:
            if not seen:
                seen.append("decoding")
                with pytest.raises(TooManyRequestsError):
                    photo_create(owner=alice, data=pictures.cmyk_jpeg())
                assert photo_create(owner=bob, data=pictures.jpeg())[1]
            return real.sanitise(data)

    monkeypatch.setattr(services, "photo_decoder", Decoder)

    with pytest.raises(DamagedImageError):
        photo_create(owner=alice, data=pictures.jpeg()[:500])
    assert photo_create(owner=alice, data=pictures.jpeg())[1]
