"""A long run of the fuzzer over a site of its own.

    python -m tests.fuzz --calls 20000

A student and a teacher take turns, each round with another seed; it is another school's teacher,
since a teacher may give students new passwords. Prints the calls by status and the
server's memory; ends with 1 when a check has failed, after the report.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from itertools import count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--examples", type=int, default=60, help="for each call, phase and round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round-seconds", type=int, default=420)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        os.environ |= {
            "HH_DATA_DIR": directory,
            "HH_STATIC_MANIFEST": "0",
            "DJANGO_SETTINGS_MODULE": "tests.fuzz.settings",
        }
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    import django

    django.setup()

    from django.core.management import call_command

    from homework.access.models import Scope
    from homework.access.services import token_create
    from tests.fuzz.fuzzing import faults, fuzz, statuses
    from tests.fuzz.limits import LIMITS
    from tests.homework.people import make_people
    from tests.live import LiveSite

    call_command("migrate", verbosity=0)
    people = make_people()
    tokens = [
        token_create(user=user, name="fuzz", scopes=Scope.values, days=1)[1]
        for user in (people.charlie, people.terry)
    ]
    site = LiveSite("-m", "tests.fuzz.site", **LIMITS)
    is_good = True
    begun = time.monotonic()
    first_kb = site.rss_kb
    try:
        for number in count():
            outcome = fuzz(
                site,
                tokens[number % 2],
                seed=options.seed + number,
                num_examples=options.examples,
                seconds=options.round_seconds,
            )
            is_good = is_good and outcome.is_good
            if not outcome.is_good:
                print(outcome.report)
            answered = statuses(site)
            print(
                f"round {number + 1}: {sum(answered.values())} calls in "
                f"{time.monotonic() - begun:.0f} s, {dict(sorted(answered.items()))}, "
                f"{site.rss_kb // 1024} MB (at first {first_kb // 1024} MB)",
                flush=True,
            )
            if sum(answered.values()) >= options.calls:
                break
    finally:
        site.kill()
    unexpected = faults(site)
    print("".join(unexpected[:20]), end="")
    return 0 if is_good and not unexpected else 1


if __name__ == "__main__":
    sys.exit(main())
