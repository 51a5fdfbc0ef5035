"""Every way in, with every role: the right status, one plain sentence, and nothing changed by what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from governance.services import consents, elections
from governance.services.consents import Act, Wish
from governance.store.accounts import Often
from governance.web.access import is_public
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import Someone, application, words

ROLES = ("nobody", "m1", "officer", "registrar", "t1", "secretary")
VALUES = {
    "election": ELECTION,
    "contest": "board",
    "candidate": "a1",
    "link": "x" * 43,
    "filename": "style.css",
    "number": "1",
    "credential": "00" * 32,
    "index": "0",
    "challenge": "1",
    "kind": "csv",
    "purpose": "vote",
    "digest": "00" * 32,
    "body": "group",
    "seat": "e1",
    "holding": "h1",
    "person": "p1",
}
Expected = dict[str, tuple[int, ...]]


def only(status: int, *roles: str) -> tuple[int, ...]:
    """GET: a redirect for nobody, this status for these roles, 403 for the others."""
    return tuple(302 if one == "nobody" else status if one in roles else 403 for one in ROLES)


def sent(status: int, *roles: str) -> tuple[int, ...]:
    """POST: 401 for nobody, this status for these roles, 403 for the others."""
    return tuple(401 if one == "nobody" else status if one in roles else 403 for one in ROLES)


EVERYBODY, NOT_THERE = (200,) * 6, (404,) * 6
OFFICER, DESK, KEYS = ("officer",), ("officer", "secretary"), ("registrar", "t1")

GET: Expected = {
    "static": EVERYBODY,
    "results.front": EVERYBODY,
    "results.result": (404,) * 6,
    "results.download": (404,) * 6,
    "results.papers": (404,) * 6,
    "results.report": (404,) * 6,
    "results.style": (200,) * 6,
    "results.count": (404,) * 6,
    "accounts.ask": (200, 302, 302, 302, 302, 302),
    "accounts.code": (302,) * 6,
    "accounts.link": (404,) * 6,
    "accounts.outbox": EVERYBODY,
    "second_step.ask": (302,) * 6,
    "second_step.preparing": only(200, *ROLES),
    "second_step.mine": only(200, *ROLES),
    "second_step.others": only(200, *DESK),
    "home.page": only(200, *ROLES),
    "members.listed": only(200, *DESK),
    "members.choose": only(200, *DESK),
    "growth.page": only(200, *DESK),
    "roll.page": EVERYBODY,
    "roll.line": only(200, *ROLES),
    "objections.every": only(200, *DESK),
    "objections.show": only(404, *DESK),
    "roles.listed": only(200, *DESK),
    "officer.every": only(200, *OFFICER),
    "mail.page": only(200, *DESK),
    "officer.log": only(200, *DESK),
    "officer.log_of": only(200, *DESK),
    "officer.show": only(200, *OFFICER),
    "officer.freezing": only(409, *OFFICER),
    "officer.extending": only(200, *OFFICER),
    "officer.cancelling": only(200, *OFFICER),
    "officer.withdrawing": only(200, *OFFICER),
    "officer.noticing": only(200, "officer", "secretary", "registrar"),
    "officer.publishing": only(200, *OFFICER),
    "officer.abandoning": only(200, *OFFICER),
    "calendars.page": EVERYBODY,
    "calendars.feed_of": EVERYBODY,
    "calendars.feed_of_all": EVERYBODY,
    "calendars.planning": only(200, *OFFICER),
    "setting_up.new": only(200, *OFFICER),
    "setting_up.draft": only(409, *OFFICER),
    "setting_up.again": only(200, *OFFICER),
    "terms.show": only(200, *OFFICER),
    "contests.show": only(409, *OFFICER),
    "contests.limit": only(409, *OFFICER),
    "eligibility.mine": only(200, *ROLES),
    "eligibility.show": only(200, *OFFICER),
    "eligibility.export": only(200, *OFFICER),
    "eligibility.editing": only(409, *OFFICER),
    "candidates.page": EVERYBODY,
    "candidates.said": EVERYBODY,
    "candidates.writing": only(200, *OFFICER),
    "booklet.page": EVERYBODY,
    "booklet.pdf": EVERYBODY,
    "booklet.photo": NOT_THERE,
    "photos.page": only(200, *OFFICER),
    "candidates.preview": only(200, *OFFICER),
    "nominations.page": only(200, *ROLES),
    "nominations.show": only(404, *ROLES),
    "nominations.withdrawing": only(404, *ROLES),
    "profiles.page": only(404, *ROLES),
    "seats.every": EVERYBODY,
    "seats.page": NOT_THERE,
    "seats.due": NOT_THERE,
    "seats.again": NOT_THERE,
    "seats.declared": NOT_THERE,
    "seats.seat": NOT_THERE,
    "seats.holding": NOT_THERE,
    "seats.person": NOT_THERE,
    "seats.export": NOT_THERE,
    "seat_desk.every": only(200, *DESK),
    "seat_desk.body": only(200, *DESK),
    "seat_desk.ruling": only(200, *DESK),
    "seat_desk.making": only(200, *DESK),
    "seat_desk.changing": only(404, *DESK),
    "seat_desk.abolishing": only(404, *DESK),
    "seat_entering.page": only(200, *DESK),
    "seat_mending.every": only(200, *DESK),
    "seat_mending.show": only(404, *DESK),
    "seat_term.new": only(200, *DESK),
    "interests.mine": only(200, *ROLES),
    "scrutiny.every": only(200, *OFFICER),
    "scrutiny.show": only(404, *OFFICER),
    "scrutiny.numbers": EVERYBODY,
    "adoption.show": only(200, *OFFICER),
    "challenges.decision": only(404, *ROLES),
    "challenges.hearing": only(404, *ROLES),
    "challenges.taking_back": only(404, *ROLES),
    "challenges.every": only(200, *DESK),
    "challenges.show": only(404, *DESK),
    "seating.result": EVERYBODY,
    "seating.challenging": only(200, *ROLES),
    "seating.desk": only(200, *DESK),
    "seating.show": only(404, *DESK),
    "seating.filling": only(200, *OFFICER),
    "my_seats.mine": only(200, *ROLES),
    "my_seats.show": only(404, *ROLES),
    "seat_requests.show": only(404, *DESK),
    "vacancies.every": only(200, *DESK),
    "vacancies.show": only(404, *DESK),
    "vacancies.ending": only(404, *DESK),
    "seat_taking.show": only(404, *DESK),
    "appointments.every": EVERYBODY,
    "appointments.show": NOT_THERE,
    "appointments.file": NOT_THERE,
    "appointments.applying": only(404, *ROLES),
    "appointing.every": only(200, *DESK),
    "appointing.new": only(200, "secretary"),
    "appointing.show": only(404, *DESK),
    "consents.every": only(200, *DESK),
    "consents.show": only(409, *DESK),
    "officials.every": only(200, *KEYS),
    "officials.show": only(200, *KEYS),
    "officials.record": only(200, "officer", "registrar", "t1"),
    "officials.shares": only(200, "t1"),
    "board.manifest": EVERYBODY,
    "board.credential": NOT_THERE,
    "board.statements": EVERYBODY,
    "board.receipt": NOT_THERE,
    "board.checkpoint": EVERYBODY,
    "board.entries": (400,) * 6,
    "board.consistency": (400,) * 6,
    "board.record": EVERYBODY,
    "voting.page": EVERYBODY,
    "voting.booth": EVERYBODY,
    "voting.mailed": EVERYBODY,
    "voting.receipt": EVERYBODY,
    "voting.receipt_file": NOT_THERE,
    "voting.sealed": only(200, *ROLES),
    "voting.board": EVERYBODY,
    "voting.practice": EVERYBODY,
}
POST: Expected = {
    "accounts.asked": (422,) * 6,
    "accounts.typed": (422,) * 6,
    "accounts.redeemed": (404,) * 6,
    "second_step.answered": sent(302, *ROLES),
    "second_step.set_up": sent(422, *ROLES),
    "second_step.switch_off": sent(422, *ROLES),
    "second_step.renew": (401, 409, 200, 200, 200, 200),  # a member has none
    "second_step.ask_reset": sent(422, *DESK),
    "members.preview": sent(422, *DESK),
    "members.apply": sent(422, *DESK),
    "members.export": sent(200, *DESK),
    "growth.file": sent(200, *DESK),
    "roll.lodge": sent(422, *ROLES),
    "roll.withdraw": sent(404, *ROLES),
    "objections.decide": sent(404, *DESK),
    "objections.leave": sent(404, "officer", "secretary"),
    "objections.correct": sent(404, *DESK),
    "roles.give": sent(422, *DESK),
    "roles.take": sent(404, *DESK),
    "officer.freeze": sent(409, *OFFICER),
    "officer.abandon": sent(422, *OFFICER),
    "officer.start": sent(409, *OFFICER),
    "officer.publish": sent(422, *OFFICER),
    "officer.extend": sent(422, *OFFICER),
    "officer.cancel": sent(422, *OFFICER),
    "officer.withdraw": sent(422, *OFFICER),
    "officer.notice": sent(422, "officer", "secretary", "registrar"),
    "calendars.plan": sent(422, *OFFICER),
    "setting_up.create": sent(422, *OFFICER),
    "setting_up.add_body": sent(422, *OFFICER),
    "setting_up.edit": sent(409, *OFFICER),
    "setting_up.begin_again": sent(422, *OFFICER),
    "terms.edit": sent(409, *OFFICER),
    "contests.add": sent(409, *OFFICER),
    "contests.edit": sent(409, *OFFICER),
    "contests.remove": sent(409, *OFFICER),
    "contests.edit_limit": sent(409, *OFFICER),
    "contests.remove_limit": sent(409, *OFFICER),
    "eligibility.edit": sent(409, *OFFICER),
    "eligibility.template": sent(409, *OFFICER),
    "eligibility.load": sent(409, *OFFICER),
    "eligibility.save": sent(409, *OFFICER),
    "eligibility.look_up": sent(422, *OFFICER),
    "candidates.write": sent(422, *OFFICER),
    "photos.give": sent(422, *OFFICER),
    "photos.remove": sent(404, *OFFICER),
    "nominations.stand": sent(422, *ROLES),
    "nominations.nominate": sent(422, *ROLES),
    "nominations.accept": sent(404, *ROLES),
    "nominations.decline": sent(404, *ROLES),
    "nominations.second": sent(404, *ROLES),
    "nominations.take_back": sent(404, *ROLES),
    "nominations.withdraw": sent(404, *ROLES),
    "profiles.declare": sent(404, *ROLES),
    "seat_desk.add": sent(422, *DESK),
    "seat_desk.rule": sent(422, *DESK),
    "seat_desk.make": sent(422, *DESK),
    "seat_desk.change": sent(404, *DESK),
    "seat_desk.abolish": sent(404, *DESK),
    "seat_entering.enter": sent(422, *DESK),
    "seat_mending.mend": sent(404, *DESK),
    "seat_mending.strike": sent(404, *DESK),
    "seat_term.enter": sent(422, *DESK),
    "interests.declare": sent(302, *ROLES),
    "scrutiny.decide": sent(404, *OFFICER),
    "adoption.adopt": sent(409, *OFFICER),
    "adoption.undo": sent(409, *OFFICER),
    "challenges.challenge": sent(404, *ROLES),
    "challenges.reply": sent(404, *ROLES),
    "challenges.take_back": sent(404, *ROLES),
    "challenges.answer": sent(404, *DESK),
    "seating.challenge": sent(422, *ROLES),
    "seating.withdraw": sent(404, *ROLES),
    "seating.enter": sent(422, *DESK),
    "seating.certify": sent(422, *OFFICER),
    "seating.decide": sent(404, *DESK),
    "seating.fill": sent(409, *OFFICER),
    "my_seats.accept": sent(404, *ROLES),
    "my_seats.decline": sent(404, *ROLES),
    "my_seats.declare": sent(404, *ROLES),
    "my_seats.resign": sent(404, *ROLES),
    "seat_requests.approve": sent(404, *DESK),
    "seat_requests.decline": sent(404, *ROLES),
    "vacancies.fill": sent(404, *DESK),
    "vacancies.leave": sent(404, *DESK),
    "vacancies.by_election": sent(404, *OFFICER),
    "vacancies.end": sent(404, *DESK),
    "seat_taking.decide": sent(404, *DESK),
    "appointments.apply": sent(404, *ROLES),
    "appointments.withdraw": sent(404, *ROLES),
    "appointing.begin": sent(422, "secretary"),
    "appointing.propose": sent(404, "secretary"),
    "appointing.decide": sent(403),
    "appointing.give_up": sent(404, "secretary"),
    "consents.approve": sent(409, *DESK),
    "consents.decline": sent(409, *DESK),
    "board.cast": sent(415, *ROLES),
    "voting.hand_in": sent(400, *ROLES),
    "board.cosign": (409,) * 6,
    "officials.identity": sent(409, *KEYS),
    "officials.contribute": sent(422, *KEYS),
    "officials.voters": sent(200, "registrar"),
    "accounts.sign_out_everywhere": sent(302, *ROLES),
    "accounts.sign_out": (401,) * 6,  # the line above signed everybody out
    "second_step.leave": (302,) * 6,
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(Path(tmp_path_factory.mktemp("routes"))) as made:
        made.until_open(6)
        with made.writing() as session:
            number = consents.ask(session, "officer", Wish(Act.CANCEL, ELECTION), "A reason.", now=made.now)
            consents.decline(session, "secretary", number, "No need.", now=made.now)
            assert str(number) == VALUES["number"]
        yield made


@pytest.fixture(scope="module")
def walked(opened: Stage) -> Flask:
    return application(opened)


def someone(app: Flask, stage: Stage, role: str) -> Someone:
    with stage.writing() as session:
        session.execute(delete(Often))  # each visitor comes on a day of their own: limits have tests elsewhere
    made = Someone(app, stage)
    return made if role == "nobody" else made.sign_in(role)


def ways(app: Flask, method: str) -> dict[str, str]:
    """The address of each endpoint."""
    with app.test_request_context():
        return {
            rule.endpoint: (rule.build({name: VALUES[name] for name in rule.arguments}) or ("", ""))[1]
            for rule in app.url_map.iter_rules()
            if method in (rule.methods or ())
        }


def stands(stage: Stage) -> tuple[int, object, int]:
    with stage.reading() as session:
        shown = elections.show(session, ELECTION)
        return stage.size(), shown.draft, shown.version


def test_every_way_in_is_walked(walked: Flask) -> None:
    assert ways(walked, "GET").keys() == GET.keys()
    assert ways(walked, "POST").keys() == POST.keys()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_with_every_role(walked: Flask, opened: Stage, role: str) -> None:
    visitor, addresses = someone(walked, opened, role), ways(walked, "GET")

    seen = {name: visitor.get(addresses[name]) for name in GET}

    at = ROLES.index(role)
    assert {name: one.status_code for name, one in seen.items()} == {name: told[at] for name, told in GET.items()}
    for one in seen.values():
        assert one.status_code != 302 or one.headers["Location"].startswith(("/sign-in", "/home"))
        assert "unsafe" not in one.headers["Content-Security-Policy"]
    private = [name for name in GET if not is_public(walked.view_functions[name])]
    assert {seen[name].headers["Cache-Control"] for name in private} == {"no-store"}


@pytest.mark.parametrize("role", ["nobody", "officer"])
def test_every_page_says_whom_to_ask(walked: Flask, opened: Stage, role: str) -> None:
    """Pages of refusals too: whoever is lost there needs it most."""
    visitor, addresses = someone(walked, opened, role), ways(walked, "GET")

    pages = {name: visitor.get(addresses[name]) for name in GET}

    shown = {name: one.text for name, one in pages.items() if one.mimetype == "text/html" and one.status_code != 302}
    assert len(shown) > 25
    assert [name for name, text in shown.items() if 'href="mailto:help@example.org"' not in text] == []


@pytest.mark.parametrize("role", ROLES)
def test_everything_that_is_sent_with_every_role(walked: Flask, opened: Stage, role: str) -> None:
    visitor, addresses, before = someone(walked, opened, role), ways(walked, "POST"), stands(opened)

    seen = {name: visitor.post(addresses[name]) for name in POST}

    at = ROLES.index(role)
    assert {name: one.status_code for name, one in seen.items()} == {name: told[at] for name, told in POST.items()}
    refused = [one for one in seen.values() if one.status_code in (403, 409)]
    for one in refused:
        if one.is_json:
            assert one.get_json()["error"].endswith(".")
        else:
            assert "Nothing was changed." in words(one) or one.status_code == 403 or "not taken" in words(one)
    assert stands(opened) == before


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_nothing_is_taken_that_did_not_come_from_a_page_of_ours(
    walked: Flask, opened: Stage, headers: dict[str, str]
) -> None:
    officer, before = someone(walked, opened, "officer"), stands(opened)
    token = officer.token() if headers else ""
    other = Someone(walked, opened).token()

    for name, address in ways(walked, "POST").items():
        if getattr(walked.view_functions[name], "for_everybody", False):
            continue  # it carries its own signature
        for given in (token, other if not headers else token):
            answer = officer.client.post(address, data={"csrf_token": given}, headers=headers)
            assert answer.status_code == 403, name

    assert officer.get("/home").status_code == 200
    assert stands(opened) == before


def test_what_is_too_large_is_refused(walked: Flask, opened: Stage) -> None:
    officer = someone(walked, opened, "officer")

    answer = officer.post(f"/officer/elections/{ELECTION}/notice", {"subject": "a", "body": "b" * 2**21})

    assert (answer.status_code, "That is too large" in words(answer)) == (413, True)


@pytest.mark.parametrize("role", ["nobody", "officer"])
def test_nothing_is_taken_that_is_larger_than_it_may_be(walked: Flask, opened: Stage, role: str) -> None:
    visitor, before = someone(walked, opened, role), stands(opened)
    token = visitor.token()

    for name, address in ways(walked, "POST").items():
        more = {"CONTENT_LENGTH": str(2**40)}
        answer = visitor.client.post(address, data={"csrf_token": token}, environ_overrides=more)
        # Nothing is read of those whose part it is not.
        others = name == "officials.contribute" and answer.status_code == 403
        assert answer.status_code == 413 or others or (role == "nobody" and answer.status_code == 401), name

    assert stands(opened) == before


def test_the_header_serves_as_well_as_the_field(walked: Flask, opened: Stage) -> None:
    officer = someone(walked, opened, "officer")
    headers = {"X-CSRF-Token": officer.token(), "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    answer = officer.client.post(f"/officer/elections/{ELECTION}/freeze", headers=headers)

    assert answer.status_code == 409
    assert "no longer a draft" in words(answer)
