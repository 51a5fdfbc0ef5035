"""The second step in a browser: led to it, passed, asked for again; what an attacker with the mailbox or a page tries."""

import ast
import re
from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import segno
from flask import Flask
from sqlalchemy import select

import governance.web
from governance.domain import second_step as rules
from governance.domain.phases import Phase
from governance.services import accounts, consents, elections, officers, post
from governance.services.consents import Act, Wish
from governance.store.types import Base
from governance.web.second_step import CODE, LASTING
from tests.services import devices
from tests.services.devices import shows
from tests.services.stage import ELECTION, START, Stage
from tests.web.browser import Someone, application, onward, session_token, words

As = Callable[[str], Someone]
STEP = "/sign-in/second-step"
SET_UP = "/second-step/set-up"
LATER = timedelta(minutes=31)
FREEZE = f"/officer/elections/{ELECTION}/freeze"


def half_way(someone: Someone, member: str = "officer", wanted: str = "") -> Someone:
    """Read the mail, type its digits, and no more."""
    someone.member = member
    someone.plainly("/sign-in", {"email": f"{member}@example.org", "next": wanted})
    with someone.stage.reading() as session:
        mine = [one for one in post.outbox(session) if one.recipient == f"{member}@example.org"]
    digits = next(one.subject[:6] for one in mine if one.subject[:6].isdigit())
    answer = someone.plainly("/sign-in/code", {"digits": digits})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(STEP), answer.headers["Location"]
    return someone


def with_device(stage: Stage, member: str = "officer") -> None:
    session_token(stage, member)


def cookie(someone: Someone) -> str:
    kept = someone.client.get_cookie("session")
    assert kept
    return kept.value


def everything(stage: Stage) -> dict[str, list[str]]:
    with stage.reading() as session:
        return {
            name: sorted(repr(row) for row in session.execute(select(table)))
            for name, table in Base.metadata.tables.items()
        }


def secret_of(page: str) -> bytes:
    """What somebody types into a device from a page."""
    key = re.search(r'class="key"><code>([A-Z2-7 ]+)</code>', page)
    assert key
    return b32decode(key[1].replace(" ", ""))


def code_of(stage: Stage, page: str) -> str:
    """What that device shows."""
    return shows(secret_of(page), stage.now)


# ---- led to it --------------------------------------------------------------------------------------------------------


def test_an_officer_is_led_to_set_it_up_and_comes_to_the_page_that_was_wanted(anybody: Someone, stage: Stage) -> None:
    half_way(anybody, wanted="/officer/")
    first = anybody.get(f"{STEP}?next=/officer/")
    page = anybody.get(first.headers["Location"])
    assert "You look after other people's votes. Before you go on, one more step" in words(page)

    made = anybody.plainly(SET_UP, {"digits": code_of(stage, page.text), "next": onward(first)})

    codes = re.findall(r"<li><code>([0-9 ]{19})</code></li>", made.text)
    assert len(set(codes)) == 10
    assert made.headers["Cache-Control"] == "no-store"
    assert '<a class="button" href="/officer/">' in made.text
    assert anybody.get("/officer/").status_code == 200
    other = half_way(Someone(anybody.app, stage))
    answer = other.plainly(STEP, {"digits": codes[4], "next": "/officer/"})
    assert answer.headers["Location"] == "/officer/"
    assert "That recovery code is used up. 9 are left." in words(other.get("/officer/"))


@pytest.mark.parametrize("address", ["/home", "/officer/", "/members/", "/second-step", "/decisions/"])
def test_who_is_half_way_sees_no_page_of_anybodys(anybody: Someone, stage: Stage, address: str) -> None:
    with_device(stage)
    half_way(anybody)

    answer = anybody.get(address)

    assert answer.headers["Location"] == f"{STEP}?next={address}"
    assert "Official officer" not in anybody.get("/").text
    assert "Signed in as" not in anybody.get(STEP).text


