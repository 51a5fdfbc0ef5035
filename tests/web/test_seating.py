"""The pages from a result to seats: challenges, reports, two officers, and a winner's own pages."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from governance.domain.seats.book import Stage as How
from governance.services import declarations, result_challenges, seats
from governance.services.seat_questions import INTERESTS
from tests.services import seated
from tests.services.seated import APPEALS
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import AT, Someone, application, staged, words

PAGE, DESK = f"{AT}/seats", f"/officer/elections/{ELECTION}/certification"
FILLS = f"/officer/elections/{ELECTION}/seats"
As = Callable[[str], Someone]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(Path(tmp_path_factory.mktemp("seating"))) as made:
        seated.begin(made)
        seated.elect(made)
        yield made


@pytest.fixture
def stage(counted: Stage, tmp_path: Path) -> Iterator[Stage]:
    """The result is declared; each test changes one of its own."""
    with staged(tmp_path, counted) as (made, _):
        yield made


@pytest.fixture
def as_(site: Flask, stage: Stage) -> As:
    return lambda member: Someone(site, stage).let_in(member)


@pytest.fixture
def certified(stage: Stage) -> Stage:
    seated.certify(stage)
    return stage


def number_in(page: str, pattern: str = r"/decisions/seats/(\d+)") -> int:
    found = re.search(pattern, page)
    assert found, page
    return int(found[1])


# ---- which seats a contest fills -------------------------------------------------------------------------------------


@pytest.fixture
def drafted(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        seated.begin(made)
        made.draft(seated.the_draft())
        yield made


def test_an_officer_says_which_seats_a_contest_fills(drafted: Stage) -> None:
    officer = Someone(application(drafted), drafted).let_in("officer")

    assert "Say which seats each contest fills : Advisory group 2026" in words(officer.get("/home"))
    page = words(officer.get(FILLS))
    assert "2 places. No seats are named yet." in page
    assert "Seat (e1), held by Member 1 until 2026-04-01" in page
    assert "a1" not in page
    few = officer.post(FILLS, {"contest": "board", "board-seats": "e2"})
    assert (few.status_code, "fills 2 places, and 1 seats" in words(few)) == (409, True)
    assert re.search(r'<input checked [^>]*value="e2"', few.text)
    for seat in ("a1", "nothing"):
        assert officer.post(FILLS, {"contest": "board", "board-seats": ["e1", seat]}).status_code == 409
    assert officer.post(FILLS, {"contest": "none", "none-seats": "e1"}).status_code == 409
    assert officer.post(FILLS, {"contest": "board", "board-seats": ["e1", "e2"]}).status_code == 302
    assert "It fills: “ Seat ” (e1) , “ Seat ” (e2) ." in words(officer.get(FILLS))
    assert "Say which seats" not in words(officer.get("/home"))
    drafted.freeze()
    officer = officer.let_in("officer")
    assert "can no longer be changed" in words(officer.get(FILLS))
    late = officer.post(FILLS, {"contest": "board", "board-seats": ["e1", "e2"]})
    assert (late.status_code, "no longer a draft" in words(late)) == (409, True)


# ---- challenges ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stage")
def test_a_challenge_goes_its_whole_way(as_: As, anybody: Someone) -> None:
    member, officer = as_("m5"), as_("officer")
    assert "Challenge the result" in words(anybody.get(PAGE))
    empty = member.post(f"{PAGE}/challenges", {"text": ""})
    assert (empty.status_code, "Please say what is wrong" in words(empty)) == (422, True)
    sent = [member.post(f"{PAGE}/challenges", {"text": "One <b>ballot</b> was mine."}) for _ in range(2)]
    assert [one.status_code for one in sent] == [302, 302]
    own = member.get(f"{PAGE}/challenges")
    assert "It waits for its decision" in words(own)
    assert "<b>ballot" not in own.text
    assert "One <b>ballot</b> was mine." in unescape(own.text)
    assert "Challenges made 1 (0 upheld, 0 not, 1 waiting)" in words(anybody.get(PAGE))

    assert "Decide 1 challenge to the result" in words(officer.get("/home"))
    assert "Challenge 1" in words(officer.get(DESK))
    one = f"{DESK}/challenges/1"
    assert "From Member 5" in words(officer.get(one))
    unsaid = officer.post(one, {"answer": "It was counted."})
    assert (unsaid.status_code, "It was counted." in unsaid.text) == (422, True)
    assert officer.post(one, {"upheld": "no", "answer": ""}).status_code == 422
    assert as_("secretary").post(one, {"upheld": "no", "answer": "No."}).status_code == 403
    answers = [officer.post(one, {"upheld": "no", "answer": "It was counted."}) for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 409]
    assert "Not upheld: the result stays. It was counted." in words(member.get(f"{PAGE}/challenges"))
    assert "1 (0 upheld, 1 not)" in words(anybody.get(PAGE))
    assert "It was counted." not in anybody.get(PAGE).text


def test_ones_own_challenge_is_taken_back_and_nobody_elses(stage: Stage, as_: As) -> None:
    member, other = as_("m5"), as_("m6")
    member.post(f"{PAGE}/challenges", {"text": "Something is wrong."})

    assert other.post(f"{PAGE}/challenges/1/withdraw").status_code == 404
    assert "Something is wrong." not in other.get(f"{PAGE}/challenges").text
    answers = [member.post(f"{PAGE}/challenges/1/withdraw").status_code for _ in range(2)]
    assert answers == [302, 409]
    with stage.reading() as session:
        assert result_challenges.numbers(session, ELECTION).lodged == 0


def test_after_the_window_there_is_no_form_and_nothing_is_lost(stage: Stage, as_: As) -> None:
    stage.now = APPEALS
    member = as_("m5")

    assert "<textarea" not in member.get(f"{PAGE}/challenges").text
    late = member.post(f"{PAGE}/challenges", {"text": "I was ill."})
    assert (late.status_code, "until the time for appeals is over" in words(late)) == (409, True)


@pytest.mark.usefixtures("stage")
def test_an_officer_who_made_a_challenge_leaves_it_to_another(as_: As) -> None:
    officer = as_("m11")
    officer.post(f"{PAGE}/challenges", {"text": "I saw it."})
    one = f"{DESK}/challenges/1"

    assert "somebody else decides it" in words(officer.get(one))
    refused = officer.post(one, {"upheld": "yes", "answer": "So it is."})
    assert (refused.status_code, "whom it does not concern" in words(refused)) == (403, True)


# ---- reports, and two officers ---------------------------------------------------------------------------------------


def a_report(stage: Stage, **more: str) -> dict[str, str]:
    return {"name": "A verifier", "tool": "a tool", "root": seated.root(stage).upper(), "holds": "yes"} | more


def test_a_result_is_certified_by_two_officers_once_nothing_stands_against_it(
    stage: Stage, as_: As, anybody: Someone
) -> None:
    officer, ask = as_("officer"), {"why": "All is in order."}
    early = officer.post(DESK, ask)
    assert (early.status_code, "a result is certified after it" in words(early)) == (409, True)
    assert "Nothing is wrong" not in early.text
    wrong = officer.post(f"{DESK}/reports", a_report(stage, root="abc"))
    assert (wrong.status_code, "64 digits" in words(wrong), 'value="A verifier"' in wrong.text) == (422, True, True)
    unsaid = officer.post(f"{DESK}/reports", a_report(stage, name=""))
    assert (unsaid.status_code, 'value="a tool"' in unsaid.text) == (422, True)
    other = officer.post(f"{DESK}/reports", a_report(stage, name="Another", root="00" * 32), follow_redirects=True)
    assert "It does not count" in words(other)
    answers = [officer.post(f"{DESK}/reports", a_report(stage)).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert "1 of 1 needed" in words(anybody.get(PAGE))

    stage.now = APPEALS
    officer, second = as_("officer"), as_("m11")
    assert "Certify the result : Advisory group 2026" in words(officer.get("/home"))
    page = words(officer.get(DESK))
    assert "Two officers can certify it now." in page
    assert "Member 3 : “ Seat ” (e1) , from 2026-04-01 until 2028-04-01" in page
    assert officer.post(DESK, {"why": ""}).status_code == 422
    answers = [officer.post(DESK, ask).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert "Certify the result :" not in words(officer.get("/home"))
    there = f"/decisions/seats/{number_in(officer.get(DESK).text)}"
    assert "somebody else has to approve it" in words(officer.get(there))
    own = officer.post(f"{there}/approve")
    assert (own.status_code, "takes a second person" in words(own)) == (403, True)
    assert as_("secretary").post(f"{there}/approve").status_code == 403
    assert "Approve or decline: Certify a result" in words(second.get("/home"))
    assert there in second.get("/decisions/").text
    assert "Member 3 : “ Seat ” (e1)" in words(second.get(there))
    done = [second.post(f"{there}/approve").status_code for _ in range(2)]
    assert done == [302, 409]
    public = words(anybody.get(PAGE))
    assert "The result is certified" in public
    assert "Official officer and Member 11" in public
    assert "Offered, not answered yet" in public


def test_what_was_asked_for_can_be_taken_back_or_declined(stage: Stage, as_: As) -> None:
    seated.report(stage)
    stage.now = APPEALS
    officer = as_("officer")
    for by in ("officer", "m11"):
        officer.post(DESK, {"why": "All is in order."})
        there = f"/decisions/seats/{number_in(officer.get(DESK).text)}"
        assert as_(by).post(f"{there}/decline", {"why": "Not yet."}).status_code == 302
        assert officer.get(there).status_code == 409
    with stage.reading() as session:
        assert [one for one in seats.book(session).holdings.values() if one.instrument.election] == []


@pytest.mark.parametrize("by", ["m1", "registrar", "t1", "m12"])
def test_the_desk_is_for_officers_and_the_secretariat(stage: Stage, as_: As, by: str) -> None:
    other = as_(by)
    other.post(f"{PAGE}/challenges", {"text": "Something is wrong."})

    assert {other.get(one).status_code for one in (DESK, f"{DESK}/challenges/1", FILLS)} == {403}
    sent = (
        (DESK, {"why": "x"}),
        (f"{DESK}/reports", a_report(stage)),
        (f"{DESK}/challenges/1", {"upheld": "yes", "answer": "x"}),
        (FILLS, {"contest": "board", "board-seats": "e1"}),
    )
    assert {other.post(address, data).status_code for address, data in sent} == {403}


@pytest.mark.usefixtures("stage")
def test_what_is_not_there(as_: As, anybody: Someone) -> None:
    officer = as_("officer")

    assert anybody.get("/elections/other/seats").status_code == 404
    for there in ("/officer/elections/other/certification", f"{DESK}/challenges/9", "/decisions/seats/99"):
        assert officer.get(there).status_code == 404
    assert officer.get("/my-seats/h1").status_code == 404


# ---- a winner's own pages --------------------------------------------------------------------------------------------


def test_a_winner_accepts_declares_and_is_seated(certified: Stage, as_: As, anybody: Someone) -> None:
    winner, mine = as_("m3"), f"/my-seats/{seated.holding(certified, 'm3')}"
    assert "A seat is offered to you: accept or decline" in words(winner.get("/home"))
    assert mine in winner.get("/my-seats").text
    page = words(winner.get(mine))
    assert "The term is from 2026-04-01 until 2028-04-01" in page
    assert "Elected on 2026-03-31 (Advisory group 2026)" in page

    assert "make the declarations below" in words(winner.post(f"{mine}/accept", follow_redirects=True))
    again = winner.post(f"{mine}/accept")
    assert (again.status_code, "answered already" in words(again)) == (409, True)
    assert "Make the declarations for your seat" in words(winner.get("/home"))
    said = {"what": "interests", "interests-text": "I advise a hospital."}
    unsaid = winner.post(f"{mine}/declare", said)
    assert (unsaid.status_code, "I advise a hospital." in unsaid.text) == (422, True)
    bare = winner.post(f"{mine}/declare", {"what": "interests", "interests-yes": "yes", "interests-text": ""})
    assert (bare.status_code, "few words are needed" in words(bare)) == (422, True)
    assert winner.post(f"{mine}/declare", {"what": "something", "something-yes": "no"}).status_code == 409
    done = winner.post(f"{mine}/declare", said | {"interests-yes": "yes"}, follow_redirects=True)
    assert "The seat is taken" in words(done)
    with certified.reading() as session:
        (answer,) = declarations.answers(session, "m3", [INTERESTS])
        assert (answer.yes, answer.text, answer.published) == (True, "I advise a hospital.", False)
    public = anybody.get(PAGE)
    assert "Member 3 : “ Seat ” (e1) , from 2026-04-01 until 2028-04-01 Accepted: it is their seat" in words(public)
    assert "hospital" not in public.text


def test_a_winner_declines_once_and_after_a_second_look(certified: Stage, as_: As, anybody: Someone) -> None:
    winner, mine = as_("m4"), f"/my-seats/{seated.holding(certified, 'm4')}"

    unsure = winner.post(f"{mine}/decline")
    assert (unsure.status_code, "tick the box" in words(unsure)) == (422, True)
    answers = [winner.post(f"{mine}/decline", {"sure": "y"}).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert "Declined on 2026-03-31" in words(winner.get(mine))
    assert "Declined" in words(anybody.get(PAGE))
    assert winner.post(f"{mine}/accept").status_code == 409


@pytest.mark.parametrize("by", ["m4", "m9", "officer", "secretary", "m12"])
def test_a_seat_of_somebody_else_is_not_there(certified: Stage, as_: As, by: str) -> None:
    mine, other = f"/my-seats/{seated.holding(certified, 'm3')}", as_(by)

    assert other.get(mine).status_code == 404
    for act, data in (("accept", {}), ("decline", {"sure": "y"}), ("declare", {"what": "interests"}), ("resign", {})):
        assert other.post(f"{mine}/{act}", {"day": "2026-05-01", "sure": "y"} | data).status_code == 404
    with certified.reading() as session:
        assert seats.book(session).holdings[mine.rpartition("/")[2]].stage is How.OFFERED


def test_a_holder_resigns_from_a_day_on(certified: Stage, as_: As) -> None:
    seated.take(certified, "m3")
    certified.now = seated.at(2026, 8, 1)
    holder, mine = as_("m3"), f"/my-seats/{seated.holding(certified, 'm3')}"

    unsure = holder.post(f"{mine}/resign", {"day": "2026-09-01"})
    assert (unsure.status_code, 'value="2026-09-01"' in unsure.text) == (422, True)
    assert holder.post(f"{mine}/resign", {"day": "soon", "sure": "y"}).status_code == 422
    past = holder.post(f"{mine}/resign", {"day": "2026-07-01", "sure": "y"})
    assert (past.status_code, "today or a later day" in words(past)) == (409, True)
    answers = [holder.post(f"{mine}/resign", {"day": "2026-09-01", "sure": "y"}).status_code for _ in range(2)]
    assert answers == [302, 409]
    with certified.reading() as session:
        assert seats.book(session).holdings[mine.rpartition("/")[2]].ended == seated.at(2026, 9, 1).date()


def test_the_secretariat_speaks_for_an_outsider(stage: Stage, as_: As) -> None:
    secretary = as_("secretary")

    page = words(secretary.get("/my-seats/h3"))
    assert "This is the seat of =Outside() Person , who is no member" in page
    assert as_("officer").get("/my-seats/h3").status_code == 404
    assert secretary.post("/my-seats/h3/resign", {"day": "2026-03-20", "sure": "y"}).status_code == 302
    with stage.reading() as session:
        assert seats.book(session).holdings["h3"].stage is How.ENDED
