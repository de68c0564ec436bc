"""Fine-tunes a checkpoint on what teachers corrected.

    python manage.py export_corrections --school NAME --output DATA
    python -m inference.finetune --model MODEL --data DATA --out TUNED
    python manage.py serve --model TUNED

MODEL is a directory in Hugging Face layout or a hub id with its revision. A model of the size of
the embedded one is trained whole; a larger one, such as GLM-4.6V-Flash, gets low-rank adapters
(LoRA, arXiv:2106.09685, by the package peft of requirements-finetune.txt), which are merged at the
end. Either way TUNED is a checkpoint like MODEL, with a manifest.

An example is trained as it is served: the same chat template, the same image processor, and for the
embedded model the same canvas cut out of the photo. Only the answer counts in the loss.

What a model knew it forgets when it sees nothing but the new: `--faces` mixes as many exercises of
the embedded model's own data maker in (rehearsal).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.checkpoint import load_model, write_manifest
from inference.confidence import CALIBRATION
from inference.config import LocalConfig
from inference.errors import InferenceError, NoQuestionFoundError
from inference.local import cutter
from inference.nano.canvas import encode_canvas
from inference.preprocess import ModelInput, Preprocessor
from inference.prompts import build_messages
from inference.types import Request

logger = logging.getLogger(__name__)

_FORMAT = "homework-helper-corrections/1"
_WHOLE_BELOW = 200_000_000  # parameters
_LORA_TARGETS = (
    r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_up_proj|gate_proj|up_proj|down_proj)"
)
_WARM_UP_SHARE = 0.1
_DECAY = 0.01


class TrainingDataError(InferenceError):
    """The export is damaged, incomplete or of another format."""

    code = "bad_training_data"


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation of an export.

    Attributes:
        messages: As the chat template takes them, without the answer.
        photos: Encoded, in the order of their parts.
        answer: What the model is to write.
    """

    messages: list[dict[str, Any]]
    photos: list[bytes]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How to train.

    Attributes:
        epochs: How often each example is seen.
        batch: Examples of one step of the optimizer; they are computed one after another.
        learning_rate: At its height; it falls to 0 (cosine).
        lora_rank: Of the adapters; 0 trains all weights.
        seed: Order of the examples.
    """

    epochs: int = 6
    batch: int = 8
    learning_rate: float = 2.2e-4
    lora_rank: int = 0
    seed: int = 0


def read_export(folder: Path) -> list[Example]:
    """The examples of an export; see docs/export-format.md.

    Raises:
        TrainingDataError: It is not complete, not as its manifest says, or not of format 1.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        files = manifest["files"]
        if manifest["format"] != _FORMAT:
            raise TrainingDataError(f"{folder} has the format {manifest['format']}, not {_FORMAT}")
        for name, facts in files.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != facts["sha256"]:
                raise TrainingDataError(f"{folder / name} is not what the manifest says")
        lines = (folder / "train.jsonl").read_text("utf-8").splitlines()
        examples = [_example(json.loads(line), folder, files) for line in lines]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise TrainingDataError(f"{folder} is no complete export: {error}") from error
    if not examples:
        raise TrainingDataError(f"{folder} has no examples")
    return examples


def _example(line: dict[str, Any], folder: Path, files: dict[str, Any]) -> Example:
    *messages, last = line["messages"]
    unlisted = [name for name in line["images"] if name not in files]
    if last["role"] != "assistant" or unlisted:
        raise TrainingDataError(f"{folder / 'train.jsonl'}: a line is no example of an export")
    photos = [(folder / name).read_bytes() for name in line["images"]]
    return Example(messages, photos, "".join(part["text"] for part in last["content"]))


def rehearsal(faces: Path, count: int, *, first_seed: int = 1 << 30) -> Iterator[Example]:
    """Exercises of the embedded model's own data maker, cut out already.

    Args:
        faces: Where the fonts are.
        count: How many.
        first_seed: Of which the first is made.
    """
    from inference.nano.data.sample import ELSEWHERE, Maker
    from inference.nano.data.solutions import solution_of

    maker, seed = Maker(faces, "train"), first_seed
    while count:
        sample = maker.make(seed)
        seed += 1
        text = None if sample.topic == ELSEWHERE else solution_of(sample.problem, sample.language)
        if text is None:
            continue
        count -= 1
        photo = encode_canvas(sample.drawing.canvas)
        request = Request(request_id="", problem="", image=photo, language=sample.language)
        yield Example(build_messages(request), [photo], text)


