"""Classes by programs: what the pages do, with versions, pages by cursor and repeats."""

from __future__ import annotations

from typing import Any

import pytest

from homework.access.models import Scope
from homework.accounts.audit import AuditAction
from homework.accounts.models import AuditEvent, Classroom, Membership, School, User
from homework.api.models import IdempotentCall
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People

pytestmark = pytest.mark.django_db
URL = "/api/v1/classes"


@pytest.fixture
def terrys(people: People) -> Api:
    return api_of(people.terry)


@pytest.fixture
def class_7a(people: People) -> Classroom:
    return people.terry.classrooms.get()


@pytest.fixture
def url(class_7a: Classroom) -> str:
    return f"{URL}/{class_7a.pk}"


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


class TestReading:
    def test_a_class_with_its_code_and_its_people(
        self, terrys: Api, url: str, class_7a: Classroom
    ) -> None:
        found = terrys.get(url).json()
        assert (found["name"], found["join_code"]) == ("7a", class_7a.join_code)
        assert (found["num_students"], found["is_open"], found["is_archived"]) == (2, True, False)
        assert [teacher["username"] for teacher in found["teachers"]] == ["terry"]
        members = terrys.get(found["members_url"]).json()["data"]
        assert {member["username"] for member in members} == {"alice", "bob", "terry"}

    def test_a_list_in_pages(self, terrys: Api, people: People) -> None:
        school = people.terry.school
        for name in ("8a", "8b", "8c"):
            made = Classroom.objects.create(school=school, name=name)
            Membership.objects.create(user=people.terry, classroom=made)
        first = terrys.get(f"{URL}?limit=2&fields=name").json()
        second = terrys.get(first["next"]).json()
        assert [each["name"] for each in first["data"]] == ["8c", "8b"]
        assert [each["name"] for each in second["data"]] == ["8a", "7a"]
        assert second["next"] is None
        assert set(first["data"][0]) == {"id", "name"}

    def test_a_list_costs_the_same_for_one_as_for_many(
        self, terrys: Api, people: People, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(10):
            made = Classroom.objects.create(school=people.terry.school, name=str(number))
            Membership.objects.create(user=people.terry, classroom=made)
        terrys.get(URL)
        # Token and person, counters (4 with their savepoints), the school's networks, the page and
        # its teachers, the use of the day.
        with django_assert_max_num_queries(30):
            assert len(terrys.get(URL).json()["data"]) == 11

    def test_filters(self, terrys: Api, people: People, class_7a: Classroom) -> None:
        terrys("PATCH", f"{URL}/{class_7a.pk}", {"is_archived": True})
        assert terrys.get(URL).json()["data"] == []
        assert len(terrys.get(f"{URL}?state=archived").json()["data"]) == 1
        assert len(terrys.get(f"{URL}?state=all&q=7").json()["data"]) == 1
        assert terrys.get(f"{URL}?state=all&q=8").json()["data"] == []

    def test_an_administrator_sees_the_classes_of_the_school(self, people: People) -> None:
        names = {each["name"] for each in api_of(people.ada).get(URL).json()["data"]}
        assert names == {"7a", "7b"}

    def test_members_by_their_role(self, terrys: Api, url: str) -> None:
        found = terrys.get(f"{url}/members?role=student&fields=username").json()["data"]
        assert {member["username"] for member in found} == {"alice", "bob"}

    @pytest.mark.parametrize(
        "query",
        ["cursor=x", "cursor=MS4tMQ.x", "limit=0", "state=x", "fields=x", "q=" + "a" * 101, "x=1"],
    )
    def test_nonsense_is_refused(self, terrys: Api, query: str) -> None:
        assert problem(terrys.get(f"{URL}?{query}"))["code"] == "validation_failed"

    def test_a_cursor_of_another_list_is_refused(self, terrys: Api) -> None:
        import base64

        cursor = base64.urlsafe_b64encode(b"1.0b5e2c4f-d0a2-4b5f-8f6a-7a2f4a3c2b1d").decode()
        assert terrys.get(f"{URL}?cursor={cursor.rstrip('=')}").status_code == 422

    @pytest.mark.parametrize("class_id", ["0", "9" * 30, "x", "-1"])
    def test_what_is_no_class(self, terrys: Api, class_id: str) -> None:
        assert problem(terrys.get(f"{URL}/{class_id}"))["code"] == "not_found"


class TestMaking:
    def test_a_teacher_teaches_it(self, terrys: Api, people: People) -> None:
        response = terrys.post(URL, {"name": "  8a "})
        made = Classroom.objects.get(name="8a")
        assert response.status_code == 201
        assert response.headers["Location"] == f"{URL}/{made.pk}" == response.json()["url"]
        assert list(made.members.all()) == [people.terry]
        assert actions() == [AuditAction.CLASS_CREATED]

    def test_sent_again_it_is_made_once(self, terrys: Api) -> None:
        first = terrys.post(URL, {"name": "8a"}, **{"Idempotency-Key": "k"})
        again = terrys.post(URL, {"name": "8a"}, **{"Idempotency-Key": "k"})
        assert again.json() == first.json()
        assert Classroom.objects.filter(name="8a").count() == 1

    def test_an_administrator_makes_it_for_a_school_of_theirs(self, people: People) -> None:
        admin = api_of(people.ada)
        assert admin.post(URL, {"name": "8a"}).status_code == 201
        assert Classroom.objects.get(name="8a").members.count() == 0
        foreign = {"name": "8b", "school_id": people.tina.school_id}
        assert problem(admin.post(URL, foreign))["code"] == "not_found"
        assert problem(api_of(people.terry).post(URL, foreign))["code"] == "not_found"

    def test_who_administers_several_says_for_which(self, people: People) -> None:
        User.objects.filter(pk=people.ada.pk).update(school=None)
        admin = api_of(User.objects.get(pk=people.ada.pk))
        assert problem(admin.post(URL, {"name": "8a"}))["code"] == "invalid_input"
        school = School.objects.get(name="South")
        assert admin.post(URL, {"name": "8a", "school_id": school.pk}).status_code == 201

    @pytest.mark.parametrize(
        "body", [{}, {"name": ""}, {"name": "x" * 101}, {"name": 5}, {"name": "x", "y": 1}, []]
    )
    def test_nonsense_is_refused(self, terrys: Api, body: Any) -> None:
        assert problem(terrys.post(URL, body))["code"] == "validation_failed"
        assert not AuditEvent.objects.exists()


class TestChanging:
    def test_several_things_at_once(self, terrys: Api, url: str) -> None:
        body = {"name": "7c", "is_open": False, "is_archived": True}
        found = terrys("PATCH", url, body).json()
        assert (found["name"], found["is_open"], found["is_archived"]) == ("7c", False, True)
        assert actions() == [
            AuditAction.CLASS_RENAMED,
            AuditAction.CLASS_CLOSED,
            AuditAction.CLASS_ARCHIVED,
        ]

    def test_all_of_it_or_nothing(self, terrys: Api, url: str, class_7a: Classroom) -> None:
        refused = terrys("PATCH", url, {"is_open": False, "name": "\u200b"})
        assert problem(refused)["code"] == "invalid_input"
        class_7a.refresh_from_db()
        assert (class_7a.name, class_7a.is_open) == ("7a", True)
        assert actions() == []

    def test_an_archived_class_is_restored_first(self, terrys: Api, url: str) -> None:
        terrys("PATCH", url, {"is_archived": True})
        assert problem(terrys("PATCH", url, {"name": "7c"}))["code"] == "class_archived"
        found = terrys("PATCH", url, {"name": "7c", "is_archived": False}).json()
        assert (found["name"], found["is_archived"]) == ("7c", False)

    def test_the_later_of_two_is_told(self, terrys: Api, people: People, url: str) -> None:
        seen = terrys.get(url).headers["ETag"]
        api_of(people.ada)("PATCH", url, {"name": "7c"})
        refused = terrys("PATCH", url, {"name": "7d"}, **{"If-Match": seen})
        assert (refused.status_code, problem(refused)["code"]) == (412, "precondition_failed")
        assert terrys.get(url).json()["name"] == "7c"
        now = terrys.get(url).headers["ETag"]
        assert terrys("PATCH", url, {"name": "7d"}, **{"If-Match": now}).status_code == 200
        assert terrys("PATCH", url, {"name": "7e"}, **{"If-Match": "*"}).status_code == 200

    def test_an_unchanged_read_is_304(self, terrys: Api, url: str) -> None:
        seen = terrys.get(url).headers["ETag"]
        assert terrys.get(url, **{"If-None-Match": seen}).status_code == 304

    @pytest.mark.parametrize("body", [{}, {"is_open": "no"}, {"join_code": "ABCDEFGH"}])
    def test_nonsense_is_refused(self, terrys: Api, url: str, body: Any) -> None:
        assert problem(terrys("PATCH", url, body))["code"] == "validation_failed"

    def test_a_new_code(self, terrys: Api, url: str, class_7a: Classroom) -> None:
        found = terrys.post(f"{url}/join-code").json()
        assert found["join_code"] != class_7a.join_code
        assert actions() == [AuditAction.CLASS_CODE_ROTATED]


class TestPeople:
    def test_students_are_added_with_one_time_passwords(
        self, terrys: Api, url: str, class_7a: Classroom
    ) -> None:
        body = {"students": [{"username": "mia.koch", "first_name": "Mia", "last_name": "Koch"}]}
        response = terrys.post(f"{url}/students", body)
        [row] = response.json()["data"]
        assert (response.status_code, row["result"], row["name"]) == (201, "created", "Mia Koch")
        assert response.headers["Cache-Control"] == "no-store"
        mia = User.objects.get(username="mia.koch")
        assert mia.check_password(row["one_time_password"])
        assert mia.must_change_password
        assert class_7a.members.filter(pk=mia.pk).exists()
        assert actions() == [AuditAction.STUDENTS_IMPORTED]

    def test_sent_again_the_passwords_are_not_told_again(self, terrys: Api, url: str) -> None:
        """They are stored nowhere, also not for whoever lost the answer."""
        body = {"students": [{"username": "mia.koch"}]}
        key = {"Idempotency-Key": "k"}
        [first] = terrys.post(f"{url}/students", body, **key).json()["data"]
        [again] = terrys.post(f"{url}/students", body, **key).json()["data"]
        assert again == first | {"one_time_password": None}
        assert first["one_time_password"] not in str(IdempotentCall.objects.get().body)

    def test_all_of_them_or_none(self, terrys: Api, people: People, url: str) -> None:
        body = {"students": [{"username": "mia.koch"}, {"username": "charlie"}]}
        refused = problem(terrys.post(f"{url}/students", body))
        assert refused["code"] == "validation_failed"
        assert refused["errors"][0]["field"] == "students.1"
        assert not User.objects.filter(username="mia.koch").exists()

    def test_a_trial_writes_nothing(self, terrys: Api, url: str) -> None:
        body = {"students": [{"username": "mia.koch"}, {"username": "alice"}], "is_trial": True}
        response = terrys.post(f"{url}/students", body)
        assert [row["result"] for row in response.json()["data"]] == ["created", "unchanged"]
        assert response.status_code == 200
        assert not User.objects.filter(username="mia.koch").exists()

    @pytest.mark.parametrize(
        "students",
        [[], [{}], [{"username": 5}], [5], "x", [{"username": "a", "role": "admin"}]],
    )
    def test_nonsense_is_refused(self, terrys: Api, url: str, students: Any) -> None:
        refused = terrys.post(f"{url}/students", {"students": students})
        assert problem(refused)["code"] == "validation_failed"

    def test_a_colleague_teaches_it_too(self, terrys: Api, people: People, url: str) -> None:
        response = terrys.post(f"{url}/teachers", {"username": "dora"})
        assert (response.status_code, response.json()["role"]) == (201, "teacher")
        assert api_of(people.dora).get(url).status_code == 200
        assert problem(terrys.post(f"{url}/teachers", {"username": "tina"}))["code"] == (
            "invalid_input"
        )

    def test_somebody_is_taken_out(self, terrys: Api, people: People, url: str) -> None:
        member = f"{url}/members/{people.alice.pk}"
        assert terrys.get(member).json()["username"] == "alice"
        assert terrys("DELETE", member).status_code == 204
        assert problem(terrys("DELETE", member))["code"] == "not_found"
        assert problem(terrys.get(member))["code"] == "not_found"
        assert User.objects.filter(pk=people.alice.pk).exists()

    def test_a_class_keeps_a_teacher(self, terrys: Api, people: People, url: str) -> None:
        refused = terrys("DELETE", f"{url}/members/{people.terry.pk}")
        assert (refused.status_code, problem(refused)["code"]) == (409, "last_teacher")

    def test_a_student_moves(self, terrys: Api, people: People, url: str) -> None:
        other = terrys.post(URL, {"name": "8a"}).json()
        move = f"{url}/members/{people.alice.pk}/move"
        assert terrys.post(move, {"class_id": other["id"]}).status_code == 200
        assert [each.name for each in people.alice.classrooms.all()] == ["8a"]
        foreign = people.tina.classrooms.get().pk
        again = f"{other['url']}/members/{people.alice.pk}/move"
        assert problem(terrys.post(again, {"class_id": foreign}))["code"] == "not_found"

    def test_a_new_password(self, terrys: Api, people: People, url: str) -> None:
        response = terrys.post(f"{url}/members/{people.alice.pk}/password")
        people.alice.refresh_from_db()
        assert people.alice.check_password(response.json()["one_time_password"])
        assert response.headers["Cache-Control"] == "no-store"
        refused = terrys.post(f"{url}/members/{people.terry.pk}/password")
        assert problem(refused)["code"] == "not_found"

    @pytest.mark.parametrize("case", ["archived", "gone"])
    def test_no_password_of_who_is_no_longer_taught(
        self, terrys: Api, people: People, url: str, class_7a: Classroom, case: str
    ) -> None:
        """Whoever gives a password can sign in with it."""
        if case == "archived":
            terrys("PATCH", url, {"is_archived": True})
        else:
            User.objects.filter(pk=people.alice.pk).update(school=people.tina.school)
        old = User.objects.get(pk=people.alice.pk).password
        refused = terrys.post(f"{url}/members/{people.alice.pk}/password")
        expected = {"archived": "class_archived", "gone": "not_found"}
        assert problem(refused)["code"] == expected[case]
        assert User.objects.get(pk=people.alice.pk).password == old


class TestScopes:
    @pytest.mark.parametrize(
        ("method", "path", "scope"),
        [
            ("GET", "", Scope.CLASSES_READ),
            ("GET", "/members", Scope.CLASSES_READ),
            ("GET", "/policy", Scope.CLASSES_READ),
            ("GET", "/insight", Scope.INSIGHT_READ),
            ("PATCH", "", Scope.CLASSES_WRITE),
            ("POST", "/join-code", Scope.CLASSES_WRITE),
            ("POST", "/students", Scope.CLASSES_WRITE),
            ("POST", "/teachers", Scope.CLASSES_WRITE),
            ("PUT", "/policy", Scope.CLASSES_WRITE),
            ("POST", "/policy/windows", Scope.CLASSES_WRITE),
        ],
    )
    def test_a_token_without_it_is_refused(
        self, people: People, url: str, method: str, path: str, scope: Scope
    ) -> None:
        others = [each for each in Scope if each != scope]
        refused = problem(api_of(people.terry, *others)(method, url + path))
        assert (refused["code"], refused["missing_scope"]) == ("permission_denied", scope)
        assert api_of(people.terry, scope)(method, url + path).status_code != 403
