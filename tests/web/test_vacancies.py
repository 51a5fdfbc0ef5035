"""The pages of vacancies: what the rule of a seat says, countback, by-election, left vacant, the end of a holding."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, Method
from governance.services import certification, elections, seat_holders, seats
from tests.services import seated
from tests.services.seated import AFTER, at, enter
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import AT, Someone, staged, words

EVERY, HOLDINGS = "/officer/vacancies", "/officer/holdings"
As = Callable[[str], Someone]


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Member 3 sits in e1, Member 4 in e2."""
    with a_stage(Path(tmp_path_factory.mktemp("vacancies"))) as made:
        seated.begin(made)
        seated.elect(made)
        seated.certify(made)
        for one in ("m3", "m4"):
            seated.take(made, one)
        made.now = AFTER
        with made.writing() as session:
            seat_holders.tend(session, now=AFTER)
        yield made


@pytest.fixture
def stage(certified: Stage, tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, certified) as (made, _):
        yield made


@pytest.fixture
def as_(site: Flask, stage: Stage) -> As:
    return lambda member: Someone(site, stage).let_in(member)


def holding(stage: Stage, seat: str) -> str:
    with stage.reading() as session:
        found = seats.book(session).holder(seat, seats.day_of(stage.now))
    assert found is not None
    return found.id


def leave(stage: Stage, seat: str, rules: f.Seat | None = None) -> None:
    """Whoever holds a seat resigns; before that it may get other rules."""
    day = seats.day_of(stage.now)
    changed = [f.SeatChanged(seat, day, rules)] if rules else []
    enter(stage, *changed, f.Ended(holding(stage, seat), day, End.RESIGNED), now=stage.now)


def asked(page: str) -> str:
    found = re.search(r"/decisions/seats/\d+", page)
    assert found, page
    return found[0]


def test_those_who_appoint_do_not_read_that_somebody_could_no_longer_serve(stage: Stage, as_: As) -> None:
    enter(stage, f.Ended(holding(stage, "e1"), seats.day_of(stage.now), End.INCAPACITY), now=stage.now)

    page = words(as_("m12").get(f"{EVERY}/e1"))

    assert "Before: Member 3 (ended early)" in page
    assert "incapacity" not in page


def test_a_countback_is_asked_for_and_approved_and_the_next_is_offered_the_seat(stage: Stage, as_: As) -> None:
    leave(stage, "e1")
    secretary, there = as_("secretary"), f"{EVERY}/e1"
    assert "Fill a vacancy (countback) : Seat" in words(secretary.get("/home"))
    assert there in secretary.get(EVERY).text
    page = words(secretary.get(there))
    assert "The votes of Member 3 go on to the next choices. The countback gives the seat to: Member 5 ." in page
    assert "Now: A countback" in page
    assert "serves from 2026-04-02 until 2028-04-01" in page

    assert secretary.post(f"{there}/fill", {"why": ""}).status_code == 422
    wrong = secretary.post(f"{there}/leave", {"why": "We would rather not."})
    assert (wrong.status_code, "The rule of this seat names: countback" in words(wrong)) == (409, True)
    answers = [secretary.post(f"{there}/fill", {"why": "Member 3 left."}) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 409]
    assert "Fill a vacancy (countback)" not in words(secretary.get("/home"))
    request = asked(secretary.get(there).text)
    assert secretary.post(f"{request}/approve").status_code == 403
    officer = as_("officer")
    assert "A countback gives the seat to: Member 5." in words(officer.get(request))
    assert officer.post(f"{request}/approve").status_code == 302
    assert "It is offered to Member 5 : wait for the answer." in words(officer.get(there))
    assert "Offered to Member 5" in words(officer.get(EVERY))
    late = secretary.post(f"{there}/fill", {"why": "Again."})
    assert (late.status_code, "offered to Member 5" in words(late)) == (409, True)
    mine = f"/my-seats/{seated.holding(stage, 'm5')}"
    assert "countback of the votes" in words(as_("m5").get(mine))


