"""The pages of nominations, as members meet them: what they may do, what they see, and what they cannot find out."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from governance.domain.nominations.record import Event, Kind
from governance.domain.terms import Question, Terms
from governance.services import adoption, declarations, elections, nomination_records, nominations, running, statements
from tests.services.nominating import (
    ACCEPTED,
    BEGIN,
    DAY,
    END,
    a_nominating_draft,
    accept,
    mail,
    nominate,
    nominating,
    second,
)
from tests.services.stage import ELECTION, TWO, Stage
from tests.web.browser import AT, Someone, words

As = Callable[[str], Someone]
PAGE = f"{AT}/nominations"
WITHOUT_NUMBERS = re.compile(r"\d+")


@pytest.fixture
def opened(stage: Stage) -> Stage:
    nominating(stage, a_nominating_draft(Terms(words=10)))
    return stage


def at(number: int, more: str = "") -> str:
    return f"{PAGE}/{number}{more}"


def go(response: TestResponse) -> str:
    """Where a form leads."""
    assert response.status_code == 302, words(response)
    return str(response.headers["Location"])


def decided(stage: Stage, number: int, *, admitted: bool) -> None:
    with stage.writing() as session:
        filed = nomination_records.get(session, ELECTION, number)
        nomination_records.add(session, filed, Event(0, Kind.DECIDED, stage.now, "officer", yes=admitted))


# ---- the whole way ---------------------------------------------------------------------------------------------------


def test_somebody_is_nominated_and_goes_the_whole_way(opened: Stage, as_: As) -> None:
    nominator, nominee, other = as_("m1"), as_("m2"), as_("m3")
    assert "Nominate, second, see who stands Advisory group 2026" in words(nominator.get("/home"))
    assert "Nominations are open until 25 February 2026, 09:00 UTC" in words(nominator.get(PAGE))

    sent = nominator.post(f"{PAGE}/nominate", {"contest": "board", "email": "m2@example.org"})
    where = go(sent)
    assert "If a member has this address, we have written to them." in words(nominator.get(where))
    link = re.search(r"https?://\S+", mail(opened)[0].text)
    assert link is not None
    assert link[0].endswith(where)

    assert "Somebody has nominated you: accept or decline : Advisory group 2026" in words(nominee.get("/home"))
    assert "You have been nominated: accept or decline , At large" in words(nominee.get(PAGE))
    asked = words(nominee.get(where))
    assert "Member 1 would like you to stand. Only the two of you see this." in asked
    assert go(nominee.post(f"{where}/accept")) == where
    done = words(nominee.get(where))
    assert "You have accepted." in done
    assert "0 of 2 seconders, from 0 of 2 countries." in done
    lacks = (
        "Your nomination lacks: 2 more seconders, seconders from 2 countries, your statement, your answer to 1 question"
    )
    assert lacks in done
    assert f"{lacks} : Advisory group 2026 By 25 February 2026" in words(nominee.get("/home"))

    assert "Member 2 0 of 2 seconders" in words(other.get(PAGE))
    assert "Nominated by Member 1 ." in words(other.get(where))
    assert go(other.post(f"{where}/second")) == where
    seconded = words(other.get(where))
    assert "1 of 2 seconders, from 1 of 2 countries." in seconded
    assert "Seconded by Member 3" in seconded
    assert "You second this nomination. Take it back" in seconded
    assert go(other.post(f"{where}/take-back")) == where
    assert "You no longer second this nomination." in words(other.get(where))

    assert "Withdraw your nomination?" in words(nominee.get(f"{where}/withdraw"))
    assert go(nominee.post(f"{where}/withdraw")) == where
    assert "You have withdrawn." in words(nominee.get(where))
    assert other.get(where).status_code == 404


@pytest.mark.usefixtures("opened")
def test_one_nominates_oneself(as_: As) -> None:
    member = as_("m1")

    where = go(member.post(f"{PAGE}/stand", {"contest": "africa"}))

    assert "You are nominated." in words(member.get(where))
    assert go(member.post(f"{PAGE}/stand", {"contest": "africa"})) == where
    page = words(member.get(PAGE))
    assert "Africa : You stand in this contest already." in page
    assert "At large : One can stand in one contest of this election" in page


def test_a_nominee_declines_and_only_the_nominator_is_told(opened: Stage, as_: As) -> None:
    number = nominate(opened, "m1", email="m2@example.org")
    nominee = as_("m2")

    go(nominee.post(at(number, "/decline")))

    assert "You have declined." in words(nominee.get(at(number)))
    assert "It was declined. Nobody has to say why." in words(as_("m1").get(at(number)))
    assert (mail(opened)[0].recipient, mail(opened)[0].subject) == (
        "m1@example.org",
        f"Nomination {number} was declined",
    )


# ---- the profile -----------------------------------------------------------------------------------------------------


def test_a_nominee_writes_and_sees_it_as_voters_will(opened: Stage, as_: As, anybody: Someone) -> None:
    number = nominate(opened, "m1")
    nominee, reader = as_("m1"), as_("m2")
    write = f"{AT}/candidates/member-1/write"
    assert "At most 10 words in each language" in words(nominee.get(at(number, "/profile")))

    long = nominee.post(write, {"language": "en", "text": "word " * 11})
    assert (long.status_code, "at most 10 words" in words(long), "word word" in long.text) == (422, True, True)
    go(nominee.post(write, {"language": "en", "text": "I <script>alert(1)</script> listen."}))
    go(nominee.post(write, {"language": "ar", "text": "أنا أستمع."}))

    for page in (nominee.get(f"{AT}/candidates/member-1/preview"), reader.get(at(number)), nominee.get(at(number))):
        assert "I &lt;script&gt;alert(1)&lt;/script&gt; listen." in page.text
        assert '<div class="statement" lang="ar" dir="rtl"><p>أنا أستمع.</p></div>' in page.text
    assert "This is a preview" in words(nominee.get(f"{AT}/candidates/member-1/preview"))
    for one in (reader, anybody):
        assert one.get(f"{AT}/candidates/member-1").status_code == 404
    assert reader.get(f"{AT}/candidates/member-1/preview").status_code == 403
    assert reader.get(write).status_code == 403
    assert "Back to your nomination" in words(nominee.get(write))


def test_what_was_written_is_saved_on_the_way_to_another_language(opened: Stage, as_: As) -> None:
    nominate(opened, "m1")
    nominee, write = as_("m1"), f"{AT}/candidates/member-1/write"
    there = {"then": "other", "other-language": "fr"}

    assert "Save, and write in it" in words(nominee.get(write))
    assert go(nominee.post(write, {"language": "en", "text": "I listen.", **there})) == f"{write}?language=fr"
    assert "I listen." in nominee.get(f"{write}?language=en").text
    long = nominee.post(write, {"language": "fr", "text": "mot " * 11, **there, "other-language": "de"})
    assert (long.status_code, "mot mot" in long.text, "In Français" in words(long)) == (422, True, True)
    assert go(nominee.post(write, {"language": "fr", "text": "Oui.", **there, "other-language": "?"})).endswith("=fr")


def test_whoever_is_not_signed_in_finds_that_nominations_are_open(opened: Stage, anybody: Someone) -> None:
    told = "Nominations are open: Advisory group 2026"
    assert told in words(anybody.get("/"))
    assert "Sign in first" in words(anybody.client.get(PAGE, follow_redirects=True))
    opened.now = END
    assert told not in words(anybody.get("/"))


@pytest.mark.usefixtures("opened")
def test_an_officer_is_not_called_while_nominations_go_on(as_: As) -> None:
    home = words(as_("officer").get("/home"))
    desk = words(as_("officer").get(f"/officer/elections/{ELECTION}"))

    assert ("Set the election up" in home, "Freeze the roll" in home) == (False, False)
    assert "Nominations are open" in words(as_("officer").get("/officer/"))
    assert "nobody stands yet" not in desk
    assert "it is settled who stands, the roll is frozen: not before" in desk


def test_after_acceptance_a_nominee_loses_nothing_and_an_officer_says_why(opened: Stage, as_: As) -> None:
    number = nominate(opened, "m1")
    opened.now = ACCEPTED
    nominee, officer, write = as_("m1"), as_("officer"), f"{AT}/candidates/member-1/write"

    late = nominee.post(write, {"language": "en", "text": "I thought about this for hours."})
    assert (late.status_code, "I thought about this for hours." in late.text) == (409, True)
    assert "Statements are fixed since 27 February 2026" in words(late)
    long = nominee.post(write, {"language": "en", "text": "hours " * 11})
    assert (long.status_code, "hours hours" in long.text) == (422, True)
    assert nominee.get(at(number, "/profile")).status_code == 409
    page = words(nominee.get(write))
    assert ("Statements are fixed since" in page, "Save" in page, "Why you correct it" in page) == (True, False, False)

    silent = officer.post(write, {"language": "en", "text": "Corrected."})
    assert (silent.status_code, "Say why" in words(silent), "Corrected." in silent.text) == (409, True, True)
    assert go(officer.post(write, {"language": "en", "text": "Corrected.", "why": "A letter was missing."}))
    assert "A letter was missing." in words(officer.get(f"/officer/elections/{ELECTION}/log"))


def test_declarations_are_made_and_what_was_typed_stays(stage: Stage, as_: As) -> None:
    health = Question("health", "Do you receive care yourself?", published=False)
    nominating(stage, a_nominating_draft(Terms(questions=(*Terms().questions, health))))
    number = nominate(stage, "m1")
    nominee, form = as_("m1"), at(number, "/profile/declarations")
    page = words(nominee.get(at(number, "/profile")))
    assert "Your answer is shown with your name." in page
    assert "Only returning officers and the secretariat see your answer." in page

    for data, why in (
        ({"yes-pharma": "yes"}, "A few words are needed with a yes"),
        ({"text-pharma": "From <b>Example</b>"}, "Please choose yes or no as well."),
        ({"yes-pharma": "maybe"}, "Please choose yes or no."),
        ({"yes-pharma": "yes", "text-pharma": "a\u202eb"}, "cannot be shown"),
        ({"yes-pharma": "yes", "text-pharma": "From <b>Example</b>", "yes-health": "yes"}, "A few words are needed"),
    ):
        answer = nominee.post(form, data)
        assert (answer.status_code, why in words(answer)) == (422, True)
        if "text-pharma" in data:
            assert data["text-pharma"].replace("<", "&lt;").replace(">", "&gt;") in answer.text
    with stage.reading() as session:
        assert declarations.history(session, "m1", "m1", now=stage.now) == []

    go(nominee.post(form, {"yes-pharma": "yes", "text-pharma": "From <b>Example</b>"}))
    go(nominee.post(form, {"yes-pharma": "yes", "text-pharma": "From <b>Example</b>", "yes-health": "no"}))
    with stage.reading() as session:
        history = declarations.history(session, "m1", "m1", now=stage.now)
    assert [(one.question, one.yes) for one in history] == [("health", False), ("pharma", True)]
    shown = nominee.get(at(number, "/profile"))
    assert "What I have declared so far" in words(shown)
    assert "<b>Example" not in shown.text
    assert "Example" not in as_("m2").get(at(number)).text


# ---- nothing tells whether an address is a member's ------------------------------------------------------------------


def test_a_known_and_an_unknown_address_get_the_same_answer_and_the_same_pages(opened: Stage, as_: As) -> None:
    with opened.writing() as session:
        session.execute(text("UPDATE member SET status = 'suspended' WHERE id = 'm4'"))
    addresses = ["m2@example.org", "x2@example.org", "m4@example.org"]
    member = as_("m1")

    def all_of(address: str) -> list[tuple[int, str]]:
        sent = member.post(f"{PAGE}/nominate", {"contest": "board", "email": address})
        again = member.post(f"{PAGE}/nominate", {"contest": "board", "email": address})
        where = go(sent)
        pages = [sent, again, member.get(where), member.get(where), member.post(f"{where}/accept")]
        pages += [member.post(f"{where}/{act}") for act in ("decline", "second", "take-back", "withdraw")]
        pages += [member.get(f"{where}{more}") for more in ("/withdraw", "/profile", "/decision")]
        return [(one.status_code, _plain(one, address)) for one in pages]

    first, *others = [all_of(one) for one in addresses]

    for one in others:
        assert one == first
    listed = re.findall(r'<a href="[^"]*">You nominated.*?</li>', member.get(PAGE).text, re.DOTALL)
    assert len(listed) == 3
    assert len({WITHOUT_NUMBERS.sub("0", _bare(one, addresses)) for one in listed}) == 1
    assert member.get("/home").text.count("nominated you") == 0


def _plain(response: TestResponse, address: str) -> str:
    """A page without its token, its numbers, and the address; and so of the same length."""
    told = re.sub(r'(content|value)="[^"]{40,}"', "", response.text)
    return WITHOUT_NUMBERS.sub("0", _bare(told, [address]) + response.headers.get("Location", ""))


def _bare(told: str, addresses: list[str]) -> str:
    for one in addresses:
        told = told.replace(one, "")
    return told


def test_nobody_else_sees_what_is_not_accepted(opened: Stage, as_: As) -> None:
    number = nominate(opened, "m1", email="m2@example.org")

    for who in ("m3", "officer", "secretary", "registrar"):
        other = as_(who)
        assert other.get(at(number)).status_code == 404
        assert other.get(at(number, "/withdraw")).status_code == 404
        assert other.get(at(number, "/profile")).status_code == 404
        for act in ("accept", "decline", "second", "take-back", "withdraw", "profile/declarations"):
            assert other.post(at(number, f"/{act}")).status_code == 404, act
        assert "m2@example.org" not in other.get(PAGE).text
    for act in ("accept", "decline", "withdraw", "profile/declarations"):
        assert as_("m1").post(at(number, f"/{act}")).status_code == 403, act
    assert as_("m1").get(at(number, "/withdraw")).status_code == 403
    with opened.reading() as session:
        assert nominations.show(session, "m2", ELECTION, number, now=opened.now).status.value == "waits for the nominee"


def test_a_nomination_of_another_election_is_not_there(opened: Stage, as_: As) -> None:
    number = nominate(opened, "m1")
    opened.draft(election="other")

    assert as_("m1").get(f"/elections/other/nominations/{number}").status_code == 404
    assert as_("m1").get(at(number + 1)).status_code == 404
    assert as_("m1").get(at(2**40)).status_code == 404


def test_nobody_reads_any_of_it_without_signing_in(opened: Stage, anybody: Someone) -> None:
    number = nominate(opened, "m1")

    for page in (PAGE, at(number), at(number, "/profile")):
        assert anybody.get(page).status_code == 302
    assert anybody.post(at(number, "/second")).status_code == 401


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "data", "status", "why"),
    [
        ("stand", {}, 422, "Please choose for which place."),
        ("stand", {"contest": "nothing"}, 422, "Not a valid choice"),
        ("nominate", {"contest": "board"}, 422, "Please give their e-mail address."),
        ("nominate", {"email": "m2@example.org"}, 422, "Please choose for which place."),
        ("nominate", {"contest": "board", "email": "nonsense<b>"}, 422, "This is no e-mail address."),
        ("nominate", {"contest": "board", "email": "m1@example.org"}, 409, "This is your own address"),
    ],
    ids=["no contest", "unknown contest", "no address", "no contest for another", "no address at all", "own address"],
)
@pytest.mark.usefixtures("opened")
def test_what_is_missing_is_said_and_what_was_typed_stays(
    as_: As, form: str, data: dict[str, str], status: int, why: str
) -> None:
    answer = as_("m1").post(f"{PAGE}/{form}", data)

    assert (answer.status_code, why in words(answer)) == (status, True)
    assert ("Something is missing in the form" in words(answer)) is (status == 422)
    assert "email" not in data or f'value="{data["email"]}"' in unescape(answer.text)


@pytest.mark.parametrize(
    ("now", "why"),
    [(BEGIN - DAY, "Nominations begin on 17 February 2026"), (END, "Nominations ended on 25 February 2026")],
    ids=["early", "late"],
)
def test_out_of_time_there_is_no_form_and_a_sentence(opened: Stage, as_: As, now: datetime, why: str) -> None:
    number = nominate(opened, "m1")
    opened.now = now
    member = as_("m2")

    page = member.get(PAGE)
    sent = member.post(f"{PAGE}/nominate", {"contest": "board", "email": "m3@example.org"})

    assert (why in words(page), "Nominate yourself" in words(page)) == (True, False)
    assert (sent.status_code, why in words(sent)) == (409, True)
    assert why in words(member.get(at(number)))
    refused = member.post(at(number, "/second"))
    assert (refused.status_code, why in words(refused)) == (409, True)


def test_refusals_stand_on_the_page_with_the_reason(opened: Stage, as_: As) -> None:
    number, asked = nominate(opened, "m1"), nominate(opened, "m1", email="officer@example.org")

    own = as_("m1").post(at(number, "/second"))
    assert (own.status_code, "others have to second it" in words(own)) == (409, True)
    officer = as_("officer")
    assert "You cannot accept: Whoever runs this election" in words(officer.get(at(asked)))
    refused = officer.post(at(asked, "/accept"))
    assert (refused.status_code, "cannot stand in it" in words(refused)) == (409, True)
    assert "Whoever runs this election" in words(officer.get(PAGE))


def test_an_election_without_nominations_says_so_and_one_that_is_not_announced_is_not_there(
    stage: Stage, as_: As
) -> None:
    stage.draft()
    assert as_("m1").get(PAGE).status_code == 404
    stage.freeze()
    assert "the returning officer enters who stands" in words(as_("m1").get(PAGE))


def test_old_pages_sent_again_do_nothing_twice(opened: Stage, as_: As) -> None:
    number = nominate(opened, "m1", email="m2@example.org")
    nominee = as_("m2")
    for _ in range(2):
        go(nominee.post(at(number, "/accept")))
    old = nominee.post(at(number, "/decline"))
    assert (old.status_code, "withdraw it" in words(old)) == (409, True)
    for _ in range(2):
        go(nominee.post(at(number, "/withdraw")))
    assert go(nominee.get(at(number, "/withdraw"))) == at(number)
    gone = nominee.post(at(number, "/accept"))
    assert (gone.status_code, "You have withdrawn this nomination." in words(gone)) == (409, True)
    profile = nominee.get(at(number, "/profile"))
    assert (profile.status_code, "no longer stand" in words(profile)) == (409, True)


def test_names_are_text(opened: Stage, as_: As) -> None:
    with opened.writing() as session:
        session.execute(text("UPDATE member SET name = '<img src=x onerror=alert(1)>' WHERE id IN ('m1', 'm3')"))
    number = nominate(opened, "m1")
    second(opened, "m3", number)

    for page in (as_("m2").get(PAGE), as_("m2").get(at(number)), as_("m1").get(at(number, "/profile"))):
        assert "<img src=x" not in page.text
    assert "&lt;img src=x" in as_("m2").get(at(number)).text


def test_a_decision_is_linked_for_those_whom_it_concerns(opened: Stage, as_: As) -> None:
    number = nominate(opened, "m1", email="m2@example.org")
    accept(opened, "m2", number)
    decided(opened, number, admitted=False)
    assert "The decision, its reasons, and how to appeal" in words(as_("m2").get(at(number)))
    assert "Your nomination was not admitted: read why, and how to appeal" in words(as_("m2").get("/home"))
    assert as_("m3").get(at(number)).status_code == 404
    decided(opened, number, admitted=True)
    assert "The decision, and how to object to it" in words(as_("m3").get(at(number)))


def test_after_the_freeze_a_withdrawal_is_the_officers_to_do(stage: Stage, as_: As) -> None:
    nominating(stage)
    number = nominate(stage, "m1")
    numbers = [number, nominate(stage, "m2"), nominate(stage, "m3"), nominate(stage, "m6", "africa")]
    stage.now = ACCEPTED
    for one in numbers:
        decided(stage, one, admitted=True)
    with stage.writing() as session:
        adoption.adopt(session, "officer", ELECTION, elections.get(session, ELECTION).version, now=stage.now)
    stage.freeze()
    nominee = as_("m1")
    assert "You are on the ballot." in words(nominee.get(at(number, "/withdraw")))
    assert "You are elected without a vote." in words(as_("m6").get(at(numbers[3], "/withdraw")))
    go(nominee.post(at(number, "/withdraw")))
    stage.announce()
    officer, needs = as_("officer"), "Take Member 1 out of “At large”: they have withdrawn"

    assert needs in words(officer.get("/home"))
    assert needs not in words(as_("secretary").get("/home"))
    assert "Nominations : who was nominated, and by whom" in words(nominee.get(AT))
    with stage.writing() as session:
        running.withdraw(session, TWO, ELECTION, contest="board", candidate="member-1", reason="Wish", now=stage.now)
    assert needs not in words(officer.get("/home"))


def test_statements_and_terms_that_are_long_ago_do_not_break_the_page(opened: Stage, as_: As) -> None:
    number = nominate(opened, "m1")
    with opened.writing() as session:
        statements.say(session, "m1", ELECTION, "member-1", "I listen.", now=opened.now)
        nomination_records.erase(session, ELECTION)
        nominations.nominate(session, "m3", ELECTION, "board", email="m4@example.org", now=opened.now)
        nomination_records.erase(session, ELECTION)

    assert "I listen." in words(as_("m2").get(at(number)))
    page = as_("m3").get(PAGE)
    assert (page.status_code, "You nominated" in words(page)) == (
        200,
        False,
    )  # nobody accepted, so nobody is left of it
