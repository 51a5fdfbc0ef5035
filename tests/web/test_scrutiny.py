"""The pages of scrutiny: officers decide, members appeal and object, somebody else answers, the list is adopted."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from governance.domain.signing_in import Role
from governance.services import adoption, elections, nominations, officers, photos, roles
from governance.services.pictures import Picture
from tests.services.scrutinised import (
    CHALLENGED,
    SCRUTINY,
    adopt,
    answer,
    begin,
    challenge,
    decide,
    filed,
    nominated,
    rejected,
)
from tests.services.stage import ELECTION, START, Stage
from tests.web.browser import AT, Someone, words

As = Callable[[str], Someone]
DESK = f"/officer/elections/{ELECTION}/nominations"
LIST = f"{DESK}/list"
MINE = f"{AT}/nominations/{{}}/decision"
HEARD = f"{AT}/nominations/{{}}/challenges/{{}}"
WHY = {"why:seconders": "Two members short.", "why:declaration:pharma": "It was never made."}


@pytest.fixture
def scrutinised(stage: Stage) -> Stage:
    """1: m1 by m2, whole; 2: m3, nothing declared, no seconder; 3: nobody knows yet."""
    begin(stage)
    nominated(stage, "m1", by="m2")
    nominated(stage, "m3", seconders=[], declared=False)
    with stage.writing() as session:
        nominations.nominate(session, "m5", ELECTION, "africa", email="m6@example.org", now=stage.now)
    stage.now = SCRUTINY
    return stage


def seen(stage: Stage, number: int) -> str:
    return str(filed(stage, number).nomination.seen)


def form(stage: Stage, number: int, admitted: str = "no", **more: str) -> dict[str, Any]:
    return {"seen": seen(stage, number), "admitted": admitted, "text": "Private words."} | WHY | more


def hidden(page: str) -> dict[str, str]:
    """What a page would send with its button."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in found]
    return {unescape(name[1]): unescape(value[1]) for name, value in pairs if name and value}


def test_the_photo_is_shown_with_its_size_and_what_it_shows(scrutinised: Stage, as_: As) -> None:
    candidate, picture = filed(scrutinised, 1).row.candidate, Picture(b"\xff\xd8\xff", 3, 4)
    with scrutinised.writing() as session:
        photos.put(session, "officer", ELECTION, candidate, picture, "Ana <i>", now=scrutinised.now, why="It was sent.")

    page = as_("officer").get(f"{DESK}/1").text
    address = f"{AT}/photos/{candidate}-{picture.digest.hex()}.jpg"
    assert f'<img class="photo" src="{address}" width="3" height="4" alt="Ana &lt;i&gt;"' in page
    assert 'class="photo"' not in as_("officer").get(f"{DESK}/2").text


def test_the_officer_goes_from_the_own_page_to_a_decision(scrutinised: Stage, as_: As) -> None:
    officer = as_("officer")

    assert "Decide 2 nominations : Advisory" in words(officer.get("/home"))
    listed = words(officer.get(DESK))
    assert "Number 1: Member 1 , At large Waits for scrutiny" in listed
    assert "Number 3, Africa Was not accepted in time" in listed
    assert "Member 6" not in listed
    case = words(officer.get(f"{DESK}/2"))
    assert "Enough seconders: No. 2 members" in case
    assert "Why, about “Enough seconders”" in case
    assert "I am m3." in case

    look = officer.post(f"{DESK}/2/decide", form(scrutinised, 2))
    assert "Nothing is decided yet" in words(look)
    assert "Enough seconders: Two members short." in words(look)
    assert filed(scrutinised, 2).nomination.decision is None

    done = officer.post(f"{DESK}/2/decide", hidden(look.text) | {"sure": "yes"}, follow_redirects=True)
    assert "Decided." in words(done)
    assert "Was rejected" in words(done)
    event = filed(scrutinised, 2).nomination.decision
    assert event is not None
    assert {one.point: one.sentence for one in event.reasons} == {
        name.removeprefix("why:"): said for name, said in WHY.items()
    }
    assert "Decide 1 nomination : Advisory" in words(officer.get("/home"))


