"""The page of who accepted a seat and may not take it by its rules, and what their own page says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from governance.domain.eligibility.language import Purpose, named
from governance.domain.eligibility.templates import DEFAULT
from tests.services import seated
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import Someone, staged, words

As = Callable[[str], Someone]
AFRICA = replace(DEFAULT, contests={"board": {Purpose.SIT: named("place_in", place="region", values=["Africa"])}})


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Member 4 accepted and declared, and by the rules does not take the seat."""
    with a_stage(Path(tmp_path_factory.mktemp("taking"))) as made:
        seated.begin(made)
        seated.elect(made, rules=AFRICA)
        seated.certify(made)
        seated.take(made, "m4")
        yield made


@pytest.fixture
def stage(refused: Stage, tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, refused) as (made, _):
        yield made


@pytest.fixture
def as_(site: Flask, stage: Stage) -> As:
    return lambda member: Someone(site, stage).let_in(member)


@pytest.fixture
def there(stage: Stage) -> str:
    return f"/officer/holdings/{seated.holding(stage, 'm4')}/rules"


def test_the_person_reads_why_the_seat_is_not_theirs(stage: Stage, as_: As) -> None:
    member = as_("m4")
    name = seated.holding(stage, "m4")

    assert "See why your seat is not yours yet" in words(member.get("/home"))
    page = words(member.get(f"/my-seats/{name}"))
    assert "Not yours yet" in page
    assert "whose region is Africa" in page
    assert "the rules for taking it say no" in words(member.get("/my-seats"))
    assert member.get(f"/officer/holdings/{name}/rules").status_code == 403


def test_an_exception_is_asked_for_approved_and_published(stage: Stage, as_: As, there: str, anybody: Someone) -> None:
    name, secretary = seated.holding(stage, "m4"), as_("secretary")
    assert "Somebody may not take the seat they accepted" in words(secretary.get("/home"))
    assert there in secretary.get("/officer/vacancies").text
    assert "whose region is Africa" in words(secretary.get(there))
    empty = secretary.post(there, {"what": "excepted", "why": ""})
    assert (empty.status_code, "Please say why." in words(empty)) == (422, True)

    sent = secretary.post(there, {"what": "excepted", "why": "They moved last week."})

    request = re.search(r"/decisions/seats/\d+", sent.location or "")
    assert request
    assert "Somebody may not take" not in words(secretary.get("/home"))
    assert "may take it, although its rules say no" in words(as_("officer").get(request[0]))
    assert as_("officer").post(f"{request[0]}/approve").status_code == 302
    assert secretary.get(there).status_code == 404
    public = words(anybody.get(f"/bodies/group/holdings/{name}"))
    assert "An exception from the rules for taking the seat" in public
    assert "Reason: They moved last week." in public
    assert "Africa" not in public


def test_where_it_is_not_given_the_person_and_everybody_read_so(
    stage: Stage, as_: As, there: str, anybody: Someone
) -> None:
    name, secretary = seated.holding(stage, "m4"), as_("secretary")
    sent = secretary.post(there, {"what": "not-given", "why": "The rules are clear."})
    as_("officer").post(f"{sent.location}/approve")

    assert "this seat is not given to you" in words(as_("m4").get(f"/my-seats/{name}"))
    assert "Not given to them: the rules for taking it say no" in words(anybody.get(f"/elections/{ELECTION}/seats"))
