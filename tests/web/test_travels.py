"""A ranking followed on the page of a result, under the rules whose sheets do not say by what papers move."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from random import Random  # noqa: TID251  examples are no secrets
from typing import Any

import pytest
from flask import Flask

from governance.count import blt_reader
from governance.domain.draft import Candidate, Constraint, Contest
from governance.services import running
from governance.web.app import create_app
from tests.report.test_trail import walked
from tests.services.a_record import ELECTION as UNVERIFIED
from tests.services.a_record import a_contest, a_count, a_manifest, write_record
from tests.services.stage import ELECTION, TWO, a_draft, a_stage
from tests.web.browser import AT, application, words

PEOPLE = tuple(Candidate(f"p{i}", f"Person {i}") for i in range(9))
BOARD = Contest(
    "board",
    "At large",
    2,
    PEOPLE[:6],
    min_ballots=2,
    rule="meek-prf",
    constraints=(Constraint("region", "Africa", 1, 2, ("p0", "p1")),),
)
CHAIRS = Contest(
    "chairs",
    "Chairs",
    2,
    PEOPLE[1:],
    min_ballots=2,
    rule="ers97",
    after=("board",),
    constraints=(Constraint("region", "Africa", 1, 3, ("p0", "p1", "p7")),),
)


def _ranking(chance: Random, contest: Contest) -> list[int]:
    return chance.sample(range(len(contest.candidates)), chance.randint(1, contest.limit))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One contest after another, limits on both, somebody withdraws from each, so few papers that lots are drawn."""
    # With these papers each kind of round comes, whatever the lots.
    chance = Random(20260333)  # noqa: S311  examples are no secrets
    with a_stage(tmp_path_factory.mktemp("travels")) as stage:
        stage.until_open(draft=a_draft(contests=(BOARD, CHAIRS)))
        with stage.writing() as session:
            for i in range(1, 11):
                rankings = [_ranking(chance, one) for one in (BOARD, CHAIRS)]
                stage.troupe.vote(session, f"m{i}", rankings, stage.now)
            for contest, one in (("board", "p2"), ("chairs", "p4")):
                running.withdraw(session, TWO, ELECTION, contest=contest, candidate=one, reason="Moved", now=stage.now)
        stage.close()
        with stage.writing() as session:
            stage.troupe.tally(session, stage.now)
        yield application(stage)


def carried(page: str, contest: str) -> Any:
    found = re.search(rf'id="{contest}-travel" data-trail="([^"]*)"', page)
    assert found, page
    return json.loads(unescape(found[1]))


@pytest.mark.parametrize("contest", [BOARD, CHAIRS])
def test_all_papers_that_a_page_can_follow_make_up_the_published_sheets(app: Flask, contest: Contest) -> None:
    client = app.test_client()
    trail = carried(client.get(f"{AT}/result").text, contest.id)
    papers = blt_reader.read(client.get(f"/records/{ELECTION}/{contest.id}.blt").data).papers
    stages = client.get(f"/records/{ELECTION}/{contest.id}.json").get_json()["stages"]

    travels = [(number, walked(trail, ranking)) for number, ranking in papers]

    assert trail["rule"] == contest.rule
    assert len(trail["stages"]) == len(stages) >= 4
    done: set[str] = set()
    for n, stage in enumerate(stages):
        for one, (id_, tally) in enumerate(stage["tallies"].items()):
            held = sum(number * stops[n].of(one) for number, stops in travels if stops)
            if contest.rule == "meek-prf" or id_ not in done:
                assert held == int(tally.replace(".", ""))
        done |= {*stage["elected"]}


def test_a_record_whose_papers_do_not_give_its_count_names_the_command(tmp_path: Path) -> None:
    """Nobody verified it: it holds a count, and no paper."""
    manifest = a_manifest(contests=(a_contest(rule={"id": "ers97"}),))
    write_record(tmp_path, manifest=manifest, count=a_count(rule="ers97"))

    answer = create_app({"RECORDS": tmp_path}).test_client().get("/")

    assert answer.status_code == 200
    assert "data-trail" not in answer.text
    assert f"governance count {UNVERIFIED}-board.blt --rule ers97 --follow" in words(answer)
