"""What a reader of photos is, for those who use one. Importing this costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from inference.types import Box, Language, Reading

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Located:
    """Where the question stands on a photo.

    Attributes:
        box: The question on the photo turned clockwise by `rotation_deg`.
        rotation_deg: Quarter turns that set the photo upright: 0, 90, 180 or 270, clockwise.
        tilt_deg: The small clockwise turn that would level the writing after that. The reader
            levels by itself; a page need not.
    """

    box: Box
    rotation_deg: int
    tilt_deg: float


class Reader(Protocol):
    """Reads the question on a photo. Any thread may call any method."""

    def start(self) -> None:
        """Load the models. Idempotent.

        Raises:
            EngineNotReadyError: A model is missing.
        """

    def read(
        self,
        image: Image.Image,
        *,
        crop: Box | None = None,
        rotation_deg: float | None = None,
        language: Language = "en",
    ) -> Reading:
        """Read a question.

        Args:
            image: A sanitised RGB photo.
            crop: Read only inside this box of the photo turned by `rotation_deg`.
            rotation_deg: Clockwise turn that sets the photo upright; None to find it. With a
                crop, None means that the photo stands upright.
            language: For words in the LaTeX of the reading; the photo may hold either language.

        Raises:
            NoQuestionFoundError: There is no readable question on the photo.
            EngineNotReadyError: `start` was not called.
        """

    def locate(self, image: Image.Image) -> Located:
        """Find where the question stands and how the photo must be turned.

        Raises:
            NoQuestionFoundError: There is no readable question on the photo.
            EngineNotReadyError: `start` was not called.
        """
