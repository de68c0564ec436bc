"""Times the pages of the teachers' dashboard on a site full of made-up work.

    HH_DEMO=1 python manage.py make_demo_data --solutions 100000
    python -m benchmarks.dashboard
    HH_DATABASE_URL=postgres://user:password@127.0.0.1:5432/name python -m benchmarks.dashboard

Each page is asked for in this process, from URL to bytes: session, permissions, queries, template.
Printed are the median and the slowest of the runs after a first one that is not counted, and the
number of queries. Exits with 1 when a median is above the bound.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from statistics import median


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--teacher", default="teacher-1-1")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--bound-ms", type=float, default=300.0)
    args = parser.parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homework.settings")
    os.environ.setdefault("HH_LOG_LEVEL", "WARNING")
    os.environ.setdefault("HH_STATIC_MANIFEST", "0")  # nobody fetches the static files here

    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from homework.accounts.models import User
    from homework.accounts.selectors import classrooms_taught_by, students_taught_by
    from homework.solutions.models import Solution, Step

    teacher = User.objects.filter(username=args.teacher).first()
    if teacher is None:
        parser.error(f"no {args.teacher} here: run make_demo_data first")
    classroom = classrooms_taught_by(teacher=teacher).order_by("name")[0]
    students = students_taught_by(teacher=teacher)
    student = students.order_by("pk")[0]
    queue, insight = reverse("teach:queue"), reverse("teach:insight")
    of_class = {name: reverse(f"teach:{name}", args=[classroom.pk]) for name in OF_CLASS}
    pages = {
        "queue": queue,
        "queue, one class": f"{queue}?classroom={classroom.pk}",
        "queue, one student": f"{queue}?student={student.pk}",
        "queue, one topic": f"{queue}?topic=fractions",
        "queue, failed": f"{queue}?verdict=failed",
        "queue, reviewed": f"{queue}?review=reviewed",
        "queue, search": f"{queue}?q=x%5E2",
        "queue, search without a hit": f"{queue}?q=zzzz",
        "insight, 28 days, all classes": f"{insight}?days=28",
        "insight, 90 days, all classes": f"{insight}?days=90",
        "insight, 28 days, one class": f"{of_class['insight_class']}?days=28",
        "insight, one student": reverse("teach:insight_student", args=[student.pk]),
        "the week on one sheet": of_class["insight_week"],
        "CSV": of_class["insight_table"],
        "classes": reverse("teach:classes"),
    }
    print(
        f"{connection.vendor}: {Solution.objects.count()} solutions, {Step.objects.count()} steps;"
        f" {args.teacher} teaches {students.count()} students, who asked"
        f" {Solution.objects.filter(student__in=students.values('pk')).count()}"
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(teacher)
    print(f"{'page':34} {'median ms':>10} {'slowest ms':>11} {'queries':>8} {'kB':>6}")
    too_slow = []
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
            num_queries = len(queries)
        assert response.status_code == 200, (address, response.status_code)
        times_ms = []
        for _ in range(args.runs):
            started = time.perf_counter()
            client.get(address)
            times_ms.append(1000 * (time.perf_counter() - started))
        middle = median(times_ms)
        kilobytes = len(response.content) / 1000
        print(f"{name:34} {middle:10.0f} {max(times_ms):11.0f} {num_queries:8} {kilobytes:6.0f}")
        if middle > args.bound_ms:
            too_slow.append(name)
    for name in too_slow:
        print(f"above {args.bound_ms:.0f} ms: {name}")
    return 1 if too_slow else 0


OF_CLASS = ("insight_class", "insight_week", "insight_table")

if __name__ == "__main__":
    sys.exit(main())
