"""`transformers serve` on a machine without torchvision.

    python -m benchmarks.peers.serve_transformers CHECKPOINT --port 8001

GLM's combined processor insists on torchvision for its video half, and PyPI's torchvision does not
import beside the CPU build of torch. Nobody sends videos here, so that half is left out; all else
is the command as its users run it.
"""

from __future__ import annotations

import sys
from typing import Any

from transformers import processing_utils
from transformers.cli.transformers import main


class NoVideo(dict[str, Any]):
    """Stands where the video processor would; a dict, since processors print themselves as JSON."""

    model_input_names: tuple[str, ...] = ()

    @classmethod
    def from_pretrained(cls, *args: Any, **options: Any) -> NoVideo:
        return cls()


def leave_video_out() -> None:
    """Let processors be loaded without their video half."""
    mixin: Any = processing_utils.ProcessorMixin
    check = mixin.check_argument_for_proper_class

    def check_all_but_video(processor: Any, name: str, argument: Any) -> Any:
        return NoVideo if isinstance(argument, NoVideo) else check(processor, name, argument)

    mixin.check_argument_for_proper_class = check_all_but_video
    names = processing_utils.MODALITY_TO_AUTOPROCESSOR_MAPPING._MAPPING_NAMES
    names["video_processor"] = (NoVideo.__module__, NoVideo.__name__)


if __name__ == "__main__":
    leave_video_out()
    sys.argv[:1] = ["transformers", "serve"]
    main()
