"""The quality gate passes the photo corpus and catches each fault, for its own reason."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from homework.uploads.quality import ISSUE_CODES, QualityVerdict, assess_quality

PHOTOS = Path(__file__).parents[2] / "photos"
TRUTH = json.loads((PHOTOS / "truth.json").read_text("utf-8"))
WITH_QUESTION = [entry["file"] for entry in TRUTH if entry["kind"] != "none"]
# Screens shine by themselves and have no grain: what spoils a photo of paper is not theirs.
ON_PAPER = [e["file"] for e in TRUTH if e["kind"] in {"print", "handwriting"}]
SPOILT_SAMPLE = ON_PAPER[::7]

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Written:
    """Where the writing of a corpus picture is: a box in pixels and the height of its letters."""

    left: float
    top: float
    right: float
    bottom: float
    letter_px: float


def load(name: str) -> Image.Image:
    with Image.open(PHOTOS / name) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def locate(image: Image.Image) -> Written:
    """Find the writing of a clean picture, without the code under test."""
    grey = np.asarray(image.convert("L"), np.float32)
    paper = np.asarray(image.convert("L").filter(ImageFilter.GaussianBlur(60)), np.float32)
    # The corpus frames its questions in the middle.
    height = grey.shape[0]
    ink = grey < 0.5 * paper
    ink[: height // 5] = ink[-height // 5 :] = False
    ys, xs = np.nonzero(ink)
    top, bottom = np.percentile(ys, (2, 98))
    left, right = np.percentile(xs, (1, 99))
    letter_px = float(np.clip(bottom - top, 25, 70))
    return Written(float(left), float(top), float(right), float(bottom), letter_px)


def as_photo(pixels: Pixels) -> Image.Image:
    """Back to what a phone stores."""
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=85)
    return Image.open(stored)


def blurred(image: Image.Image, where: Written) -> Image.Image:
    soft = image.filter(ImageFilter.GaussianBlur(max(4.0, 0.16 * where.letter_px)))
    return as_photo(np.asarray(soft, np.float32))


def moved(image: Image.Image, where: Written) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    reach = 0.45 * where.letter_px
    steps = [np.roll(pixels, round(reach * k / 14), axis=1) for k in range(15)]
    return as_photo(np.mean(steps, axis=0))


def darkened(image: Image.Image, where: Written) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    paper = np.percentile(pixels, 75)
    grain = np.random.default_rng(5).normal(0, 2.5, pixels.shape)
    return as_photo(pixels * (38 / paper) + grain)


def shining(image: Image.Image, where: Written) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    ys, xs = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    across = 0.24 * (where.right - where.left) + 20
    down = 0.8 * (where.bottom - where.top) + 20
    x, y = (where.left + where.right) / 2, (where.top + where.bottom) / 2
    far = np.hypot((xs - x) / across, (ys - y) / down)
    return as_photo(pixels + (330 / (1 + np.exp((far - 1) / 0.1)))[..., None])


def shrunk(image: Image.Image, where: Written) -> Image.Image:
    scale = 6 / where.letter_px
    size = (int(image.width * scale), int(image.height * scale))
    small = image.resize(size, Image.Resampling.LANCZOS)
    return as_photo(np.asarray(small, np.float32))


def codes(verdict: QualityVerdict) -> list[str]:
    return [issue.code for issue in verdict.issues]


def test_photos_of_questions_pass() -> None:
    refused = {name: codes(assess_quality(load(name))) for name in WITH_QUESTION[::2]}
    assert {name: found for name, found in refused.items() if found} == {}


@pytest.mark.parametrize("name", SPOILT_SAMPLE)
@pytest.mark.parametrize(
    ("spoil", "code"),
    [(blurred, "blur"), (moved, "blur"), (darkened, "dark"), (shrunk, "too_small")],
)
def test_each_fault_is_found_and_told_from_the_others(
    name: str, spoil: Callable[[Image.Image, Written], Image.Image], code: str
) -> None:
    image = load(name)
    assert codes(assess_quality(spoil(image, locate(image))))[:1] == [code]


def test_glare_over_the_writing_is_found() -> None:
    """Where the glare takes nearly all of a short question, nothing is left to tell it from blank
    paper by; so this is a rate."""
    found = []
    for name in SPOILT_SAMPLE:
        image = load(name)
        found.append(codes(assess_quality(shining(image, locate(image)))))
    assert sum("glare" in each for each in found) >= 0.8 * len(found)


def test_letters_too_far_away_on_a_large_photo_are_too_small() -> None:
    grain = np.random.default_rng(3).normal(0, 2, (1200, 1600, 3))
    paper = Image.fromarray(np.clip(215 + grain, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(size=10)
    for line in range(6):
        draw.text((620, 500 + 18 * line), "3x + 5 = 20   and some words beside it", "black", font)
    assert codes(assess_quality(paper)) == ["too_small"]


def test_the_same_letters_near_are_good() -> None:
    grain = np.random.default_rng(3).normal(0, 2, (1200, 1600, 3))
    paper = Image.fromarray(np.clip(215 + grain, 0, 255).astype(np.uint8))
    ImageDraw.Draw(paper).text((300, 500), "3x + 5 = 20", "black", ImageFont.load_default(size=90))
    assert assess_quality(paper) == QualityVerdict(is_good=True)


def test_a_blank_page_is_not_called_blurred() -> None:
    assert codes(assess_quality(Image.new("RGB", (1200, 900), (230, 228, 220)))) == []
    assert codes(assess_quality(load("none-blank-squared.jpg"))) == []


def test_a_black_picture_is_dark() -> None:
    assert codes(assess_quality(Image.new("L", (800, 600), 4))) == ["dark"]


def test_a_screen_in_dark_mode_is_not_called_dark() -> None:
    assert assess_quality(load("screen-dark-linear.jpg")).is_good


def test_a_white_screen_is_not_called_glaring() -> None:
    assert assess_quality(load("screen-quiz-expand.jpg")).is_good


def test_a_tiny_picture_is_too_small() -> None:
    verdict = assess_quality(Image.new("L", (120, 40), 255))
    assert codes(verdict) == ["too_small"]
    assert verdict.issues[0].value == 40
    assert verdict.issues[0].threshold == 48


def test_a_strip_cut_around_one_line_is_not_too_small() -> None:
    """A low picture of letters that are large enough used to be called too small."""
    image = load(ON_PAPER[0])
    where = locate(image)
    middle = (where.top + where.bottom) / 2
    reach = 0.8 * (where.bottom - where.top)
    strip = image.crop((0, int(middle - reach), image.width, int(middle + reach)))
    scale = 90 / strip.height
    small = strip.resize((int(strip.width * scale), 90), Image.Resampling.LANCZOS)
    assert assess_quality(small).is_good


def test_the_verdict_is_plain_json_for_the_database() -> None:
    image = load(ON_PAPER[0])
    verdict = asdict(assess_quality(darkened(image, locate(image))))
    again = json.loads(json.dumps(verdict))
    assert again["is_good"] is False
    assert again["issues"][0].keys() == {"code", "value", "threshold"}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_mode_of_pillow_is_judged(mode: str) -> None:
    assert assess_quality(load("print-linear-plain.jpg").convert(mode)).is_good or mode == "1"


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    seed=st.integers(0, 2**16),
    levels=st.integers(1, 256),
)
@settings(max_examples=40)
def test_no_picture_breaks_it_and_issues_break_their_bounds(
    width: int, height: int, seed: int, levels: int
) -> None:
    noise = np.random.default_rng(seed).integers(0, levels, (height, width), np.uint8)
    verdict = assess_quality(Image.fromarray(noise))
    assert verdict.is_good == (not verdict.issues)
    assert set(codes(verdict)) <= set(ISSUE_CODES)
    for issue in verdict.issues:
        is_low_bad = issue.code in {"dark", "too_small"}
        assert issue.value < issue.threshold if is_low_bad else issue.value > issue.threshold


@given(turn=st.sampled_from([90, 180, 270]), name=st.sampled_from(SPOILT_SAMPLE))
@settings(max_examples=6)
def test_the_verdict_does_not_depend_on_which_way_is_up(turn: int, name: str) -> None:
    image = load(name)
    assert assess_quality(image.rotate(turn, expand=True)).is_good
    soft = blurred(image, locate(image)).rotate(turn, expand=True)
    assert codes(assess_quality(soft)) == ["blur"]
