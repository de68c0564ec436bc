"""Clients of others: the examples of the README as they stand, and what such clients may send."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homework.access.models import Scope
from homework.access.services import token_create
from homework.accounts.models import User
from homework.policy.models import Mode
from homework.policy.services import class_policy_set
from homework.solutions.models import Solution
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People, make_people
from tests.live import ROOT, TIMEOUT_S, LiveSite

PHOTO = ROOT / "tests" / "photos" / "print-brackets.jpg"
"""Calculate: 12 + 3 × (8 - 5)"""
CHAT = "/v1/chat/completions"


READMES = {"README.md": "## For programs", "README.zh-CN.md": "## 供程序使用"}


def examples(readme: str) -> list[tuple[str, str]]:
    section = (ROOT / readme).read_text().split(READMES[readme])[1].split("\n## ")[0]
    return re.findall(r"```(sh|python)\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveSite]:
    with django_db_blocker.unblock():
        site = LiveSite()
    yield site
    site.kill()


@pytest.fixture
def secret(transactional_db: None) -> str:
    alice = make_people().alice
    return token_create(user=alice, name="x", scopes=Scope.values, days=1)[1]


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize(
    ("number", "wanted"),
    [(0, '"type":"done"'), (1, "21"), (2, "21"), (3, "done")],
    ids=["curl", "requests", "openai", "websockets"],
)
def test_the_examples_of_the_readme_run_as_they_stand(
    site: LiveSite, secret: str, tmp_path: Path, readme: str, number: int, wanted: str
) -> None:
    language, text = examples(readme)[number]
    if language == "sh" and shutil.which("curl") is None:
        pytest.skip("no curl here")
    shutil.copy(PHOTO, tmp_path / "photo.jpg")
    done = subprocess.run(
        ["sh", "-c", text] if language == "sh" else [sys.executable, "-c", text],
        cwd=tmp_path,
        env=os.environ | {"HOMEWORK_URL": site.url, "HOMEWORK_TOKEN": secret},
        capture_output=True,
        text=True,
        timeout=3 * TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert wanted in done.stdout
    solution = Solution.objects.get()
    assert (solution.state, solution.answer_latex) == ("finished", "21")
    assert solution.answer_check is not None
    assert solution.language == ("zh" if "zh" in readme else "en")
    if number in {1, 2}:
        assert done.stdout.strip() == solution.text.strip()


@pytest.mark.parametrize("readme", READMES)
def test_there_are_four_examples(readme: str) -> None:
    assert len(examples(readme)) == 4


def test_openai_without_a_stream_and_its_errors(site: LiveSite, secret: str) -> None:
    import openai

    client = openai.OpenAI(base_url=f"{site.url}/v1", api_key=secret, max_retries=0)
    assert [model.id for model in client.models.list()] == ["homework-helper"]
    completion = client.chat.completions.create(
        model="homework-helper",
        messages=[
            {"role": "system", "content": "You are a teacher."},
            {"role": "user", "content": "3x + 5 = 20"},
        ],
        temperature=0,
    )
    assert "x = 5" in (completion.choices[0].message.content or "")
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    assert completion.usage.completion_tokens > 0
    with_usage = list(
        client.chat.completions.create(
            model="homework-helper",
            messages=[{"role": "user", "content": "解方程 3x + 5 = 20"}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert with_usage[-1].usage is not None
    text = "".join(chunk.choices[0].delta.content or "" for chunk in with_usage if chunk.choices)
    assert "第1步" in text
    unsolved = client.chat.completions.create(
        model="homework-helper", messages=[{"role": "user", "content": "What is love?"}]
    )
    assert unsolved.choices[0].message.content
    stranger = openai.OpenAI(base_url=f"{site.url}/v1", api_key="sk-x", max_retries=0)
    with pytest.raises(openai.AuthenticationError) as refused:
        stranger.models.list()
    assert refused.value.code == "invalid_token"
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="x", messages=[])


@pytest.mark.django_db
class TestNonsense:
    @pytest.mark.parametrize(
        "data",
        [None, [], "x", {}, [5], [""], [" ", None], ["x", 5], ["x", "y", "z"], [None, "x"], [[]]],
    )
    def test_what_the_script_would_not_send(self, api: Api, data: Any) -> None:
        response = api.post("/api/predict", {"data": data})
        assert response.status_code == 422
        problem(response)
        assert not Solution.objects.exists()

    @pytest.mark.parametrize("url", ["https://example.org/x.jpg", "data:text/html;base64,AAAA"])
    def test_pictures_are_not_fetched(self, api: Api, url: str) -> None:
        assert api.post("/api/predict", {"data": ["x", url]}).status_code in {415, 422}
        content = [{"type": "image_url", "image_url": {"url": url}}]
        response = api.post(CHAT, {"messages": [{"role": "user", "content": content}]})
        assert response.json()["error"]["code"] in {"invalid_image_url", "unsupported_format"}

    @pytest.mark.parametrize(
        "messages",
        [
            None,
            [],
            "x",
            [5],
            [{}],
            [{"role": "system", "content": "x"}],
            [{"role": "user"}],
            [{"role": "user", "content": ""}],
            [{"role": "user", "content": 5}],
            [{"role": "user", "content": []}],
            [{"role": "user", "content": [{"type": "audio"}]}],
            [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}],
            [{"role": "user", "content": "x" * 20_001}],
        ],
    )
    def test_what_no_openai_client_would_send(self, api: Api, messages: Any) -> None:
        response = api("POST", CHAT, json.dumps({"messages": messages}).encode())
        assert response.status_code == 422
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}
        assert not Solution.objects.exists()

    def test_only_one_choice(self, api: Api) -> None:
        body = {"messages": [{"role": "user", "content": "1+1"}], "n": 2}
        assert api.post(CHAT, body).status_code == 422

    def test_a_token_that_only_reads_asks_nothing(self, alice: User) -> None:
        only_reads = api_of(alice, Scope.READ)
        assert only_reads.post("/api/predict", {"data": ["1+1"]}).status_code == 403
        assert only_reads.post(CHAT, {"messages": []}).status_code == 403

    def test_nobody_asks_nothing(self) -> None:
        assert problem(Api().post("/api/predict", {"data": ["1+1"]}))["code"] == "not_signed_in"
        assert Api().post(CHAT, {}).json()["error"]["code"] == "not_signed_in"

    @pytest.mark.parametrize("mode", [Mode.HINTS_FIRST, Mode.HINTS_ONLY, Mode.CLOSED])
    def test_a_class_that_sees_hints_first_gets_no_answers_this_way(
        self, people: People, mode: Mode
    ) -> None:
        class_policy_set(classroom=people.terry.classrooms.get(), mode=mode, by=people.terry)
        api = api_of(people.alice)
        assert problem(api.post("/api/predict", {"data": ["1+1"]}))["code"] == "answers_hidden"
        body = {"messages": [{"role": "user", "content": "1+1"}], "stream": True}
        assert api.post(CHAT, body).json()["error"]["code"] == "answers_hidden"
        assert not Solution.objects.exists()
