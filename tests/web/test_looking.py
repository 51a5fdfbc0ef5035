"""Whoever of the officials is shown somebody else's address, or what is about their health, is named in the log, once a day.

All their pages are walked, where there is much to be seen; a new page that forgets it fails here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End
from governance.domain.seats.register import Wish as Entry
from governance.domain.signing_in import Role
from governance.domain.terms import Independence, Terms
from governance.services import (
    appointments,
    consents,
    members,
    nominations,
    objections,
    officers,
    result_challenges,
    roles,
    seat_holders,
    seat_requests,
)
from governance.services.appointments import Plan
from governance.services.consents import Act, Wish
from governance.store.journal import Deed
from governance.web.access import is_public
from tests.services import scrutinised, seated
from tests.services.seated import at
from tests.services.stage import ELECTION, Stage, a_list, a_stage, people
from tests.web.browser import Someone, application
from tests.web.test_routes import VALUES

As = Callable[[str], Someone]
HEALTH = "depressed since 2019"
"""What is about somebody's health, wherever they can say it."""
ENDED = "(incapacity)"
"""How the register says why somebody left."""
NUMBERS = {"number": ("1", "2", "3"), "challenge": ("1", "2", "3", "4", "5", "6")}


@dataclass(frozen=True)
class Seen:
    """A page with somebody else's data on it; what was added to the log by whoever looked."""

    endpoint: str
    address: str
    by: str
    lines: tuple[str, ...]


def declared_by(stage: Stage) -> None:
    """Member 8 declares what the officers may see where they have to."""
    data = a_list([people(8)[7].rpartition(",")[0] + f",{HEALTH}"])
    with stage.writing() as session:
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)


def an_election(stage: Stage) -> None:
    """The roll is frozen; a member objects to it; two wishes wait for a second person."""
    stage.set_up()
    declared_by(stage)
    stage.draft()
    stage.freeze()
    with stage.writing() as session:
        roles.grant(session, officers.COMMAND, "m11", Role.OFFICER, now=stage.now)
        objections.lodge(session, "m8", ELECTION, f"I was {HEALTH}.", now=stage.now)
        objections.decide(session, "officer", ELECTION, 1, "The list says so.", upheld=True, line="", now=stage.now)
        consents.ask(session, "m11", Wish(Act.GRANT, member="m8", role=Role.OFFICER), "To help.", now=stage.now)


def nominations_(stage: Stage) -> None:
    """1 is admitted and objected to, 2 was rejected and appeals, 3 waits; declarations are made."""
    terms = Terms(seconders=2, independent=(Independence("lived_experience", 2),))
    scrutinised.begin(stage, scrutinised.the_draft(nominations=terms))
    declared_by(stage)
    scrutinised.nominated(stage, "m1", by="m2", seconders=["m4", "m8"])
    scrutinised.nominated(stage, "m3", seconders=["m4", "m8"])
    with stage.writing() as session:
        nominations.nominate(session, "m5", ELECTION, "africa", email="m6@example.org", now=stage.now)
        nominations.accept(session, "m6", ELECTION, 3, now=stage.now)
    stage.now = scrutinised.SCRUTINY
    scrutinised.decide(stage, 1)
    scrutinised.rejected(stage, 2)
    scrutinised.challenge(stage, "m9", 1, f"They are {HEALTH}.")
    scrutinised.challenge(stage, "m3", 2, f"I was {HEALTH}.")


def a_register(stage: Stage) -> None:
    """A result that is challenged; somebody who sits cannot any more; somebody applied, an outsider is proposed."""
    seated.begin(stage)
    declared_by(stage)
    seated.elect(stage)
    with stage.writing() as session:
        result_challenges.lodge(session, "m8", ELECTION, f"I could not vote: {HEALTH}.", now=stage.now)
    stage.now = at(2026, 4, 2)
    with stage.writing() as session:
        seat_holders.tend(session, now=stage.now)
        plan = Plan(seat="a1", text="Who?", closes=at(2026, 4, 10), start=at(2026, 5, 1).date())
        again = seated.seated("h9", "e1", "p1", date(2026, 4, 1), date(2028, 4, 1))
        ended = f.Ended("h9", date(2026, 4, 2), End.INCAPACITY)
        asked = seat_requests.Request(seat_requests.Act.ENTER, (Entry(again), Entry(ended)))
        seat_requests.ask(session, "secretary", asked, "As decided.", now=stage.now)
        appointments.begin(session, "m12", plan, now=stage.now)
        appointments.apply(session, "m8", 1, f"I was {HEALTH}.", now=stage.now)
        appointments.propose(
            session, "m12", 1, "Very good.", name="Zoe", email="zoe@example.org",
            attributes={"lived_experience": HEALTH}, now=stage.now,
        )  # fmt: skip
    stage.now += timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """What there is to be seen, who looks, and pages that show something private: else a walk would prove nothing."""

    play: Callable[[Stage], None]
    lookers: tuple[str, ...]
    pages: frozenset[str]