class Tuner:
    """A checkpoint on its way to another one.

    Args:
        checkpoint: A directory, or a hub id.
        revision: The commit of a hub id.
        tuning: How to train.

    Raises:
        CheckpointError: It cannot be loaded.
    """

    def __init__(self, checkpoint: str, *, revision: str | None, tuning: Tuning) -> None:
        self.checkpoint, self.revision, self.tuning = checkpoint, revision, tuning
        self.model = load_model(
            LocalConfig(
                model=checkpoint,
                revision=revision,
                dtype="auto" if torch.cuda.is_available() else "float32",
            )
        )
        self.preprocessor = Preprocessor(checkpoint, revision=revision)
        self._saved_dtype = self.model.config.dtype or self.model.dtype
        end = self.model.generation_config.eos_token_id
        self._end: int = end[0] if isinstance(end, list) else end
        if tuning.lora_rank:
            self.model = _with_adapters(self.model, tuning.lora_rank)
        else:
            self.model.float().requires_grad_(True)
        self.trained = [each for each in self.model.parameters() if each.requires_grad]

    def prepare(self, examples: Sequence[Example]) -> list[tuple[ModelInput, Tensor]]:
        """Prompts and answers, (tokens,) each.

        A photo on which the embedded model's cutter finds no question is left out, with a warning.
        """
        cut = cutter() if self.preprocessor.cuts_questions else lambda photo: photo
        prepared = []
        for number, example in enumerate(examples):
            try:
                photos = [cut(photo) for photo in example.photos]
            except NoQuestionFoundError:
                logger.warning("no question found on a photo", extra={"example": number})
                continue
            prepared.append(self._prepared(example, photos))
        return prepared

    def prepare_canvases(self, examples: Sequence[Example]) -> list[tuple[ModelInput, Tensor]]:
        """The same of examples whose photos are cut out already."""
        return [self._prepared(example, example.photos) for example in examples]

    def _prepared(self, example: Example, photos: list[bytes]) -> tuple[ModelInput, Tensor]:
        prompt = self.preprocessor.prepare(example.messages, photos)
        # Thinking is left out: an answer follows its template's opening at once.
        text = ("</think>" if prompt.opening else "") + example.answer
        ids = self.preprocessor.tokenizer(text, add_special_tokens=False)["input_ids"]
        return prompt, torch.tensor([*ids, self._end])

    def train(self, prepared: Sequence[tuple[ModelInput, Tensor]]) -> list[float]:
        """Train on all. Returns the mean loss of each epoch."""
        tuning = self.tuning
        optimizer = torch.optim.AdamW(
            self.trained, lr=tuning.learning_rate, weight_decay=_DECAY, betas=(0.9, 0.98)
        )
        steps_an_epoch = math.ceil(len(prepared) / tuning.batch)
        num_steps, step = tuning.epochs * steps_an_epoch, 0
        torch.manual_seed(tuning.seed)
        self.model.train()
        losses = []
        for epoch in range(tuning.epochs):
            order = [prepared[place] for place in torch.randperm(len(prepared)).tolist()]
            total = 0.0
            for start in range(0, len(order), tuning.batch):
                group = order[start : start + tuning.batch]
                for parameters in optimizer.param_groups:
                    parameters["lr"] = tuning.learning_rate * _scale(step, num_steps)
                for prompt, answer in group:
                    loss = self._loss(prompt, answer)
                    (loss / len(group)).backward()  # type: ignore[no-untyped-call]
                    total += float(loss.detach())
                torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                step += 1
            losses.append(total / len(order))
            print(f"epoch {epoch + 1} of {tuning.epochs}: loss {losses[-1]:.4f}", flush=True)
        self.model.eval()
        return losses

    def _loss(self, prompt: ModelInput, answer: Tensor) -> Tensor:
        """Mean cross-entropy of the answer's tokens."""
        device = self.model.device
        ids = torch.cat([torch.tensor(prompt.token_ids), answer])[None].to(device)
        is_image = ids == self.model.config.image_token_id
        options: dict[str, Any] = {}
        if prompt.images:
            options = {
                "pixel_values": torch.cat([image.pixel_values for image in prompt.images]).to(
                    device
                ),
                "image_grid_thw": torch.stack([image.grid for image in prompt.images]).to(device),
            }
        output = self.model(
            input_ids=ids,
            mm_token_type_ids=is_image.int(),
            logits_to_keep=len(answer) + 1,
            use_cache=False,
            **options,
        )
        return F.cross_entropy(output.logits[0, :-1].float(), answer.to(device))

    def save(self, directory: Path) -> None:
        """Write the checkpoint, weights last, then the manifest."""
        from transformers import AutoImageProcessor

        model = self.model.merge_and_unload() if self.tuning.lora_rank else self.model
        directory.mkdir(parents=True, exist_ok=True)
        self.preprocessor.tokenizer.save_pretrained(directory)
        options: dict[str, Any] = {"revision": self.revision, "trust_remote_code": False}
        AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            self.checkpoint, backend="pil", **options
        ).save_pretrained(directory)
        model.to(self._saved_dtype).save_pretrained(directory)
        calibration = Path(self.checkpoint) / CALIBRATION
        if calibration.is_file():
            # The best guess there is: a tuned model is no surer of itself by right than it was.
            shutil.copyfile(calibration, directory / CALIBRATION)
        write_manifest(directory)


