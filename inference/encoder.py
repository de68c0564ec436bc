"""Looks at photos in a thread of its own, so that nobody's answer halts while a newcomer's photo is
encoded.

The engine's thread sends jobs in the order in which they wait; the features come back into its
inbox. Photos that wait together are encoded as one batch, bounded so that the first of them is not
kept for the last. When the engine's thread itself has nothing to do it helps, batch by batch.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from inference.cache import FeatureCache
from inference.preprocess import ImageInput
from inference.runner import ModelRunner


@dataclass(frozen=True, slots=True)
class Encoded:
    """What became of the photos of one owner: their features by key, or an error."""

    owner: object
    features: dict[str, Tensor]
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Order:
    owner: object
    images: list[ImageInput]


class Encoder:
    """A queue of photos and the thread that empties it.

    Args:
        runner: Its `encode_images` is the only thing called here.
        features: Where features are looked up and kept.
        deliver: Takes what is done, or the error that ended the thread. Any thread may call it.
        batch_patches: How many patches one batch may have; a larger photo runs alone.
    """

    def __init__(
        self,
        runner: ModelRunner,
        features: FeatureCache,
        deliver: Callable[[Encoded | BaseException], None],
        *,
        batch_patches: int,
    ) -> None:
        self._runner = runner
        self._features = features
        self._deliver = deliver
        self._batch_patches = batch_patches
        self._orders: deque[_Order] = deque()
        self._changed = threading.Condition()
        self._is_stopping = False
        self.seconds = 0.0  # spent in the vision tower, of both threads together

    def submit(self, owner: object, images: list[ImageInput]) -> None:
        """Queue the photos of a request; every call is answered by one `deliver`. Any thread."""
        with self._changed:
            self._orders.append(_Order(owner, images))
            self._changed.notify()

    def stop(self) -> None:
        """Let `run` return after the batch that it is at. What waits is forgotten. Any thread."""
        with self._changed:
            self._is_stopping = True
            self._orders.clear()
            self._changed.notify_all()

    @torch.inference_mode()
    def run(self) -> None:
        """The thread's loop."""
        try:
            while True:
                with self._changed:
                    while not self._orders and not self._is_stopping:
                        self._changed.wait()
                    if self._is_stopping:
                        return
                self.help()
        except BaseException as error:
            self._deliver(error)
            raise

    def help(self) -> bool:
        """Encode one batch in the caller's thread. Returns False when nothing waits."""
        orders = self._take()
        if orders:
            self._encode(orders)
        return bool(orders)

    def _take(self) -> list[_Order]:
        taken: list[_Order] = []
        room = self._batch_patches
        with self._changed:
            while self._orders:
                room -= sum(len(image.pixel_values) for image in self._orders[0].images)
                if taken and room < 0:
                    break
                taken.append(self._orders.popleft())
        return taken

    def _encode(self, orders: list[_Order]) -> None:
        try:
            features = self._features_of([image for order in orders for image in order.images])
        except Exception as error:
            if len(orders) == 1:
                self._deliver(Encoded(orders[0].owner, {}, error))
                return
            for order in orders:  # one of them is at fault; find out which
                self._encode([order])
            return
        for order in orders:
            own = {image.key: features[image.key] for image in order.images}
            self._deliver(Encoded(order.owner, own))

    def _features_of(self, images: list[ImageInput]) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        missing: dict[str, ImageInput] = {}
        for image in images:
            if image.key in found or image.key in missing:
                continue
            if (features := self._features.get(image.key)) is not None:
                found[image.key] = features
            else:
                missing[image.key] = image
        if missing:
            started = time.perf_counter()
            encoded = self._runner.encode_images(
                [image.pixel_values for image in missing.values()],
                [image.grid for image in missing.values()],
            )
            with self._changed:
                self.seconds += time.perf_counter() - started
            for key, features in zip(missing, encoded, strict=True):
                self._features.put(key, features)
                found[key] = features
        return found