@pytest.mark.parametrize(
    "address", ["/second-step/codes", "/second-step/off", "/sign-out/everywhere", "/decisions/1/approve"]
)
def test_who_is_half_way_changes_nothing(anybody: Someone, stage: Stage, address: str) -> None:
    with_device(stage)
    half_way(anybody)
    before = everything(stage)

    assert anybody.plainly(address, {"digits": "123456"}).status_code == 401
    assert everything(stage) == before


def test_a_member_without_one_is_not_asked(as_: As) -> None:
    assert as_("m1").get("/home").status_code == 200
    assert as_("m1").get(STEP).headers["Location"] == "/home"


def test_a_browser_that_was_signed_in_before_is_asked_too(anybody: Someone, stage: Stage) -> None:
    """Its cookie, and a session as the migration leaves it: nothing was passed in it."""
    with_device(stage)
    with stage.writing() as session:
        token = devices.begun(session, "officer", stage.now)
    with anybody.client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    anybody.member = "officer"

    assert anybody.get("/officer/").headers["Location"] == f"{STEP}?next=/officer/"
    assert anybody.plainly(STEP, {"digits": anybody.code(), "next": "/officer/"}).headers["Location"] == "/officer/"
    assert anybody.get("/officer/").status_code == 200


def test_a_very_old_cookie_leads_to_signing_in(anybody: Someone, stage: Stage) -> None:
    with_device(stage)
    half_way(anybody)
    stage.now += timedelta(hours=4)

    assert anybody.get("/officer/").headers["Location"] == "/sign-in?next=/officer/"
    assert anybody.get(STEP).headers["Location"] == "/sign-in"
    assert anybody.get(SET_UP).headers["Location"].startswith("/sign-in?next=")
    for address in (STEP, SET_UP):
        assert anybody.plainly(address, {"digits": anybody.code()}).status_code == 401


def test_an_official_is_asked_again_when_the_session_ends(as_: As, stage: Stage) -> None:
    officer = as_("officer")
    stage.now += timedelta(hours=4)

    assert officer.get("/officer/").headers["Location"].startswith("/sign-in?")


def test_somebody_else_can_sign_in_there(anybody: Someone, stage: Stage) -> None:
    with_device(stage)
    half_way(anybody)
    assert anybody.get("/sign-in").headers["Location"] == STEP

    assert anybody.plainly("/sign-in/leave").headers["Location"] == "/sign-in"
    assert anybody.get("/sign-in").status_code == 200
    assert anybody.get(STEP).headers["Location"] == "/sign-in"


# ---- attacks ----------------------------------------------------------------------------------------------------------


def test_the_cookie_of_half_way_is_worth_nothing_afterwards(anybody: Someone, stage: Stage, site: Flask) -> None:
    """Session fixation: somebody put a cookie into the officer's browser, or copied it from there, and waits."""
    with_device(stage)
    half_way(anybody)
    before = cookie(anybody)
    anybody.plainly(STEP, {"digits": anybody.code()})
    assert anybody.get("/officer/").status_code == 200

    thief = Someone(site, stage)
    thief.client.set_cookie("session", before)

    assert thief.get("/officer/").headers["Location"].startswith("/sign-in?")
    assert cookie(anybody) != before


def test_the_cookie_from_before_setting_up_is_worth_nothing_afterwards(
    anybody: Someone, stage: Stage, site: Flask
) -> None:
    half_way(anybody)
    before = cookie(anybody)
    page = anybody.get(SET_UP).text
    anybody.plainly(SET_UP, {"digits": code_of(stage, page)})

    thief = Someone(site, stage)
    thief.client.set_cookie("session", before)

    assert thief.get(SET_UP).headers["Location"].startswith("/sign-in?")
    assert thief.get("/officer/").headers["Location"].startswith("/sign-in?")


def test_whoever_has_the_mailbox_is_shown_no_key(anybody: Someone, stage: Stage) -> None:
    with_device(stage)
    half_way(anybody)

    assert anybody.get(SET_UP).headers["Location"] == f"{STEP}?next=/home"
    assert anybody.plainly(SET_UP, {"digits": "123456"}).status_code == 403


