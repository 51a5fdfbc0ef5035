"""A hostile hour on the pages of nominations: what somebody wrote runs nowhere, nothing is done without the token."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from governance.domain.draft import Cap, Constraint
from governance.domain.limits import NOMINEE_MAIL
from governance.domain.terms import PHARMA
from governance.services import declarations, nomination_records, photos, statements
from governance.services.pictures import Picture
from governance.store.members import Member
from tests.services.nominating import a_nominating_draft, accept, mail, nominate, nominating, second
from tests.services.scrutinised import SCRUTINY, begin, challenge, decide, nominated, rejected, the_draft
from tests.services.stage import ELECTION, Stage
from tests.web.browser import AT, Someone, words

As = Callable[[str], Someone]
PAGE = f"{AT}/nominations"
DESK = f"/officer/elections/{ELECTION}/nominations"
EVIL = "<img src=x onerror=alert(1)>{{ 7*7 }}\"'"
TURNED = "\u202egnp.exe"


def test_nothing_that_anybody_wrote_runs_on_any_page_of_nominations(stage: Stage, as_: As) -> None:
    draft = the_draft()
    begin(stage, replace(draft, contests=(replace(draft.contests[0], title=EVIL), *draft.contests[1:])))
    for member in ("m1", "m2", "m7"):
        with stage.writing() as session:
            session.get_one(Member, member).name = f"{EVIL}{member}"
    nominated(stage, "m1", by="m2")
    nominated(stage, "m3", contest="africa", declared=False)
    with stage.writing() as session:
        candidate = nomination_records.get(session, ELECTION, 1).row.candidate
        statements.say(session, "m1", ELECTION, candidate, EVIL, now=stage.now)
        declarations.make(session, "m1", PHARMA, yes=True, text=EVIL, now=stage.now)
        photos.put(session, "m1", ELECTION, candidate, Picture(b"\xff\xd8\xff", 3, 4), EVIL, now=stage.now)
    pages = [("m1", f"{PAGE}/1/profile"), ("m1", f"{AT}/candidates/{candidate}/write")]
    read(as_, pages)
    stage.now = SCRUTINY
    decide(stage, 1, text=EVIL)
    rejected(stage, 2)
    asked = challenge(stage, "m3", 2, EVIL)
    read(
        as_,
        [
            *(("m9", f"{PAGE}{more}") for more in ("", "/1", "/1/decision", "/numbers")),
            *(("m1", f"{PAGE}{more}") for more in ("", "/1", "/1/decision", "/1/withdraw")),
            *(("officer", f"{DESK}{more}") for more in ("", "/1", "/2", "/challenges", "/list")),
            ("m11", f"{DESK}/2/challenges/{asked}"),
            ("m12", f"{DESK}/2/challenges/{asked}"),
            ("officer", f"{AT}/candidates/{candidate}/preview"),
            ("m1", f"{AT}/candidates/{candidate}/photo"),
            ("m3", f"{PAGE}/2/decision"),
        ],
    )


def read(as_: As, pages: list[tuple[str, str]]) -> None:
    people: dict[str, Someone] = {}
    for who, address in pages:
        if who not in people:
            people[who] = as_(who)
        answer = people[who].get(address)
        assert answer.status_code == 200, (who, address, answer.status_code)
        assert "<img src=x" not in answer.text, address
        assert "&gt;49" not in answer.text, address


@pytest.mark.parametrize("deed", ["accept", "decline", "second", "take-back", "withdraw"])
def test_nobody_is_made_a_candidate_by_a_page_elsewhere(stage: Stage, as_: As, deed: str) -> None:
    nominating(stage)
    number = nominate(stage, "m1", email="m2@example.org")
    client = as_("m2").client
    assert client.post(f"{PAGE}/{number}/{deed}", data={}).status_code == 403
    assert client.get(f"{PAGE}/{number}/{deed}").status_code in (200, 302, 405)
    with stage.reading() as session:
        one = nomination_records.get(session, ELECTION, number).nomination
    assert (one.accepted, one.ended) == (None, False)


def test_a_name_that_turns_the_line_round_is_no_address_and_no_statement(stage: Stage, as_: As) -> None:
    nominating(stage)
    someone = as_("m1")
    told = someone.post(f"{PAGE}/nominate", {"contest": "board", "email": f"{TURNED}@example.org"})
    assert (told.status_code, "This is no e-mail address" in words(told)) == (409, True)
    for email in ("a@b\r\nBcc: m3@example.org", "a@b,m3@example.org" * 20):
        assert someone.post(f"{PAGE}/nominate", {"contest": "board", "email": email}).status_code in (409, 422)
    nominate(stage, "m1")
    told = someone.post(f"{AT}/candidates/member-1/write", {"language": "en", "text": f"I am {TURNED}"})
    assert told.status_code == 422


def test_many_members_together_write_to_one_mailbox_so_often_a_day(stage: Stage) -> None:
    nominating(stage)
    for place in range(1, 11):
        if place != 2:
            nominate(stage, f"m{place}", email="m2@example.org")
    sent = [one for one in mail(stage) if one.recipient == "m2@example.org"]
    assert len(sent) == NOMINEE_MAIL.times


def test_a_member_cannot_tell_a_rejected_candidate_from_none(stage: Stage, as_: As) -> None:
    begin(stage)
    nominated(stage, "m1")
    stage.now = SCRUTINY
    rejected(stage, 1)
    someone = as_("m9")
    for more in ("/write", "/preview", "/photo"):
        both = [someone.get(f"{AT}/candidates/{one}{more}") for one in ("member-1", "member-77")]
        assert [one.status_code for one in both] == [403, 403], more
        assert words(both[0]).replace("member-1", "") == words(both[1]).replace("member-77", "")


def test_a_nominee_is_told_what_the_record_will_say_of_them(stage: Stage, as_: As) -> None:
    draft = a_nominating_draft()
    board = replace(draft.contests[0], constraints=(Constraint("lived_experience", "yes", 1, 2, ()),))
    africa = replace(draft.contests[1], caps=(Cap("country", 1),), after=("board",))
    nominating(stage, replace(draft, contests=(board, africa)))
    told = "Places are shared out here by {}. If you stand, the public record"
    number = nominate(stage, "m1", email="m2@example.org")
    assert told.format("country, lived experience") in words(as_("m2").get(f"{PAGE}/{number}"))
    assert told.format("country, lived experience") in words(as_("m4").get(PAGE))
    other = nominate(stage, "m1", "africa", email="m3@example.org")
    assert told.format("country") in words(as_("m3").get(f"{PAGE}/{other}"))


def test_without_limits_there_is_nothing_to_say(stage: Stage, as_: As) -> None:
    nominating(stage)
    number = nominate(stage, "m1", email="m2@example.org")
    assert "shared out" not in words(as_("m2").get(f"{PAGE}/{number}"))
    accept(stage, "m2", number)
    second(stage, "m4", number)
    assert "shared out" not in words(as_("m5").get(PAGE))
