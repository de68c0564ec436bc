"""Photos beside the decode steps: batches, bounds, faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch

from inference.cache import FeatureCache
from inference.encoder import Encoded, Encoder
from inference.preprocess import ImageInput


def image(key: str, patches: int = 4) -> ImageInput:
    return ImageInput(
        key=key,
        pixel_values=torch.full((patches, 2), float(len(key))),
        grid=torch.tensor([1, patches // 2, 2]),
        num_tokens=patches // 4,
    )


class Tower:
    """Adds one to every pixel and remembers how many photos each call had."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.before: Callable[[Sequence[torch.Tensor]], None] = lambda pixels: None

    def encode_images(self, pixels: Sequence[torch.Tensor], grids: Any) -> list[torch.Tensor]:
        self.calls.append(len(pixels))
        self.before(pixels)
        return [each + 1 for each in pixels]


@pytest.fixture
def tower() -> Tower:
    return Tower()


@pytest.fixture
def delivered() -> list[Any]:
    return []


@pytest.fixture
def encoder(tower: Tower, delivered: list[Any]) -> Encoder:
    features = FeatureCache(10_000)
    return Encoder(tower, features, delivered.append, batch_patches=10)  # type: ignore[arg-type]


def test_photos_that_wait_together_are_one_batch_up_to_its_bound(
    encoder: Encoder, tower: Tower, delivered: list[Any]
) -> None:
    for name in "abc":
        encoder.submit(name, [image(name)])
    while encoder.help():
        pass
    assert tower.calls == [2, 1]
    assert [result.owner for result in delivered] == ["a", "b", "c"]
    for result in delivered:
        assert torch.equal(result.features[result.owner], image("x").pixel_values + 1)


def test_a_photo_larger_than_the_bound_runs_alone(
    encoder: Encoder, tower: Tower, delivered: list[Any]
) -> None:
    encoder.submit("large", [image("large", 40)])
    encoder.submit("small", [image("small")])
    while encoder.help():
        pass
    assert tower.calls == [1, 1]
    assert len(delivered) == 2


def test_one_photo_asked_about_twice_is_looked_at_once(
    encoder: Encoder, tower: Tower, delivered: list[Any]
) -> None:
    for owner in ("first", "second"):
        encoder.submit(owner, [image("same")])
    encoder.help()
    encoder.submit("third", [image("same")])
    encoder.help()
    assert tower.calls == [1]
    assert [set(result.features) for result in delivered] == [{"same"}] * 3


def test_a_photo_that_fails_takes_no_other_along(
    encoder: Encoder, tower: Tower, delivered: list[Any]
) -> None:
    def fail(pixels: Sequence[torch.Tensor]) -> None:
        if any(each[0, 0] == len("bad") for each in pixels):
            raise torch.OutOfMemoryError("none left")

    tower.before = fail
    for name in ("a", "bad"):
        encoder.submit(name, [image(name)])
    encoder.help()
    ends = {result.owner: result.error for result in delivered}
    assert ends["a"] is None
    assert isinstance(ends["bad"], torch.OutOfMemoryError)


def test_the_thread_works_until_it_is_stopped(tower: Tower) -> None:
    done = threading.Event()
    encoder = Encoder(
        tower,  # type: ignore[arg-type]
        FeatureCache(10_000),
        lambda result: done.set(),
        batch_patches=10,
    )
    thread = threading.Thread(target=encoder.run)
    thread.start()
    encoder.submit("a", [image("a")])
    assert done.wait(30)
    encoder.stop()
    thread.join(30)
    assert not thread.is_alive()


def test_a_thread_that_dies_says_so(
    encoder: Encoder, tower: Tower, delivered: list[Encoded | BaseException]
) -> None:
    class Killed(BaseException):
        pass

    def die(pixels: Sequence[torch.Tensor]) -> None:
        raise Killed

    tower.before = die
    encoder.submit("a", [image("a")])
    with pytest.raises(Killed):
        encoder.run()
    assert isinstance(delivered[-1], Killed)