EVIL = ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb"]


@pytest.mark.parametrize("address", EVIL, ids=["slashes", "https", "backslash", "script", "break"])
def test_nobody_is_sent_elsewhere(anybody: Someone, stage: Stage, address: str) -> None:
    half_way(anybody)
    page = anybody.client.get(SET_UP, query_string={"next": address}).text
    assert '<input type="hidden" name="next" value="/home">' in page
    made = anybody.plainly(SET_UP, {"digits": code_of(stage, page), "next": address})
    assert '<a class="button" href="/home">' in made.text

    other = half_way(Someone(anybody.app, stage))
    stage.authenticators["officer"] = secret_of(page)
    assert 'name="next" value="/home"' in other.client.get(STEP, query_string={"next": address}).text

    assert other.plainly(STEP, {"digits": other.code(), "next": address}).headers["Location"] == "/home"


@pytest.mark.parametrize("address", [STEP, SET_UP, "/sign-in/leave", "/second-step/codes", "/second-step/off"])
def test_no_other_page_sends_it(as_: As, anybody: Someone, stage: Stage, address: str) -> None:
    with_device(stage)
    visitor = half_way(anybody) if address in (STEP, "/sign-in/leave") else as_("officer")
    code, token = visitor.code(), visitor.token()
    before = everything(stage)

    without = visitor.client.post(address, data={"digits": code})
    elsewhere = visitor.client.post(
        address, data={"digits": code, "csrf_token": token}, headers={"Origin": "https://evil.example"}
    )

    assert (without.status_code, elsewhere.status_code) == (403, 403)
    assert everything(stage) == before


def test_looking_changes_nothing(as_: As, anybody: Someone, stage: Stage) -> None:
    with_device(stage)
    half_way(anybody)
    officer, member = as_("officer"), as_("m1")
    officer.get("/home")
    before = everything(stage)

    for one, addresses in (
        (anybody, (STEP, SET_UP)),
        (officer, (STEP, SET_UP, "/second-step", "/members/second-steps", "/development/outbox")),
        (member, (STEP, SET_UP, "/second-step")),
    ):
        for address in addresses:
            assert one.get(address).status_code in (200, 302)
    assert everything(stage) == before


def test_nothing_says_who_has_one_until_the_mail_was_read(stage: Stage, site: Flask) -> None:
    with_device(stage)
    pages = []
    for email in ("officer@example.org", "m1@example.org", "nobody@example.org"):
        someone = Someone(site, stage)
        asked = someone.plainly("/sign-in", {"email": email})
        wrong = someone.plainly("/sign-in/code", {"digits": "no"})
        led = [someone.get(address).headers["Location"] for address in (STEP, SET_UP)]
        pages.append((asked.status_code, asked.headers["Location"], wrong.status_code, words(wrong), led))

    assert pages[0] == pages[1] == pages[2]


def test_five_wrong_codes_end_it_and_the_page_says_how_many_are_left(anybody: Someone, stage: Stage) -> None:
    with_device(stage)
    half_way(anybody)
    wrong = f"{(int(anybody.code()) + 1) % 10**6:06}"

    told = [anybody.plainly(STEP, {"digits": wrong}) for _ in range(rules.TRIES)]

    assert [one.status_code for one in told] == [422, 422, 422, 422, 429]
    assert "You have 1 more try." in words(told[3])
    assert "this sign-in has ended" in words(told[4])
    assert anybody.plainly(STEP, {"digits": anybody.code()}).status_code == 401


def test_too_many_wrong_codes_say_until_when(stage: Stage, site: Flask) -> None:
    with_device(stage)
    for _ in range(2):
        someone = half_way(Someone(site, stage))
        wrong = f"{(int(someone.code()) + 1) % 10**6:06}"
        for _ in range(rules.TRIES):
            someone.plainly(STEP, {"digits": wrong})
    someone = half_way(Someone(site, stage))

    answer = someone.plainly(STEP, {"digits": someone.code()})

    assert answer.status_code == 422
    assert f"Your app's codes are taken again at {stage.now + timedelta(hours=1):%H}:00 UTC" in words(answer)
    assert someone.get("/officer/").status_code == 302