def _scale(step: int, num_steps: int) -> float:
    warm_up = max(1, round(_WARM_UP_SHARE * num_steps))
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, num_steps - warm_up)))


def _with_adapters(model: Any, rank: int) -> Any:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=_LORA_TARGETS, bias="none"
    )
    return get_peft_model(model, config)


def main() -> None:
    """Fine-tune."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    defaults = Tuning()
    parser.add_argument("--model", required=True)
    parser.add_argument("--revision", help="of a hub id")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=defaults.epochs)
    parser.add_argument("--batch", type=int, default=defaults.batch)
    parser.add_argument("--learning-rate", type=float, default=defaults.learning_rate)
    parser.add_argument("--lora-rank", type=int, help="0 trains all weights; 16 for a large model")
    parser.add_argument("--faces", type=Path, help="rehearse the embedded model's own exercises")
    arguments = parser.parse_args()
    if (arguments.out / "config.json").exists():
        parser.error(f"{arguments.out} has a checkpoint already")
    try:
        examples = read_export(arguments.data)
        rank = arguments.lora_rank
        if rank is None:
            rank = 0 if _is_small(arguments.model, arguments.revision) else 16
        tuner = Tuner(
            arguments.model,
            revision=arguments.revision,
            tuning=Tuning(
                epochs=arguments.epochs,
                batch=arguments.batch,
                learning_rate=arguments.learning_rate,
                lora_rank=rank,
            ),
        )
        prepared = tuner.prepare(examples)
    except InferenceError as error:
        parser.exit(1, f"{error.message}\n")
    print(f"{len(prepared)} of {len(examples)} examples can be used")
    if not prepared:
        parser.exit(1, "nothing to train on\n")
    if arguments.faces is not None:
        prepared += tuner.prepare_canvases(list(rehearsal(arguments.faces, len(prepared))))
    tuner.train(prepared)
    tuner.save(arguments.out)
    print(f"{arguments.out}: serve it with  python manage.py serve --model {arguments.out}")


def _is_small(model: str, revision: str | None) -> bool:
    """Whether all weights can be trained, told from the configuration alone."""
    from transformers import AutoConfig

    text = AutoConfig.from_pretrained(model, revision=revision, trust_remote_code=False).text_config
    a_layer = 4 * text.hidden_size**2 + 3 * text.hidden_size * text.intermediate_size
    return bool(text.num_hidden_layers * a_layer < _WHOLE_BELOW)


if __name__ == "__main__":
    main()
