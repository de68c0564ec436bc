"""Which engines the settings make, and what is told of settings that do not fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from homework.pipeline.checks import check_engines
from homework.pipeline.engine import (
    build_engine,
    engine_names,
)
from homework.pipeline.model_arguments import use_model
from inference.chain import ChainEngine


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").touch()
    return tmp_path


def ids() -> set[str | None]:
    return {message.id for message in check_engines(None)}


def test_without_a_model_the_rules_answer_alone(settings: Any) -> None:
    assert engine_names() == ["rules"]
    assert ids() == set()
    engine = build_engine()
    assert (engine.preferred_name, engine.sees, engine.num_workers) == ("rules", False, 2)


def test_a_model_stands_before_the_rules_and_is_fed_with_enough_questions(
    settings: Any, checkpoint: Path
) -> None:
    settings.MODEL = str(checkpoint)
    settings.MODEL_SLOTS = 16
    assert engine_names() == ["local", "rules"]
    assert ids() == set()
    engine = build_engine()
    assert isinstance(engine.solver, ChainEngine)
    assert engine.preferred_name == "local"
    assert engine.num_workers == 20
    assert not engine.sees  # as long as it is not loaded
    assert engine.states() == {"local": "loading", "rules": "loading"}


def test_model_servers_stand_before_the_rules(settings: Any) -> None:
    settings.REMOTE_URLS = ["http://127.0.0.1:8001/v1", "https://gpu.school.example/v1"]
    settings.REMOTE_MODEL = "glm"
    assert engine_names() == ["remote", "rules"]
    assert ids() == set()
    assert build_engine().preferred_name == "remote"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ENGINES": ["rules", "gpt"]}, {"homework.E010"}),
        ({"ENGINES": ["rules", "rules"]}, {"homework.E010"}),
        ({"ENGINES": ["local", "rules"]}, {"homework.E011"}),
        ({"ENGINES": ["remote", "rules"]}, {"homework.E011"}),
        ({"REMOTE_URLS": ["http://127.0.0.1:1/v1"]}, {"homework.E011"}),
        ({"MODEL": "/nowhere at all"}, {"homework.E012"}),
        ({"MODEL": "zai-org/GLM-4.6V-Flash"}, {"homework.E013"}),
        ({"MODEL": "zai-org/GLM-4.6V-Flash", "MODEL_REVISION": "411bb4d"}, set()),
        ({"REMOTE_URLS": ["gpu:8000"], "REMOTE_MODEL": "m"}, {"homework.E014"}),
        ({"REMOTE_URLS": ["http://gpu.example/v1"], "REMOTE_MODEL": "m"}, {"homework.W010"}),
        ({"MODEL_DTYPE": "int3"}, {"homework.E015"}),
        ({"MODEL_DEVICE": "tpu"}, {"homework.E015"}),
        ({"RULES_WORKERS": 0}, {"homework.E015"}),
        ({"ENGINE_STALL_S": 0.0}, {"homework.E015"}),
    ],
)
def test_each_mistake_has_its_id(settings: Any, values: dict[str, Any], expected: set[str]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    assert ids() == expected


def test_a_directory_that_is_no_checkpoint_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.MODEL = str(tmp_path)
    assert ids() == {"homework.E012"}


def test_a_chain_without_rules_is_warned_of_as_is_a_model_left_out(
    settings: Any, checkpoint: Path
) -> None:
    settings.MODEL = str(checkpoint)
    settings.ENGINES = ["local"]
    assert ids() == {"homework.W011"}
    settings.ENGINES = ["rules"]
    assert ids() == {"homework.W012"}


def test_the_command_line_puts_its_model_before_what_is_configured(
    settings: Any, checkpoint: Path
) -> None:
    settings.MODEL, settings.MODEL_REVISION = "some/model", "abc"
    settings.ENGINES = ["rules"]
    use_model(str(checkpoint), None)
    assert (str(checkpoint), "") == (settings.MODEL, settings.MODEL_REVISION)
    assert engine_names() == ["local", "rules"]


def test_serve_does_not_start_with_a_model_that_is_not_there(settings: Any) -> None:
    settings.MODEL = ""
    with pytest.raises(SystemCheckError, match="E012"):
        call_command("serve", "--model", "/nowhere at all", skip_checks=False)