def test_what_is_refused_keeps_what_was_typed(scrutinised: Stage, as_: As) -> None:
    officer = as_("officer")

    missing = officer.post(f"{DESK}/2/decide", form(scrutinised, 2) | {"why:seconders": " "})
    unsaid = officer.post(f"{DESK}/2/decide", form(scrutinised, 2, admitted=""))
    stale = officer.post(f"{DESK}/2/decide", form(scrutinised, 2) | {"seen": "7"})

    assert (missing.status_code, "for each point" in words(missing)) == (409, True)
    assert "It was never made." in missing.text
    assert (unsaid.status_code, "Please choose one." in words(unsaid)) == (422, True)
    assert (stale.status_code, "meanwhile" in words(stale)) == (409, True)
    assert "Two members short." in stale.text
    for strange in ("x", "-1", "9" * 30, "²"):
        assert officer.post(f"{DESK}/2/decide", form(scrutinised, 2) | {"seen": strange}).status_code == 409
    assert filed(scrutinised, 2).nomination.decision is None


def test_the_button_pressed_twice_decides_once(scrutinised: Stage, as_: As) -> None:
    officer, sure = as_("officer"), form(scrutinised, 2, sure="yes", text="One\r\ntwo")

    answers = [officer.post(f"{DESK}/2/decide", sure).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert filed(scrutinised, 2).nomination.seen == int(sure["seen"]) + 1


def test_an_exception_needs_its_reason_and_is_published(scrutinised: Stage, as_: As, anybody: Someone) -> None:
    officer = as_("officer")

    bare = officer.post(f"{DESK}/2/decide", {"seen": seen(scrutinised, 2), "admitted": "yes", "text": ""})
    assert (bare.status_code, "why there is an exception" in words(bare)) == (409, True)
    look = officer.post(f"{DESK}/2/decide", form(scrutinised, 2, "yes"))
    assert "Everybody reads the rules to which you make an exception" in words(look)
    officer.post(f"{DESK}/2/decide", form(scrutinised, 2, "yes", sure="yes"))

    page = words(anybody.get(f"{AT}/nominations/numbers"))
    assert "Enough seconders: Two members short." in page
    assert "Macro" not in page
    assert "Member" not in page


def test_nothing_a_member_wrote_is_markup(scrutinised: Stage, as_: As) -> None:
    decide(scrutinised, 1)
    challenge(scrutinised, "m4", 1, "<script>alert(1)</script>")

    page = as_("m11").get(f"{DESK}/1/challenges/{seen(scrutinised, 1)}")

    assert "<script>alert" not in page.text
    assert "<script>alert(1)</script>" in unescape(page.text)


@pytest.mark.parametrize("by", ["m1", "m4", "registrar", "t1", "secretary"])
def test_the_pages_of_scrutiny_are_for_officers(scrutinised: Stage, as_: As, by: str) -> None:
    other = as_(by)

    assert {other.get(page).status_code for page in (DESK, f"{DESK}/1", f"{DESK}/2", LIST)} == {403}
    sent = [
        other.post(f"{DESK}/1/decide", form(scrutinised, 1, "yes", sure="yes")),
        other.post(LIST, {"version": "2"}),
        other.post(f"{LIST}/undo", {"version": "2"}),
    ]
    assert [one.status_code for one in sent] == [403] * 3
    assert filed(scrutinised, 1).nomination.decision is None


@pytest.mark.usefixtures("scrutinised")
def test_a_number_of_another_election_is_not_there(as_: As) -> None:
    officer = as_("officer")

    for there in ("/officer/elections/other/nominations/1", f"{DESK}/99", f"{DESK}/1/challenges/1"):
        assert officer.get(there).status_code == 404
    assert officer.get(f"{DESK}/3").status_code == 409
    assert officer.get(MINE.format(3)).status_code == 404


def test_an_officer_in_it_is_told_to_leave_it(scrutinised: Stage, as_: As) -> None:
    with scrutinised.writing() as session:
        roles.grant(session, officers.COMMAND, "m7", Role.OFFICER, now=scrutinised.now)
    officer = as_("m7")

    assert "concerns you" in words(officer.get(f"{DESK}/1"))
    assert officer.post(f"{DESK}/1/decide", form(scrutinised, 1, "yes", sure="yes")).status_code == 403
    assert "Decide 1 nomination :" in words(officer.get("/home"))


@pytest.mark.usefixtures("scrutinised")
def test_looking_at_a_case_is_in_the_log(as_: As) -> None:
    officer = as_("officer")
    officer.get(f"{DESK}/1")

    page = words(officer.get(f"/officer/elections/{ELECTION}/log"))
    assert "looked at nomination 1" in page
    assert "Pharma" not in page


# ---- appeals and objections ------------------------------------------------------------------------------------------


def test_an_appeal_goes_its_whole_way(scrutinised: Stage, as_: As) -> None:
    rejected(scrutinised, 2)
    member, officer, other = as_("m3"), as_("officer"), as_("m11")

    assert MINE.format(2) in member.get(f"{AT}/nominations/2").text
    page = words(member.get(MINE.format(2)))
    assert "The nomination was rejected." in page
    assert "Enough seconders: Two members short." in page
    sent = member.post(MINE.format(2), {"text": "I had four."}, follow_redirects=True)
    assert "It waits for its answer" in words(sent)

    there = f"{DESK}/2/challenges/{seen(scrutinised, 2)}"
    assert "Answer 1 appeal" not in words(other.get("/home"))
    assert "Somebody appeals against your decision: read it, and answer :" in words(officer.get("/home"))
    waits = words(other.get(there))
    assert "Has not answered. It is not decided before 18 February 2026, 10:00 UTC" in waits
    assert "Whoever decided can say something to this until" in waits
    assert "waits for what Official officer says to it, until" in words(other.get(f"{DESK}/challenges"))
    early = other.post(there, {"seen": seen(scrutinised, 2), "upheld": "yes", "text": "At once."})
    assert (early.status_code, "once they have" in words(early)) == (409, True)
    assert officer.post(HEARD.format(2, 8), {"text": "There was one."}).status_code == 404
    heard = HEARD.format(2, seen(scrutinised, 2))
    assert "Somebody wrote this" in words(officer.get(heard))
    assert "I had four." in words(officer.get(heard))
    assert officer.post(heard, {"text": "There was one."}).status_code == 302
    assert "Whoever decides reads it." in words(officer.get(heard))
    assert "Somebody appeals" not in words(officer.get("/home"))
    assert "What Official officer says to it There was one." in words(other.get(there))
    assert "There was one." not in words(member.get(MINE.format(2)))
    assert "Answer 1 appeal :" in words(other.get("/home"))
    assert "Answer 1 appeal :" in words(as_("secretary").get("/home"))
    assert "Appeal about nomination 2" in words(other.get(f"{DESK}/challenges"))
    assert "whoever took part in the decision cannot" in words(officer.get(there))
    given = {"seen": seen(scrutinised, 2), "upheld": "yes", "text": "Indeed, four.", "aside:m12": "A friend."}
    assert officer.post(there, given).status_code == 403
    assert "“" not in words(other.get(there)).partition("Why Official officer")[2]
    done = [other.post(there, given) for _ in range(2)]
    assert [one.status_code for one in done] == [302, 302]

    page = words(member.get(MINE.format(2)))
    assert "Upheld: the decision was turned around. Indeed, four." in page
    assert "the nomination is admitted now" in page
    assert "A friend." not in page
    shown = words(other.get(there))
    assert "Took no part: Member 12 : A friend. Official officer : took part in the decision" in shown


def test_an_objection_is_made_from_the_nominations_page_and_answered(scrutinised: Stage, as_: As) -> None:
    decide(scrutinised, 1)
    member = as_("m4")

    assert MINE.format(1) in member.get(f"{AT}/nominations/1").text
    assert "This nomination was admitted." in words(member.get(MINE.format(1)))
    empty = member.post(MINE.format(1), {"text": ""})
    assert (empty.status_code, "Please say why." in words(empty)) == (422, True)
    assert member.post(MINE.format(1), {"text": "They left in May."}).status_code == 302
    other = member.post(MINE.format(1), {"text": "Something else."})
    assert (other.status_code, "waits for its answer" in words(other)) == (409, True)
    assert as_("m1").post(MINE.format(1), {"text": "I object to myself."}).status_code == 403

    there = f"{DESK}/1/challenges/{seen(scrutinised, 1)}"
    nominee = as_("m1")
    assert "Somebody objects to your nomination: read it, and answer :" in words(nominee.get("/home"))
    heard = HEARD.format(1, seen(scrutinised, 1))
    assert heard in nominee.get(MINE.format(1)).text
    told = words(nominee.get(heard))
    assert "They left in May." in told
    assert "Member 4" not in told
    assert {as_(one).get(heard).status_code for one in ("m2", "m4", "officer", "m11")} == {404}
    empty = nominee.post(heard, {"text": ""})
    assert (empty.status_code, "say what you think" in words(empty)) == (422, True)
    assert [nominee.post(heard, {"text": "I came back."}).status_code for _ in range(2)] == [302, 302]
    again = nominee.post(heard, {"text": "And more."})
    assert (again.status_code, "answered this already" in words(again)) == (409, True)
    assert "Somebody objects" not in words(nominee.get("/home"))

    answers = as_("secretary")
    unsaid = answers.post(there, {"seen": seen(scrutinised, 1), "upheld": "yes", "text": ""})
    assert (unsaid.status_code, "give the reason" in words(unsaid)) == (422, True)
    stale = answers.post(there, {"seen": "1", "upheld": "yes", "text": "So it is."})
    assert (stale.status_code, "meanwhile" in words(stale)) == (409, True)
    assert "So it is." in stale.text
    answers.post(there, {"seen": seen(scrutinised, 1), "upheld": "yes", "text": "So it is."})
    page = words(nominee.get(MINE.format(1)))
    assert "An objection was upheld The answer: So it is." in page
    assert "Member 4" not in page
    assert "They left in May." not in page
    assert "The objection was upheld. So it is." in words(nominee.get(heard))


def test_an_objection_is_taken_back(scrutinised: Stage, as_: As) -> None:
    decide(scrutinised, 1)
    number = challenge(scrutinised, "m4", 1, "They left in May.")
    member, back = as_("m4"), f"{HEARD.format(1, number)}/take-back"

    assert f'href="{back}"' in member.get(MINE.format(1)).text
    assert "They left in May." in words(member.get(back))
    assert {as_(one).post(back).status_code for one in ("m1", "m6", "officer")} == {404}
    done = [member.post(back, follow_redirects=True) for _ in range(2)]
    assert "You have taken it back." in words(done[0])
    assert "It waits for its answer" not in words(done[1])
    assert member.get(back).status_code == 302
    desk = as_("m11")
    assert "Objection about nomination 1" in words(desk.get(f"{DESK}/challenges"))
    assert "taken back" in words(desk.get(f"{DESK}/challenges"))
    assert "There is nothing to decide." in words(desk.get(f"{DESK}/1/challenges/{number}"))
    given = {"seen": seen(scrutinised, 1), "upheld": "yes", "text": "So it is."}
    assert desk.post(f"{DESK}/1/challenges/{number}", given).status_code == 409
    assert "Objections 1 (0 upheld, 0 not, 1 taken back)" in words(desk.get(f"{AT}/nominations/numbers"))


def test_nobody_takes_back_what_was_decided(scrutinised: Stage, as_: As) -> None:
    decide(scrutinised, 1)
    number = challenge(scrutinised, "m4", 1)
    answer(scrutinised, "m11", 1, number, upheld=False)

    told = as_("m4").post(f"{HEARD.format(1, number)}/take-back", follow_redirects=True)
    assert "It was answered already." in words(told)


def test_others_read_neither_a_rejection_nor_what_was_asked(scrutinised: Stage, as_: As) -> None:
    rejected(scrutinised, 2)
    number = challenge(scrutinised, "m3", 2)
    other = as_("m4")

    assert other.get(MINE.format(2)).status_code == 404
    assert other.post(MINE.format(2), {"text": "I would like to know."}).status_code == 404
    for page in (f"{DESK}/challenges", f"{DESK}/2/challenges/{number}"):
        assert other.get(page).status_code == 403
    assert other.post(f"{DESK}/2/challenges/{number}", {"seen": "9", "upheld": "yes", "text": "x"}).status_code == 403


def test_after_the_window_the_page_offers_nothing(scrutinised: Stage, as_: As) -> None:
    rejected(scrutinised, 2)
    scrutinised.now = CHALLENGED
    member = as_("m3")

    page = member.get(MINE.format(2))
    assert "were possible until 25 February" in words(page)
    assert "<textarea" not in page.text
    assert member.post(MINE.format(2), {"text": "Late."}).status_code == 409
    assert not filed(scrutinised, 2).nomination.challenges


# ---- the list --------------------------------------------------------------------------------------------------------


def version(stage: Stage) -> str:
    with stage.reading() as session:
        return str(elections.show(session, ELECTION).version)


def test_the_list_is_looked_at_adopted_and_taken_back(scrutinised: Stage, as_: As) -> None:
    officer = as_("officer")
    waits = officer.get(LIST)
    assert "What keeps it back Nominations 1, 2 wait for scrutiny." in words(waits)
    assert "Adopt the list" not in waits.text
    refused = officer.post(LIST, {"version": version(scrutinised)})
    assert (refused.status_code, "wait for scrutiny" in words(refused)) == (409, True)
    decide(scrutinised, 1)
    rejected(scrutinised, 2)

    assert "Adopt the list of candidates" in words(officer.get("/home"))
    page = words(officer.get(LIST))
    assert "Member 1" in page
    assert "1 place stays vacant" in page
    assert officer.post(LIST, {"version": "1"}).status_code == 409
    given = {"version": version(scrutinised)}
    done = [officer.post(LIST, given).status_code for _ in range(2)]
    assert done == [302, 302]
    page = words(officer.get(LIST))
    assert "The list is adopted." in page
    assert "Appeals and objections about nominations are possible until" in page
    assert "Adopt the list" not in words(officer.get("/home"))

    assert officer.post(f"{LIST}/undo", {"version": "1"}).status_code == 409
    assert officer.post(f"{LIST}/undo", {"version": version(scrutinised)}).status_code == 302
    assert officer.post(f"{LIST}/undo", {"version": version(scrutinised)}).status_code == 409
    scrutinised.now = START
    assert "has to be adopted first" in words(as_("officer").get(DESK))


def test_after_the_freeze_nothing_is_adopted_and_a_withdrawal_leads_to_the_two(stage: Stage, as_: As) -> None:
    begin(stage)
    for member in ("m1", "m2", "m4"):
        nominated(stage, member)
    stage.now = SCRUTINY
    for number in (1, 2, 3):
        decide(stage, number)
    adopt(stage)
    stage.freeze()
    officer = as_("officer")
    assert officer.post(LIST, {"version": version(stage)}).status_code == 409
    assert "The list is adopted." in words(officer.get(LIST))
    with stage.writing() as session:
        nominations.withdraw(session, "m1", ELECTION, 1, now=stage.now)
    assert "Once the election is announced, two people" in words(officer.get(DESK))
    stage.announce()

    page = officer.get(DESK)
    with stage.reading() as session:
        gone = adoption.gone(session, ELECTION, now=stage.now)[0]
    link = f"/officer/elections/{ELECTION}/withdraw?candidate={gone.contest}/{gone.candidate}"
    assert link in unescape(page.text).replace("%2F", "/")
    there = officer.get(link).text
    assert re.search(rf'<option selected value="{gone.contest}/{gone.candidate}">', there)
    assert "Take Member 1 out of" in words(officer.get("/home"))


@pytest.mark.usefixtures("scrutinised")
def test_the_officers_page_leads_there(as_: As) -> None:
    page = as_("officer").get(f"/officer/elections/{ELECTION}").text

    for there in (DESK, LIST):
        assert f'href="{there}"' in page


def test_numbers_are_for_everybody_once_the_election_is_announced(stage: Stage, anybody: Someone) -> None:
    there = f"{AT}/nominations/numbers"
    stage.draft()
    assert anybody.get(there).status_code == 404
    stage.freeze()
    assert anybody.get(there).status_code == 200


def test_the_numbers_of_answers(scrutinised: Stage, anybody: Someone) -> None:
    decide(scrutinised, 1)
    rejected(scrutinised, 2)
    answer(scrutinised, "m11", 2, challenge(scrutinised, "m3", 2), upheld=False)

    page = words(anybody.get(f"{AT}/nominations/numbers"))

    assert "Nominations received 3" in page
    assert "Appeals 1 (0 upheld, 1 not)" in page
    assert "Took no part in an answer: returning officer (1)." in page