def test_who_declines_leaves_the_seat_to_the_next(stage: Stage, as_: As) -> None:
    leave(stage, "e1")
    for nth, name in ((1, "Member 5"), (2, "Member 6")):
        secretary = as_("secretary")
        assert f"gives the seat to: {name} ." in words(secretary.get(f"{EVERY}/e1"))
        secretary.post(f"{EVERY}/e1/fill", {"why": f"Turn {nth}."})
        as_("officer").post(f"{asked(secretary.get(f'{EVERY}/e1').text)}/approve")
        member = f"m{name.rpartition(' ')[2]}"
        mine = f"/my-seats/{seated.holding(stage, member)}"
        assert as_(member).post(f"{mine}/decline", {"sure": "y"}).status_code == 302
    assert "gives the seat to: nobody" in words(as_("secretary").get(f"{EVERY}/e1"))


def test_a_by_election_begins_as_a_draft_by_the_same_cut_off(stage: Stage, as_: As, anybody: Someone) -> None:
    leave(stage, "e2", replace(seated.ELECTED, filling=(Method.BY_ELECTION,)))
    officer, there = as_("officer"), f"{EVERY}/e2"
    form = {"title": "By-election 2026", "id": "by-1", "opens": "2026-04-20T12:00"}
    form |= {"closes": "2026-04-27T12:00", "appeals": "2026-05-20T12:00"}
    assert "Begin the by-election" in words(officer.get(there))

    missing = officer.post(f"{there}/by-election", form | {"opens": ""})
    assert (missing.status_code, 'value="by-1"' in missing.text) == (422, True)
    taken = officer.post(f"{there}/by-election", form | {"id": ELECTION})
    assert (taken.status_code, "By-election 2026" in taken.text) == (409, True)
    assert as_("secretary").post(f"{there}/by-election", form).status_code == 403
    answers = [officer.post(f"{there}/by-election", form).status_code for _ in range(2)]
    assert answers == [302, 409]
    with stage.reading() as session:
        old, new = (elections.draft_of(elections.get(session, one)) for one in (ELECTION, "by-1"))
        assert new.calendar.cutoff == old.calendar.cutoff
        assert certification.seats_of(session, "by-1") == {"board": ("e2",)}
    begun = officer.get(there)
    assert "Decided: A by-election" in words(begun)
    assert 'href="/officer/elections/by-1"' in begun.text
    assert "Begin the by-election" not in words(begun)
    assert "It is under way." in words(as_("secretary").get(there))
    again = officer.post(f"{there}/by-election", form | {"id": "by-2"})
    assert (again.status_code, "is under way for this seat" in words(again)) == (409, True)
    assert "Fill a vacancy" not in words(officer.get("/home")).replace("Fill a vacancy (appointment)", "")
    assert anybody.get("/elections/by-1/seats").status_code == 404
    assert "by-election" not in words(anybody.get(f"{AT}/seats"))
    for page in ("/bodies/group", "/bodies/group/seats/e2"):
        assert "It was decided: by-election." in words(anybody.get(page)), "a draft is nobody's business yet"
    with stage.writing() as session:
        elections.get(session, "by-1").frozen = stage.now
    for page in ("/bodies/group", "/bodies/group/seats/e2"):
        assert '<a href="/elections/by-1"><bdi>By-election 2026</bdi></a>' in anybody.get(page).text
        assert "/elections/by-1" not in anybody.get(f"{page}?known={AFTER.date()}").text


def test_a_seat_is_left_vacant_where_the_rule_has_no_way(stage: Stage, as_: As) -> None:
    leave(stage, "e2", replace(seated.ELECTED, filling=()))
    secretary, there = as_("secretary"), f"{EVERY}/e2"

    assert "no way is left; the organisation decides" in words(secretary.get(there))
    assert secretary.post(f"{there}/leave", {"why": ""}).status_code == 422
    assert secretary.post(f"{there}/leave", {"why": "Too late."}).status_code == 302
    as_("officer").post(f"{asked(secretary.get(there).text)}/approve")
    page = words(secretary.get(there))
    assert "Decided: It is left vacant." in page
    assert "Ask to leave it vacant" not in page


