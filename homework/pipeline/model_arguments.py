"""`--model` and `--revision` of the commands: the settings HH_MODEL and HH_MODEL_REVISION, for one
run."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings


def add_model_arguments(parser: ArgumentParser) -> None:
    """Let a command take a model."""
    parser.add_argument(
        "--model",
        metavar="DIR|HUB-ID",
        help="the checkpoint that answers, in Hugging Face layout, instead of HH_MODEL",
    )
    parser.add_argument("--revision", help="the commit of a hub id, instead of HH_MODEL_REVISION")


def use_model(model: str | None, revision: str | None) -> None:
    """Put what was given in the place of the settings. The system checks say whether it fits."""
    if model is not None:
        settings.MODEL = model
        settings.MODEL_REVISION = ""
        if settings.ENGINES and "local" not in settings.ENGINES:
            settings.ENGINES = ["local", *settings.ENGINES]
    if revision is not None:
        settings.MODEL_REVISION = revision
