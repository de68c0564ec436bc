"""What becomes of a file's pixels, and of everything else in it. In this process, for speed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from homework.uploads.decode_worker import Rejection, Sanitised, perceptual_hash, sanitise
from homework.uploads.limits import DecodeLimits
from tests.homework.uploads import pictures
from tests.homework.uploads.pictures import BLUE, GREEN, RED, WHITE

LIMITS = DecodeLimits(max_pixels=1_000_000, long_side_px=400, timeout_s=10, memory_mb=768)


def clean(data: bytes) -> Sanitised:
    return sanitise(data, LIMITS)


def colour_at(image: Image.Image, x: float, y: float) -> tuple[int, int, int]:
    pixel = image.getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(pixel, tuple)
    return pixel[0], pixel[1], pixel[2]


def is_close(one: tuple[int, int, int], other: tuple[int, int, int], by: int = 25) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def assert_quadrants(image: Image.Image) -> None:
    for place, colour in zip(
        [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)], [RED, GREEN, BLUE, WHITE], strict=True
    ):
        assert is_close(colour_at(image, *place), colour), place


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_format_becomes_an_rgb_jpeg_of_the_same_picture(format: str) -> None:
    result = clean(pictures.encoded(pictures.quadrants(), format, quality=90))

    image = pictures.opened(result.image)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert image.size == (result.width, result.height) == (240, 160)
    assert_quadrants(image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_photo_is_turned_the_way_the_camera_was_held(orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = pictures.quadrants()
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    data = pictures.encoded(
        stored, "JPEG", quality=90, exif=pictures.with_exif(orientation=orientation)
    )

    image = pictures.opened(clean(data).image)

    assert image.size == upright.size
    assert_quadrants(image)


def test_a_heic_photo_is_turned_once_and_not_twice() -> None:
    stored = pictures.quadrants().transpose(Image.Transpose.ROTATE_90)
    data = pictures.encoded(stored, "HEIF", exif=pictures.with_exif(orientation=6).tobytes())

    assert_quadrants(pictures.opened(clean(data).image))


def test_nothing_of_the_exif_is_kept_least_of_all_the_place() -> None:
    data = pictures.jpeg(exif=pictures.with_exif(gps=True))
    assert pictures.opened(data).getexif().get_ifd(0x8825)

    result = clean(data)

    for part in (result.image, result.thumbnail):
        assert not pictures.opened(part).getexif()
        assert b"Exif" not in part


def test_the_jpeg_comment_and_the_colour_profile_stay_behind() -> None:
    """Re-encoding a decoded image carries both over; a new canvas does not."""
    data = pictures.jpeg(comment=b"made by somebody", icc_profile=b"a profile" * 20)
    assert b"made by somebody" in data

    result = clean(data)

    assert b"made by somebody" not in result.image
    assert pictures.opened(result.image).info.keys() <= {
        "jfif", "jfif_version", "jfif_unit", "jfif_density",
    }  # fmt: skip


@pytest.mark.parametrize("polyglot", [pictures.html_polyglot, pictures.zip_polyglot])
def test_a_polyglot_comes_out_as_nothing_but_a_picture(polyglot: object) -> None:
    assert callable(polyglot)
    result = clean(polyglot())

    for part in (result.image, result.thumbnail):
        assert b"script" not in part
        assert b"PK\x03\x04" not in part
        assert part.endswith(b"\xff\xd9")


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    assert_quadrants(pictures.opened(clean(pictures.cmyk_jpeg()).image))


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped() -> None:
    """Pillow's own conversion cuts every level above 255 off: a white page from any photo."""
    image = pictures.opened(clean(pictures.grey_16_bit_png()).image)

    assert is_close(colour_at(image, 0.5, 0.5), (128, 128, 128))
    assert is_close(colour_at(image, 0.02, 0.5), (5, 5, 5))


def test_sixteen_bits_of_colour_are_scaled() -> None:
    image = pictures.opened(clean(pictures.rgb_16_bit_png()).image)

    assert is_close(colour_at(image, 0.5, 0.5), (255, 0, 0))