def test_a_code_is_not_taken_twice(anybody: Someone, stage: Stage, site: Flask) -> None:
    with_device(stage)
    first, second = half_way(anybody), half_way(Someone(site, stage))
    code = first.code()
    assert first.plainly(STEP, {"digits": code}).status_code == 302

    answer = second.plainly(STEP, {"digits": code})

    assert answer.status_code == 422
    assert "This code was used already. Wait for the next one" in words(answer)


# ---- before what cannot be undone -------------------------------------------------------------------------------------


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    stage.draft()
    stage.now = START + timedelta(hours=1)
    return stage


def asked_for(stage: Stage) -> list[str]:
    with stage.reading() as session:
        return [one.why for one in consents.waiting(session, now=stage.now)]


def test_what_cannot_be_undone_asks_once_more_and_loses_nothing(drafted: Stage, as_: As) -> None:
    officer = as_("officer")
    drafted.now += LATER
    why = 'Membership was cut off; "all" <is> & well, نعم.\r\nSecond line.'

    page = officer.plainly(FREEZE, {"reason": why})
    assert page.status_code == 403
    assert "Is it still you?" in words(page)
    assert asked_for(drafted) == []
    kept = {
        name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    }
    assert kept["reason"] == why

    wrong = f"{(int(officer.code()) + 1) % 10**6:06}"
    again = officer.plainly(FREEZE, {"reason": why, CODE: wrong})
    assert again.status_code == 403
    assert "You have 4 more tries." in words(again)
    assert unescape(again.text).count(why) == 1
    assert asked_for(drafted) == []

    done = officer.plainly(FREEZE, {"reason": why, CODE: officer.code()})
    assert done.status_code == 302
    assert asked_for(drafted) == [why]
    assert officer.plainly(FREEZE, {"reason": why}).status_code == 409  # fresh now: what is said is the act's own


def test_whoever_approves_is_asked_too(drafted: Stage, as_: As) -> None:
    with drafted.writing() as session:
        number = consents.ask(session, "officer", Wish(Act.FREEZE, ELECTION), "It is time.", now=drafted.now)
    secretary = as_("secretary")
    drafted.now += LATER

    assert secretary.plainly(f"/decisions/{number}/approve").status_code == 403
    assert phase(drafted) is Phase.DRAFT
    assert secretary.plainly(f"/decisions/{number}/approve", {CODE: secretary.code()}).status_code == 302
    assert phase(drafted) is Phase.ROLL


def phase(stage: Stage) -> Phase:
    with stage.reading() as session:
        return elections.show(session, ELECTION).phase


def test_what_is_looked_at_and_what_can_be_undone_is_not_asked_for(drafted: Stage, as_: As) -> None:
    officer = as_("officer")
    drafted.now += LATER

    assert officer.get(FREEZE).status_code == 200
    assert officer.plainly("/officer/bodies", {"name": ""}).status_code == 422


def test_wrong_codes_there_end_the_session(drafted: Stage, as_: As) -> None:
    officer = as_("officer")
    drafted.now += LATER
    wrong = f"{(int(officer.code()) + 1) % 10**6:06}"

    statuses = [officer.plainly(FREEZE, {"reason": "x", CODE: wrong}).status_code for _ in range(rules.TRIES)]

    assert statuses == [403] * 4 + [429]
    assert officer.get("/officer/").status_code == 302
    assert asked_for(drafted) == []


def test_another_site_gets_no_such_page(drafted: Stage, as_: As) -> None:
    officer = as_("officer")
    drafted.now += LATER

    answer = officer.client.post(FREEZE, data={"reason": "theirs", CODE: officer.code()})

    assert answer.status_code == 403
    assert "theirs" not in answer.text
    assert asked_for(drafted) == []