def test_an_end_that_the_holder_cannot_say_takes_two_people(stage: Stage, as_: As) -> None:
    secretary, there = as_("secretary"), f"{HOLDINGS}/{holding(stage, 'e1')}/end"
    form = {"how": "died", "day": "2026-04-02", "why": "We had a letter."}

    assert "Member 3 , Seat" in words(secretary.get(there))
    bare = secretary.post(there, form | {"how": ""})
    assert (bare.status_code, "We had a letter." in bare.text) == (422, True)
    assert secretary.post(there, form | {"how": "expired"}).status_code == 422
    early = secretary.post(there, form | {"day": "2020-01-01"})
    assert (early.status_code, "We had a letter." in early.text) == (409, True)
    answers = [secretary.post(there, form) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 409]
    request = asked(answers[0].headers["Location"])
    page = words(as_("officer").get(request))
    assert "Member 3, “Seat”: ended on 2026-04-02 (died)." in page
    assert "“Seat” is vacant from 2026-04-02 on (died)." in page
    assert as_("m3").post(f"{request}/approve").status_code == 403
    assert as_("officer").post(f"{request}/approve").status_code == 302
    assert "Before: Member 3 (died)." in words(secretary.get(f"{EVERY}/e1"))
    over = as_("secretary").get(there)
    assert "Only what somebody holds can end." in words(over)


def test_nobody_ends_their_own_seat_for_somebody_else(stage: Stage, as_: As) -> None:
    enter(stage, f.Ended(holding(stage, "e2"), AFTER.date(), End.RESIGNED), now=AFTER)
    named = f.Named("p7", AFTER.date(), "Member 11", "m11")
    enter(stage, named, seated.seated("h7", "e2", "p7", AFTER.date(), None), now=AFTER)

    own = as_("m11").post(f"{HOLDINGS}/h7/end", {"how": "resigned", "day": "2026-04-03", "why": "I go."})

    assert (own.status_code, "your own seat" in words(own)) == (403, True)


@pytest.mark.parametrize("by", ["m1", "registrar", "t1"])
def test_the_pages_are_for_those_who_decide(stage: Stage, as_: As, by: str) -> None:
    end, other = f"{HOLDINGS}/{holding(stage, 'e1')}/end", as_(by)

    assert {other.get(one).status_code for one in (EVERY, f"{EVERY}/a1", end)} == {403}
    sent = (f"{EVERY}/a1/fill", f"{EVERY}/a1/leave", f"{EVERY}/a1/by-election", end)
    assert {other.post(one, {"why": "x"}).status_code for one in sent} == {403}


def test_the_appointing_authority_looks_and_fills_nothing(stage: Stage, as_: As) -> None:
    leave(stage, "e1")
    authority = as_("m12")

    assert "Seats: what waits" in words(authority.get(EVERY))
    page = words(authority.get(f"{EVERY}/e1"))
    assert "Member 5" in page
    assert "Ask to fill it" not in page
    assert authority.post(f"{EVERY}/e1/fill", {"why": "x"}).status_code == 403


@pytest.mark.usefixtures("stage")
def test_a_seat_that_is_held_has_no_vacancy(as_: As) -> None:
    officer = as_("officer")

    for there in (f"{EVERY}/e1", f"{EVERY}/none", f"{HOLDINGS}/none/end"):
        assert officer.get(there).status_code == 404
    for there in (f"{EVERY}/e1/fill", f"{EVERY}/e1/by-election", f"{HOLDINGS}/none/end"):
        assert officer.post(there, {"why": "x"}).status_code == 404


def test_the_clock_enters_what_is_over_before_somebody_looks(stage: Stage, anybody: Someone) -> None:
    with stage.reading() as session:
        before = len(seats.load(session).entries)
    stage.now = at(2028, 4, 1)

    for _ in range(2):
        assert anybody.get("/").status_code == 200

    with stage.reading() as session:
        after = seats.load(session).entries[before:]
    assert {one.by for one in after} == {"clock"}
    assert sorted(one.fact.kind for one in after) == ["ended", "ended", "vacant", "vacant"]