@pytest.mark.parametrize(
    ("data", "inside"),
    [
        (pictures.transparent_png(), (0, 0, 0)),
        (pictures.palette_png_with_transparency(), RED),
    ],
)
def test_transparent_parts_become_white_paper(data: bytes, inside: tuple[int, int, int]) -> None:
    image = pictures.opened(clean(data).image)

    assert is_close(colour_at(image, 0.05, 0.05), WHITE)
    assert is_close(colour_at(image, 0.5, 0.5), inside)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_taken(mode: str) -> None:
    picture = Image.new(mode, (64, 64)) if mode == "I;16" else pictures.quadrants().convert(mode)

    assert pictures.opened(clean(pictures.encoded(picture, "PNG")).image).mode == "RGB"


def test_a_large_photo_is_shrunk_and_a_small_one_is_left() -> None:
    large = clean(pictures.encoded(pictures.quadrants(1200, 800), "JPEG"))
    small = clean(pictures.encoded(pictures.quadrants(60, 40), "PNG"))

    assert (large.width, large.height) == (400, 267)
    assert_quadrants(pictures.opened(large.image))
    assert (small.width, small.height) == (60, 40)


def test_the_thumbnail_is_small() -> None:
    thumbnail = pictures.opened(
        clean(pictures.encoded(pictures.quadrants(1200, 800), "PNG")).thumbnail
    )

    assert max(thumbnail.size) == 320
    assert_quadrants(thumbnail)


def test_the_same_file_gives_the_same_bytes() -> None:
    assert clean(pictures.jpeg()) == clean(pictures.jpeg())


def test_the_perceptual_hash_survives_shrinking_and_tells_pictures_apart() -> None:
    picture = pictures.quadrants(1200, 800)
    same = picture.resize((300, 200))
    other = picture.transpose(Image.Transpose.ROTATE_90)

    def distance(one: Image.Image, two: Image.Image) -> int:
        return (int(perceptual_hash(one), 16) ^ int(perceptual_hash(two), 16)).bit_count()

    assert distance(picture, same) <= 6
    assert distance(picture, other) >= 16


def test_the_quality_gate_has_its_say() -> None:
    quality = clean(pictures.encoded(pictures.quadrants(60, 40), "PNG")).quality

    assert quality["is_good"] is False
    assert quality["issues"][0]["code"] == "too_small"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"Dear teacher, my dog ate it.", "unsupported_format"),
        (b"%PDF-1.7\n", "unsupported_format"),
        (pictures.encoded(pictures.quadrants(), "GIF"), "unsupported_format"),
        (pictures.encoded(pictures.quadrants(), "TIFF"), "unsupported_format"),
        (pictures.encoded(pictures.quadrants(), "BMP"), "unsupported_format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_format"),
        (pictures.animated("GIF"), "unsupported_format"),
        (pictures.animated("WEBP"), "animated_image"),
        (pictures.animated("PNG"), "animated_image"),
        (pictures.jpeg()[:200], "damaged_image"),
        (pictures.jpeg()[:-700], "damaged_image"),
        (pictures.encoded(pictures.quadrants(), "PNG")[:-60], "damaged_image"),
        (pictures.encoded(pictures.quadrants(), "WEBP")[:60], "damaged_image"),
        (pictures.encoded(pictures.quadrants(), "HEIF")[:400], "damaged_image"),
        (b"\xff\xd8\xff", "damaged_image"),
        (pictures.png_of_megapixels(1001), "too_many_pixels"),
        (pictures.png_of_megapixels(20_000), "too_many_pixels"),
        (pictures.png_with_exploding_text(80_000_000), "damaged_image"),
        (pictures.encoded(Image.new("RGB", (4, 4)), "PNG"), "image_too_small"),
        (pictures.encoded(Image.new("L", (1, 60_000)), "PNG"), "image_too_small"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_refuses_and_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Rejection) as refusal:
        clean(data)

    assert refusal.value.code == code


SEEDS = [
    pictures.encoded(pictures.quadrants(64, 48), format, quality=80)
    for format in ("JPEG", "PNG", "WEBP", "HEIF")
]


@settings(max_examples=150)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8
    ),
    keep=st.floats(0.05, 1),
)
def test_a_spoilt_file_is_a_photo_or_a_rejection_and_never_anything_else(
    seed: bytes, changes: list[tuple[float, int]], keep: float
) -> None:
    data = bytearray(seed[: max(1, int(len(seed) * keep))])
    for place, value in changes:
        data[int(place * len(data))] = value
    try:
        result = clean(bytes(data))
    except Rejection:
        return

    assert pictures.opened(result.image).size == (result.width, result.height)