def test_a_file_is_chosen_again(as_: As, stage: Stage) -> None:
    officer = as_("officer")
    stage.now += LATER
    address = officer.app.url_map.bind("localhost").build("seat_entering.enter", {"body": "group"}, method="POST")

    page = officer.plainly(address, {"file": b"Seats\n", "text": "typed"})
    assert page.status_code == 403
    assert "then choose the file once more" in words(page)
    assert "typed" not in page.text
    kept = dict(re.findall(r'type="hidden" name="(second_\w+)" value="([^"]*)"', page.text))

    answer = officer.plainly(address, {**kept, CODE: officer.code()})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert officer.get(address).status_code == 200


DEEDS = {
    ("consents", "ask"),
    ("consents", "approve"),
    ("seat_requests", "ask"),
    ("seat_requests", "approve"),
    ("roles", "grant"),
    ("roles", "revoke"),
    ("second_step_changes", "renew"),
    ("second_step", "set_up"),
}
"""What of the services takes two people, gives or takes roles, or changes a second step."""


def test_every_way_to_what_takes_two_people_asks_once_more(site: Flask) -> None:
    """By the text of our views: whoever calls such a service, itself or by another function, is listed."""
    calls: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for path in Path(governance.web.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        ours = {
            alias.asname or alias.name: (str(node.module).rpartition(".")[2], alias.name)
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("governance.web.")
            for alias in node.names
        }
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
            names = {one.id for one in called if isinstance(one, ast.Name)}
            dotted = {
                (one.value.id, one.attr)
                for one in called
                if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
            }
            calls[path.stem, function.name] = dotted | {ours.get(name, (path.stem, name)) for name in names}
    reached = {one for one, called in calls.items() if called & DEEDS}
    while more := {one for one, called in calls.items() if called & reached} - reached:
        reached |= more

    views = {f"{module}.{name}" for module, name in reached} & site.view_functions.keys()
    assert len(views) > 20
    assert views <= LASTING
    posts = {rule.endpoint for rule in site.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts >= LASTING


# ---- one's own, and others' -------------------------------------------------------------------------------------------


def test_a_member_switches_it_on_and_off_again(as_: As, stage: Stage) -> None:
    member = as_("m1")
    assert "A second step" in words(member.get("/home"))
    page = member.get(f"{SET_UP}?next=/second-step")
    stage.authenticators["m1"] = secret_of(page.text)
    assert "You look after" not in words(page)
    assert member.plainly(SET_UP, {"digits": "000"}).status_code == 422
    assert member.plainly(SET_UP, {"digits": code_of(stage, page.text)}).status_code == 200
    assert "You set it up on" in words(member.get("/second-step"))
    again = half_way(Someone(member.app, stage), "m1")
    assert again.plainly(STEP, {"digits": again.code()}).status_code == 302

    assert again.plainly("/second-step/off", {"digits": ""}).status_code == 422
    assert "not the code" in words(again.plainly("/second-step/off", {"digits": "12"}))
    assert again.plainly("/second-step/off", {"digits": again.code()}).headers["Location"] == "/second-step"

    assert as_("m1").get("/home").status_code == 200


def test_an_officer_cannot_switch_it_off(as_: As) -> None:
    officer = as_("officer")

    page = officer.get("/second-step")
    assert "so it stays" in words(page)
    assert "Switch it off" not in words(page)
    assert officer.plainly("/second-step/off", {"digits": officer.code()}).status_code == 409


def test_new_codes_and_another_device_ask_once_more(as_: As, stage: Stage) -> None:
    officer = as_("officer")
    stage.now += LATER
    page = officer.get(SET_UP)

    for address, form in (("/second-step/codes", {}), (SET_UP, {"digits": code_of(stage, page.text)})):
        assert officer.plainly(address, form).status_code == 403
    moved = officer.plainly(SET_UP, {"digits": code_of(stage, page.text), CODE: officer.code()})

    assert moved.status_code == 200
    assert "Keep these ten codes" in words(moved)
    stage.authenticators["officer"] = secret_of(page.text)
    assert as_("officer").get("/officer/").status_code == 200


def test_a_lost_device_takes_two_people(as_: As, stage: Stage) -> None:
    lost = as_("t1")
    officer, secretary = as_("officer"), as_("secretary")
    assert "Set up on" in words(officer.get("/members/second-steps"))
    assert "Nobody among the members" in words(officer.plainly("/members/second-steps", {"member": "x", "why": "y"}))
    assert "Please say why." in words(officer.plainly("/members/second-steps", {"member": "t1", "why": ""}))

    asked = officer.plainly("/members/second-steps", {"member": "t1@example.org", "why": "We spoke by phone."})
    assert asked.status_code == 302
    assert "Reset the second step of Official t1" in words(secretary.get("/home"))
    assert lost.get("/home").status_code == 200
    assert secretary.plainly("/decisions/1/approve").status_code == 302

    assert lost.get("/home").headers["Location"].startswith("/sign-in?")
    assert half_way(lost, "t1").get(STEP).headers["Location"].startswith(SET_UP)
    with stage.reading() as session:
        told = [one.recipient for one in post.outbox(session) if "second step" in one.subject]
        assert officers.log(session, "officer")[0].what == "reset the second step of t1"
    assert told == ["t1@example.org"]


# ---- the demonstration ------------------------------------------------------------------------------------------------


def test_a_demonstration_shows_what_an_authenticator_would(anybody: Someone, stage: Stage) -> None:
    half_way(anybody)
    page = anybody.get(SET_UP)
    code = code_of(stage, page.text)
    assert f"an authenticator would show {code} now" in words(page)
    with_device(stage)
    half_way(anybody)
    assert "/development/outbox" in anybody.get(STEP).text
    box = words(anybody.get("/development/outbox"))

    assert "This is a demonstration" in box
    assert f"officer@example.org {shows(stage.authenticators['officer'], stage.now)}" in box


@pytest.mark.parametrize("config", [{"DEVELOPMENT": False}, {"MAIL_URL": "smtp://localhost"}], ids=["real", "mail"])
def test_a_real_installation_never_shows_it(stage: Stage, config: dict[str, object]) -> None:
    real = application(stage, **config)
    someone = half_way(Someone(real, stage))
    page = someone.get(SET_UP)
    code = code_of(stage, page.text)
    with_device(stage)
    half_way(someone)
    shown = shows(stage.authenticators["officer"], stage.now)
    officer = Someone(real, stage).let_in("officer")
    stage.now += LATER
    texts = [page.text, someone.get(STEP).text, officer.plainly("/second-step/codes").text]

    assert someone.get("/development/outbox").status_code == 404
    for text in texts:
        assert "This is a demonstration" not in text
        assert not any(one in text for one in (code, shown, "/development/outbox"))


def test_the_drawn_code_says_the_same_as_the_text(anybody: Someone) -> None:
    half_way(anybody)
    page = anybody.get(SET_UP).text
    link = re.search(r'href="(otpauth:[^"]+)"', page)
    drawn = re.search(r'viewBox="0 0 (\d+) \d+".*<path d="([^"]+)"', page)
    assert link
    assert drawn
    side, dark = int(drawn[1]), set[tuple[int, int]]()
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawn[2]):
        assert width == back
        dark |= {(int(x) + i - 4, int(y) - 4) for i in range(int(width))}
    same = segno.make_qr(unescape(link[1]), error="l").matrix
    assert side == len(same) + 8, "four squares of quiet around it"
    assert dark == {(x, y) for y, row in enumerate(same) for x, square in enumerate(row) if square}

    key = re.search(r'class="key"><code>([A-Z2-7 ]+)</code>', page)
    assert key
    assert f"secret={key[1].replace(' ', '')}" in unescape(link[1])


def test_who_is_signed_out_everywhere_is_so_half_way_too(anybody: Someone, stage: Stage) -> None:
    with_device(stage)
    half_way(anybody)
    with stage.writing() as session:
        accounts.sign_out_everywhere(session, "officer")

    assert anybody.get(STEP).headers["Location"] == "/sign-in"
