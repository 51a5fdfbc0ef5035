"""What is said at set-up, to who approves it, and to who votes: small rolls, what is published, who sits; notices."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from governance.domain.draft import Constraint, Draft
from governance.services import elections, officers
from tests.services.nominating import NOTICED, a_nominating_draft
from tests.services.stage import ELECTION, START, Stage, a_draft
from tests.services.test_cautions import a_member_from_africa_sits
from tests.web.browser import AT, Someone, words

As = Callable[[str], Someone]
DESK = f"/officer/elections/{ELECTION}"
NEVER = "Africa: it is opened only if 20 vote, and 4 may, so it could never be opened."
ONE = "“At large” and “Africa”: 4 members vote in exactly these."
PUBLISHED = "After the count, all rankings are published, without names"
FORCED = "If somebody could force you to vote as they want, or to show how you voted, you are not to blame"
AGAIN = "You can vote again, alone, until voting closes"


def opened(stage: Stage, draft: Draft | None = None) -> None:
    stage.draft(draft)
    stage.freeze()
    stage.announce()
    stage.open()


def test_a_contest_that_could_never_be_opened_is_told_at_set_up_and_stops_the_freeze(stage: Stage, as_: As) -> None:
    board, africa = a_draft().contests
    stage.draft(a_draft(contests=(board, replace(africa, min_ballots=20))))
    officer = as_("officer")
    assert f"With the members of today, the roll could not be frozen {NEVER}" in words(officer.get(f"{DESK}/draft"))
    stage.now = START + timedelta(hours=1)
    officer = as_("officer")

    page = words(officer.get(f"{DESK}/freeze"))
    refused = officer.post(f"{DESK}/freeze", {"reason": "It is time."})

    assert f"First, these have to be mended {NEVER}" in page
    assert "Ask to freeze the roll" not in page
    assert (refused.status_code, NEVER in words(refused)) == (409, True)


def test_who_freezes_and_who_approves_it_read_what_a_small_roll_shows(stage: Stage, as_: As) -> None:
    stage.draft()
    stage.now = START + timedelta(hours=1)
    officer = as_("officer")
    for page in ("draft", "freeze"):
        assert ONE in words(officer.get(f"{DESK}/{page}"))
        assert "could not be frozen" not in words(officer.get(f"{DESK}/{page}"))
    assert officer.post(f"{DESK}/freeze", {"reason": "It is time."}).status_code == 302

    assert ONE in words(as_("secretary").get("/decisions/1"))


def test_the_officer_reads_at_set_up_what_is_published(stage: Stage, as_: As) -> None:
    stage.draft()

    page = words(as_("officer").get(f"{DESK}/draft"))

    assert PUBLISHED in page
    assert "somebody who forces others to vote in a certain way" in page


@pytest.mark.parametrize("again", [True, False])
def test_members_read_with_the_terms_and_before_they_vote_what_is_published(
    stage: Stage, as_: As, *, again: bool
) -> None:
    opened(stage, a_draft(revotes=again))
    for address in (AT, f"{AT}/vote"):
        page = words(as_("m1").get(address))
        assert PUBLISHED in page, address
        assert FORCED in page, address
        assert (AGAIN in page) is again, address


@pytest.mark.parametrize("again", [True, False])
def test_the_terms_of_nominations_say_what_is_published(
    stage: Stage, anybody: Someone, as_: As, *, again: bool
) -> None:
    stage.now = NOTICED - timedelta(days=1)
    stage.draft(a_nominating_draft(revotes=again))
    stage.now = NOTICED + timedelta(days=3)
    stage.advance()

    for page in (anybody.get(f"{AT}/calendar"), as_("officer").get(f"{DESK}/terms")):
        assert PUBLISHED in words(page)
        assert FORCED in words(page)
        assert (AGAIN in words(page)) is again


# ---- who sits --------------------------------------------------------------------------------------------------------


def limits(stage: Stage) -> tuple[Constraint, ...]:
    with stage.reading() as session:
        return elections.show(session, ELECTION).draft.contests[0].constraints


def test_how_many_sit_already_is_taken_from_the_register_where_nothing_is_typed(stage: Stage, as_: As) -> None:
    a_member_from_africa_sits(stage)
    stage.draft()
    officer, page = as_("officer"), f"{DESK}/contests/board/limits/1"
    assert 'name="seated" type="number" value=""' in officer.get(page).text
    limit = {"version": "2", "attribute": "Region", "value": "Africa", "min": "0", "max": "3", "seated": ""}

    assert officer.post(page, limit).status_code == 302
    assert [one.seated for one in limits(stage)] == [1]
    assert "register of seats it is" not in words(officer.get(f"{DESK}/draft"))

    typed = officer.post(page, limit | {"version": "3", "seated": "0"}, follow_redirects=True)
    assert [one.seated for one in limits(stage)] == [0]
    assert "Saved." in words(typed)
    wrong = "At large: the limit for Region = Africa counts 0 who sit already; by the register of seats it is 1."
    assert wrong in words(officer.get(f"{DESK}/draft"))


def test_without_a_register_nobody_sits(stage: Stage, as_: As) -> None:
    stage.draft()
    limit = {"version": "2", "attribute": "region", "value": "Africa", "min": "0", "max": "3", "seated": ""}

    assert as_("officer").post(f"{DESK}/contests/board/limits/1", limit).status_code == 302
    assert [one.seated for one in limits(stage)] == [0]


# ---- notices ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["secretary", "registrar", "officer"])
def test_a_notice_is_given_from_the_page_where_it_is_found(stage: Stage, as_: As, who: str) -> None:
    opened(stage)
    one = as_(who)
    place = f"{DESK}/notice"
    start = f"/officials/{ELECTION}" if who == "registrar" else f"{AT}/board"
    assert f'href="{place}"' in one.get(start).text

    answer = one.post(place, {"subject": "Codes sent again: 2", "body": ""}, follow_redirects=True)

    assert answer.status_code == 200
    assert "The notice is published." in words(answer)
    assert "Notice: Codes sent again: 2" in words(one.get(f"{AT}/board"))
    with stage.reading() as session:
        line = officers.log(session, "officer")[0]
    assert (line.who.endswith(who), line.what) == (True, "published a notice")
    assert "Nothing was changed." in words(one.post(place, {"subject": "Codes sent again: 2", "body": ""}))


def test_nobody_else_is_shown_the_way_to_a_notice(stage: Stage, as_: As, anybody: Someone) -> None:
    opened(stage)

    for one in (anybody, as_("m1"), as_("t1")):
        assert "/notice" not in one.get(f"{AT}/board").text
    assert as_("m1").get(f"{DESK}/notice").status_code == 403
