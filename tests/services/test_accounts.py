"""Signing in: the same answer for everybody, single-use, short-lived, in the browser that asked."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from governance.domain.limits import ASK, MAIL, MAIL_IN_ALL, WRONG, TooOftenError
from governance.domain.signing_in import ATTEMPTS, Purpose, Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import accounts, officers, post, roles
from governance.services.accounts import Wrong
from governance.store.accounts import Often, SignedIn, SignIn
from tests.services import devices
from tests.services.stage import START, Stage

URL = "https://vote.example.org/sign-in/{}"
ANN = "m1@example.org"


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up(3)
    return stage


def ask(stage: Stage, email: str = ANN, purpose: Purpose = Purpose.SIGN_IN) -> tuple[str, str, str]:
    """(ticket, link, digits) of a request; the last two are empty if no mail was sent."""
    with stage.writing() as session:
        before = {mail.id for mail in post.outbox(session)}
        ticket = accounts.request_sign_in(session, email, URL, now=START, purpose=purpose)
        new = [mail for mail in post.outbox(session) if mail.id not in before]
    if not new:
        return ticket, "", ""
    link = re.search(r"/sign-in/(\S+)", new[0].text)
    digits = re.search(r"^(\d{6})$", new[0].text, re.MULTILINE)
    assert link is not None
    assert digits is not None
    return ticket, link[1], digits[1]


def test_a_link_signs_in_the_browser_that_asked(ready: Stage) -> None:
    ticket, link, _ = ask(ready)

    with ready.writing() as session:
        token = accounts.redeem_link(session, link, ticket, now=START)
        who = devices.signed_in(session, token, now=START)

    assert who is not None
    assert (who.id, who.roles) == ("m1", frozenset({Role.MEMBER}))


def test_the_six_digits_sign_in_too_however_they_are_typed(ready: Stage) -> None:
    ticket, _, digits = ask(ready, "M1@Example.org ")

    with ready.writing() as session:
        token = accounts.redeem_code(session, ticket, f" {digits[:3]} {digits[3:]}", now=START)
        assert isinstance(token, str)
        assert devices.signed_in(session, token, now=START) is not None


def test_looking_at_a_link_uses_nothing_up(ready: Stage) -> None:
    ticket, link, digits = ask(ready)

    with ready.reading() as session:
        here = accounts.look_at_link(session, link, ticket, now=START)
        elsewhere = accounts.look_at_link(session, link, "", now=START)
    assert here.here
    assert (elsewhere.here, elsewhere.digits) == (False, digits)
    with ready.writing() as session:
        assert accounts.redeem_link(session, link, ticket, now=START)


def test_a_link_is_good_once_and_so_are_its_digits(ready: Stage) -> None:
    ticket, link, digits = ask(ready)
    with ready.writing() as session:
        accounts.redeem_link(session, link, ticket, now=START)

    with ready.writing() as session:
        for again in (
            lambda: accounts.redeem_link(session, link, ticket, now=START),
            lambda: accounts.redeem_code(session, ticket, digits, now=START),
            lambda: accounts.look_at_link(session, link, ticket, now=START),
        ):
            with pytest.raises(NotFoundError, match="no longer good"):
                again()


def test_a_link_works_in_no_other_browser(ready: Stage) -> None:
    _, link, _ = ask(ready)
    other, _, _ = ask(ready, "m2@example.org")

    with ready.writing() as session, pytest.raises(NotFoundError):
        accounts.redeem_link(session, link, other, now=START)


def test_a_link_grows_old(ready: Stage) -> None:
    ticket, link, digits = ask(ready)
    later = START + timedelta(minutes=20)

    with ready.writing() as session:
        with pytest.raises(NotFoundError):
            accounts.redeem_link(session, link, ticket, now=later)
        with pytest.raises(NotFoundError):
            accounts.redeem_code(session, ticket, digits, now=later)


def test_a_link_for_one_purpose_is_good_for_no_other(ready: Stage) -> None:
    ticket, link, _ = ask(ready, purpose=Purpose.CONFIRM)

    with ready.writing() as session, pytest.raises(NotFoundError):
        accounts.redeem_link(session, link, ticket, now=START)


def test_wrong_digits_cost_an_attempt_and_after_five_the_right_ones_are_refused(ready: Stage) -> None:
    ticket, _, digits = ask(ready)
    wrong = "000000" if digits != "000000" else "111111"

    left = []
    for _ in range(ATTEMPTS):
        with ready.writing() as session:
            answer = accounts.redeem_code(session, ticket, wrong, now=START)
        assert isinstance(answer, Wrong)
        left.append(answer.left)

    assert left == [4, 3, 2, 1, 0]
    with ready.writing() as session, pytest.raises(NotFoundError):
        accounts.redeem_code(session, ticket, digits, now=START)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(ready: Stage) -> None:
    known, _, _ = ask(ready)
    unknown, link, _ = ask(ready, "nobody@example.org")

    assert len(unknown) == len(known)
    assert link == ""
    with ready.writing() as session:
        assert accounts.redeem_code(session, unknown, "123456", now=START) == Wrong(4)


def test_nobody_is_mailed_without_end(ready: Stage) -> None:
    mailed = [bool(ask(ready)[1]) for _ in range(MAIL.times + 2)]

    assert mailed == [True] * MAIL.times + [False] * 2


def test_one_place_cannot_ask_without_end(ready: Stage) -> None:
    with ready.writing() as session:
        for i in range(ASK.times):
            accounts.request_sign_in(session, f"x{i}@example.org", URL, now=START, origin="198.51.100.1")

        with pytest.raises(TooOftenError):
            accounts.request_sign_in(session, ANN, URL, now=START, origin="198.51.100.1")
        accounts.request_sign_in(session, ANN, URL, now=START, origin="198.51.100.2")


def test_the_database_holds_no_secret_of_a_sign_in(ready: Stage) -> None:
    ticket, link, digits = ask(ready)

    with ready.writing() as session:
        token = accounts.redeem_link(session, link, ticket, now=START)
        tables = [SignIn.__table__, SignedIn.__table__, Often.__table__]
        dump = "".join(repr(row) for table in tables for row in session.execute(select(table)))
    assert not any(secret in dump for secret in (ticket, link, digits, token, ANN))


def test_a_session_ends_with_its_time_and_when_it_is_ended(ready: Stage) -> None:
    ticket, link, _ = ask(ready)
    with ready.writing() as session:
        token = accounts.redeem_link(session, link, ticket, now=START)

    with ready.writing() as session:
        assert devices.signed_in(session, token, now=START + timedelta(hours=12)) is None
        assert devices.signed_in(session, "another", now=START) is None
        accounts.sign_out(session, token)
        accounts.sign_out(session, token)
        assert devices.signed_in(session, token, now=START) is None


def test_whoever_runs_the_server_can_let_somebody_in_without_a_mail(ready: Stage) -> None:
    with ready.writing() as session:
        let_in = accounts.invite(session, "officer", now=START)

        assert accounts.redeem_link(session, let_in.link, let_in.ticket, now=START)
        assert post.waiting(session) == 0
        with pytest.raises(NotPermittedError):
            accounts.invite(session, "nobody", now=START)


def test_a_change_of_roles_ends_every_session(ready: Stage) -> None:
    ticket, link, _ = ask(ready)
    with ready.writing() as session:
        token = accounts.redeem_link(session, link, ticket, now=START)
        roles.grant(session, "officer", "m1", Role.TRUSTEE, now=START)

    with ready.reading() as session:
        assert devices.signed_in(session, token, now=START) is None
        assert "m1" in {who.id for who in roles.with_role(session, Role.TRUSTEE)}


def test_nobody_changes_their_own_roles_and_members_change_none(ready: Stage) -> None:
    with ready.writing() as session:
        for by, member in (("officer", "officer"), ("m1", "m2"), ("t1", "m2")):
            with pytest.raises(NotPermittedError):
                roles.grant(session, by, member, Role.SECRETARIAT, now=START)
        with pytest.raises(RuleError, match="Every member"):
            roles.grant(session, "officer", "m1", Role.MEMBER, now=START)
        with pytest.raises(RuleError, match="They are not"):
            roles.revoke(session, "officer", "m1", Role.TRUSTEE, now=START)
        roles.revoke(session, "officer", "t1", Role.TRUSTEE, now=START, why="moved on")

    with ready.reading() as session:
        assert officers.log(session, "officer")[0].why == "moved on"
        with pytest.raises(NotPermittedError):
            officers.log(session, "m1")


def test_requests_that_are_over_are_swept(ready: Stage) -> None:
    ask(ready)

    with ready.writing() as session:
        accounts.request_sign_in(session, ANN, URL, now=START + timedelta(hours=1))
        assert len(session.scalars(select(SignIn)).all()) == 1


def test_digits_of_one_member_are_guessed_so_often_a_day_and_the_link_still_signs_in(ready: Stage) -> None:
    for round_ in range(WRONG.times // ATTEMPTS):
        with ready.writing() as session:
            ticket = accounts.request_sign_in(session, ANN, URL, now=START, origin=f"place {round_}")
            for _ in range(ATTEMPTS):
                assert isinstance(accounts.redeem_code(session, ticket, "x", now=START), Wrong)

    with ready.writing() as session:
        ticket = accounts.request_sign_in(session, ANN, URL, now=START, origin="at home")
        links = [link for mail in post.outbox(session) for link in re.findall(r"/sign-in/(\S+)", mail.text)]
        mine = next(one for one in links if accounts.look_at_link(session, one, ticket, now=START).here)
        digits = accounts.look_at_link(session, mine, ticket, now=START).digits
        assert isinstance(accounts.redeem_code(session, ticket, digits, now=START), Wrong)
        token = accounts.redeem_link(session, mine, ticket, now=START)
        assert devices.signed_in(session, token, now=START) is not None


def test_one_mailbox_gets_so_many_mails_from_wherever_they_are_asked_for(ready: Stage) -> None:
    with ready.writing() as session:
        for number in range(MAIL_IN_ALL.times + 3):
            accounts.request_sign_in(session, ANN, URL, now=START, origin=f"place {number}")
        assert post.waiting(session) == MAIL_IN_ALL.times
