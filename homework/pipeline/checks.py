"""Engines that the settings ask for and that cannot work, told before anything starts.

| id | meaning |
|---|---|
| homework.E010 | HH_ENGINES names an engine that there is not, or one twice |
| homework.E011 | an engine is asked for without HH_MODEL, or HH_REMOTE_URLS and HH_REMOTE_MODEL |
| homework.E012 | HH_MODEL is no checkpoint that can be loaded |
| homework.E013 | HH_MODEL is a hub id without HH_MODEL_REVISION |
| homework.E014 | an address in HH_REMOTE_URLS is none |
| homework.E015 | a number or name among the engine settings is out of its range |
| homework.W010 | photos would travel to a model server in clear text |
| homework.W011 | the chain does not end with the rules: nobody answers when the model cannot |
| homework.W012 | a model or server is configured and HH_ENGINES leaves it out |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from homework.common.checks import is_local_host
from homework.pipeline.engine import engine_names

ENGINES = ("local", "remote", "rules")
DTYPES = ("auto", "float32", "bfloat16", "float16")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")


@register
def check_engines(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whether the chain of engines can be built."""
    names = engine_names()
    unknown = [name for name in names if name not in ENGINES]
    if unknown or len(set(names)) < len(names):
        return [
            Error(
                f"HH_ENGINES is {','.join(names)}: each of {', '.join(ENGINES)} at most once.",
                id="homework.E010",
            )
        ]
    found: list[CheckMessage] = [*_check_numbers()]
    if "local" in names:
        found += _check_model()
    if "remote" in names:
        found += _check_remote()
    if names[-1] != "rules":
        found.append(
            Warning(
                "Nobody answers while the model cannot: the rule engine is not the last engine.",
                hint="End HH_ENGINES with rules.",
                id="homework.W011",
            )
        )
    left_out = {"local": settings.MODEL, "remote": settings.REMOTE_URLS}
    found += [
        Warning(
            f"HH_ENGINES leaves out the {name} engine, which is configured.", id="homework.W012"
        )
        for name, is_configured in left_out.items()
        if is_configured and name not in names
    ]
    return found


def _check_model() -> list[CheckMessage]:
    model = settings.MODEL
    if not model:
        return [
            Error(
                "HH_ENGINES asks for the local engine, but no model is named.",
                hint="Set HH_MODEL to a checkpoint's directory or hub id.",
                id="homework.E011",
            )
        ]
    directory = Path(model)
    if directory.is_dir():
        missing = [] if (directory / "config.json").is_file() else ["config.json"]
        if not any(directory.glob("*.safetensors")):
            missing.append("*.safetensors")
        if not missing:
            return []
        return [
            Error(
                f"The checkpoint {model} lacks {' and '.join(missing)}.",
                hint="HH_MODEL is a directory in Hugging Face layout with safetensors weights.",
                id="homework.E012",
            )
        ]
    if not _HUB_ID.fullmatch(model):
        return [
            Error(
                f"HH_MODEL is {model}, which is neither a directory nor a hub id.",
                id="homework.E012",
            )
        ]
    if not settings.MODEL_REVISION:
        return [
            Error(
                f"The model {model} might change on the hub without anybody noticing.",
                hint="Pin it: set HH_MODEL_REVISION to the commit that you have tried.",
                id="homework.E013",
            )
        ]
    return []


def _check_remote() -> list[CheckMessage]:
    if not settings.REMOTE_URLS or not settings.REMOTE_MODEL:
        return [
            Error(
                "The remote engine needs servers and the name of a model.",
                hint="Set HH_REMOTE_URLS and HH_REMOTE_MODEL.",
                id="homework.E011",
            )
        ]
    found: list[CheckMessage] = []
    for url in settings.REMOTE_URLS:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            found.append(
                Error(
                    f"{url} is no address of a model server.",
                    hint="For example http://127.0.0.1:8001/v1",
                    id="homework.E014",
                )
            )
        elif parts.scheme == "http" and not is_local_host(parts.hostname):
            found.append(
                Warning(
                    f"Photos travel in clear text to {parts.hostname}.",
                    hint="Use https, or a tunnel that ends on this machine.",
                    id="homework.W010",
                )
            )
    return found


def _check_numbers() -> list[CheckMessage]:
    """Settings that have a least value, and names from a list."""
    least = {
        "PIPELINE_WORKERS": 0,
        "RULES_WORKERS": 1,
        "MAX_NEW_TOKENS": 1,
        "MODEL_SLOTS": 0,
        "MODEL_MAX_LEN": 64,
        "MODEL_PREFILL_BUDGET": 1,
        "MODEL_FEATURE_CACHE_MB": 0,
        "MODEL_THREADS": 0,
        "REMOTE_MAX_ACTIVE": 1,
    }
    positive = (
        "ENGINE_STALL_S",
        "ENGINE_WAIT_S",
        "ENGINE_RESTART_S",
        "REMOTE_FIRST_TOKEN_S",
        "REMOTE_SILENCE_S",
    )
    wrong = [
        f"HH_{name} must be at least {bound}."
        for name, bound in least.items()
        if getattr(settings, name) < bound
    ]
    wrong += [f"HH_{name} must be above 0." for name in positive if getattr(settings, name) <= 0]
    if settings.MODEL_DTYPE not in DTYPES:
        wrong.append(f"HH_MODEL_DTYPE must be one of {', '.join(DTYPES)}.")
    if not _DEVICE.fullmatch(settings.MODEL_DEVICE):
        wrong.append("HH_MODEL_DEVICE must be auto, cpu, cuda or cuda:<number>.")
    return [Error(message, id="homework.E015") for message in wrong]