SCENES = {
    "an election": Scene(
        an_election,
        ("officer", "secretary", "registrar"),
        frozenset({"roles.listed", "objections.show", "consents.show"}),
    ),
    "nominations": Scene(
        nominations_, ("officer", "m12"), frozenset({"challenges.show", "challenges.hearing", "scrutiny.show"})
    ),
    "a register": Scene(
        a_register,
        ("officer", "secretary", "m12"),
        frozenset({"members.listed", "seating.show", "seat_requests.show", "appointing.show"}),
    ),
}


@pytest.fixture(params=SCENES)
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Scene, Stage]]:
    with a_stage(tmp_path) as made:
        scene = SCENES[request.param]
        scene.play(made)
        yield scene, made


def ways(app: Flask) -> Iterator[tuple[str, str]]:
    """The address of each page that is not for everybody, for each of a few numbers where it has one."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or is_public(app.view_functions[rule.endpoint]):
                continue
            names = [name for name in NUMBERS if name in rule.arguments]
            for numbers in product(*(NUMBERS[name] for name in names)):
                values: Mapping[str, str] = VALUES | dict(zip(names, numbers, strict=True))
                built = rule.build({name: values[name] for name in rule.arguments})
                assert built is not None
                yield rule.endpoint, built[1]


def log(stage: Stage, by: str) -> list[str]:
    """What they looked at, by the log."""
    with stage.reading() as session:
        told = session.scalars(select(Deed.what).filter_by(who=by).order_by(Deed.id))
        return [what for what in told if what.startswith(("looked", "read"))]


def walk(app: Flask, stage: Stage, lookers: tuple[str, ...]) -> Iterator[Seen]:
    """Every page as each of them sees it; what shows somebody else's data."""
    with stage.reading() as session:
        everybody = {row.email for row in members.listed(session, officers.COMMAND, limit=1000)} | {"zoe@example.org"}
    for by in lookers:
        one = Someone(app, stage).let_in(by)
        private = [word.encode() for word in (*(everybody - {f"{by}@example.org"}), HEALTH, ENDED)]
        for endpoint, address in ways(app):
            before = log(stage, by)
            page = one.get(address)
            if page.status_code == 200 and any(word in page.data for word in private):
                yield Seen(endpoint, address, by, tuple(log(stage, by)[len(before) :]))


def test_whoever_sees_what_is_private_is_in_the_log(full: tuple[Scene, Stage]) -> None:
    scene, stage = full
    app = application(stage)

    seen = list(walk(app, stage, scene.lookers))

    assert {one.endpoint for one in seen if not one.lines} == set()
    assert {one.endpoint for one in seen} >= scene.pages
    told = " ".join(line for one in seen for line in one.lines)
    assert HEALTH not in told
    assert "@" not in told
    one = Someone(app, stage).let_in("officer")
    lines = log(stage, "officer")
    assert [one.get(page.address).status_code for page in seen if page.by == "officer"]
    assert log(stage, "officer") == lines  # it is the same day


LISTED = "looked at the members' list, with addresses"


def test_a_look_is_one_line_a_day(stage: Stage, as_: As) -> None:
    desk, other = as_("secretary"), as_("officer")

    for page in ("/members/", "/members/?start=100", "/members/"):
        assert desk.get(page).status_code == 200
    assert as_("m1").get("/members/").status_code == 403
    assert (log(stage, "secretary"), log(stage, "m1")) == ([LISTED], [])
    other.get("/members/")
    stage.now += timedelta(days=1)
    desk.let_in("secretary").get("/members/")

    assert log(stage, "secretary") == [LISTED] * 2
    assert log(stage, "officer").count(LISTED) == 1


def test_what_a_members_file_would_change_is_a_look_too(stage: Stage, as_: As) -> None:
    data = a_list([people(4)[3].replace("Peru", "Chile")])

    page = as_("secretary").post("/members/import", {"file": data})

    assert "Chile" in page.text
    assert log(stage, "secretary") == ["looked at what a members' file would change, with what is declared"]
    wrong = as_("officer").post("/members/import", {"file": b"nothing"})
    assert wrong.status_code == 422
    assert "file would change" not in " ".join(log(stage, "officer"))
