from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from homework.pipeline import process
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.process import Pipeline
from tests.homework.people import People, make_people


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.BATCH_DIR = tmp_path / "batches"


@pytest.fixture
def people(transactional_db: None) -> People:
    """Committed, since the pipeline's threads have connections of their own."""
    return make_people()


@pytest.fixture
def start(transactional_db: None) -> Iterator[Callable[[PipelineEngine], Pipeline]]:
    """Start this process's pipeline with an engine, and the tasks beside it; drained at the end."""
    started: list[Pipeline] = []

    def start(engine: PipelineEngine) -> Pipeline:
        pipeline = Pipeline(engine, instance="test")
        started.append(pipeline)
        process.install(pipeline)
        pipeline.start()
        return pipeline

    yield start
    process.install(None)
    for pipeline in started:
        pipeline.drain(timeout_s=30)
