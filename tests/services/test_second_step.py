"""The second step: who has to pass it, when a code is good, what is lost and found; and what an attacker tries."""

import re
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from governance.domain import second_step as rules
from governance.domain.limits import SECOND_STEP, WRONG_CODE, WRONG_CODES, TooOftenError
from governance.domain.membership import Status
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import accounts, consents, officers, post, roles, second_step, second_step_changes
from governance.services.consents import Act, Wish
from governance.services.officers import COMMAND, Two
from governance.services.second_step import Made, Passed, Waits, Wrong
from governance.store.accounts import Often, RecoveryCode, SecondStep, SignedIn
from governance.store.journal import Deed, Letter
from governance.store.members import Member
from tests.services import devices
from tests.services.devices import begun, shows
from tests.services.stage import START, TWO, Stage

STEP = timedelta(seconds=rules.STEP)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up(3)
    stage.now = START
    return stage


def token_of(stage: Stage, member: str = "officer") -> str:
    """A session in which the mail was read."""
    with stage.writing() as session:
        return begun(session, member, stage.now)


def set_up(stage: Stage, member: str = "officer", token: str = "") -> tuple[bytes, Made]:
    """A device, and half a minute later."""
    token = token or token_of(stage, member)
    with stage.writing() as session:
        made = devices.set_up(session, token, stage.now)
    stage.now += 2 * STEP
    return made


def answer(stage: Stage, token: str, typed: str, now: datetime | None = None) -> Passed | Wrong | Waits:
    with stage.writing() as session:
        return second_step.answer(session, token, typed, now=now or stage.now)


def who(stage: Stage, token: str, now: datetime | None = None) -> str:
    """Who is signed in; nothing if nobody is."""
    with stage.reading() as session:
        person = devices.signed_in(session, token, now=now or stage.now)
        return person.id if person else ""


def mails(stage: Stage) -> list[tuple[str, str]]:
    """(recipient, subject) of what waits, in order of recipients."""
    with stage.reading() as session:
        return sorted((one.recipient, one.subject) for one in post.outbox(session))


def done(stage: Stage) -> list[str]:
    with stage.reading() as session:
        return [one.what for one in session.scalars(select(Deed).order_by(Deed.id.desc()).limit(4))]


def wrong(code: str) -> str:
    """A code that is no near step's: of 999,997 others, one."""
    return f"{(int(code) + 1) % 10**6:06}"


# ---- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", ["officer", "secretary", "registrar", "t1"])
def test_whoever_has_a_role_is_not_signed_in_by_mail_alone(ready: Stage, member: str) -> None:
    token = token_of(ready, member)

    assert who(ready, token) == ""
    _, made = set_up(ready, member, token)
    assert who(ready, made.token) == member
    assert who(ready, token) == ""  # half-way or stolen before: good no more


def test_the_appointing_authority_needs_it_too(ready: Stage) -> None:
    with ready.writing() as session:
        roles.grant(session, COMMAND, "m1", Role.APPOINTER, now=ready.now)

    assert who(ready, token_of(ready, "m1")) == ""


def test_a_member_needs_none_and_may_have_one(ready: Stage) -> None:
    first, elsewhere = token_of(ready, "m1"), token_of(ready, "m1")
    assert (who(ready, first), who(ready, elsewhere)) == ("m1", "m1")

    secret, made = set_up(ready, "m1", first)

    assert who(ready, made.token) == "m1"
    assert who(ready, elsewhere) == ""  # every other session has ended
    again = token_of(ready, "m1")
    assert who(ready, again) == ""
    passed = answer(ready, again, shows(secret, ready.now))
    assert isinstance(passed, Passed)
    assert who(ready, passed.token) == "m1"


def test_a_session_from_before_is_asked_too(ready: Stage) -> None:
    """As the migration leaves it: a session of an officer that never passed anything."""
    secret, made = set_up(ready)
    with ready.writing() as session:
        row = session.get_one(SignedIn, accounts.session_tag(session, made.token))
        row.passed, row.tries = None, 0

    assert who(ready, made.token) == ""
    passed = answer(ready, made.token, shows(secret, ready.now))
    assert isinstance(passed, Passed)
    assert who(ready, passed.token) == "officer"


def test_a_very_old_session_passes_nothing(ready: Stage) -> None:
    secret, _ = set_up(ready)
    token = token_of(ready)
    ready.now += timedelta(hours=4)

    for attempt in (answer, lambda stage, token, _: set_up(stage, "officer", token)):
        with pytest.raises(NotPermittedError, match="no longer signed in"):
            attempt(ready, token, shows(secret, ready.now))


def test_whoever_is_no_longer_a_member_passes_nothing(ready: Stage) -> None:
    secret, made = set_up(ready, "m1")
    with ready.writing() as session:
        session.get_one(Member, "m1").status = Status.LEFT

    with pytest.raises(NotPermittedError, match="no longer signed in"):
        answer(ready, made.token, shows(secret, ready.now))


# ---- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(ready: Stage, off: int, *, good: bool) -> None:
    secret, _ = set_up(ready)
    ready.now += 10 * STEP

    told = answer(ready, token_of(ready), shows(secret, ready.now + off * STEP))

    assert isinstance(told, Passed) is good


def test_a_code_is_good_once_and_no_earlier_one_after_it(ready: Stage) -> None:
    secret, _ = set_up(ready)
    ready.now += 10 * STEP
    assert isinstance(answer(ready, token_of(ready), shows(secret, ready.now)), Passed)

    other = token_of(ready)
    assert answer(ready, other, shows(secret, ready.now)) == Wrong(rules.TRIES - 1, used=True)
    assert answer(ready, other, shows(secret, ready.now - STEP)) == Wrong(rules.TRIES - 2, used=True)
    assert isinstance(answer(ready, other, shows(secret, ready.now + STEP)), Passed)


def test_the_code_that_set_it_up_is_used(ready: Stage) -> None:
    secret, _ = set_up(ready)

    told = answer(ready, token_of(ready), shows(secret, START), START + STEP)

    assert told == Wrong(rules.TRIES - 1, used=True)


def test_a_code_of_somebody_else_is_wrong(ready: Stage) -> None:
    secret, _ = set_up(ready, "officer")
    set_up(ready, "secretary")

    assert isinstance(answer(ready, token_of(ready, "secretary"), shows(secret, ready.now)), Wrong)


def at_once(stage: Stage, code: str, times: int) -> list[Passed | Wrong | Waits]:
    """One code in so many threads, each with a session of its own: one transaction has it, the others come too late."""
    tokens, together = [token_of(stage) for _ in range(times)], Barrier(times)
    told = list[Passed | Wrong | Waits]()

    def attempt(token: str) -> None:
        together.wait()
        told.append(answer(stage, token, code))

    threads = [Thread(target=attempt, args=(token,)) for token in tokens]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return told


def test_two_sessions_at_once_pass_once_with_one_code(ready: Stage) -> None:
    secret, _ = set_up(ready)
    ready.now += 10 * STEP

    told = at_once(ready, shows(secret, ready.now), 8)

    assert sorted(type(one).__name__ for one in told) == ["Passed"] + ["Wrong"] * 7
    assert {one.used for one in told if isinstance(one, Wrong)} == {True}


def test_two_sessions_at_once_pass_once_with_one_recovery_code(ready: Stage) -> None:
    _, made = set_up(ready)

    told = at_once(ready, made.codes[0], 4)

    assert sorted(type(one).__name__ for one in told) == ["Passed"] + ["Wrong"] * 3


# ---- guessing ---------------------------------------------------------------------------------------------------------


def test_five_wrong_codes_end_the_session(ready: Stage) -> None:
    secret, _ = set_up(ready)
    token = token_of(ready)

    told = [answer(ready, token, wrong(shows(secret, ready.now))) for _ in range(rules.TRIES)]

    assert told == [Wrong(left) for left in (4, 3, 2, 1, 0)]
    with pytest.raises(NotPermittedError):
        answer(ready, token, shows(secret, ready.now))


def test_wrong_codes_before_a_change_end_a_session_that_had_passed(ready: Stage) -> None:
    secret, made = set_up(ready)

    for _ in range(rules.TRIES):
        answer(ready, made.token, wrong(shows(secret, ready.now)))

    assert who(ready, made.token) == ""


def guess(stage: Stage, secret: bytes, times: int) -> None:
    """So many wrong codes, in as many sessions as that takes."""
    for _ in range(-(-times // rules.TRIES)):
        token = token_of(stage)
        for _ in range(rules.TRIES):
            answer(stage, token, wrong(shows(secret, stage.now)))


def test_after_ten_in_an_hour_even_the_right_code_waits_and_a_recovery_code_does_not(ready: Stage) -> None:
    secret, made = set_up(ready)
    guess(ready, secret, WRONG_CODE.times)
    token = token_of(ready)

    told = answer(ready, token, shows(secret, ready.now))

    assert told == Waits(WRONG_CODE.start(ready.now) + WRONG_CODE.window)
    assert who(ready, token) == ""
    assert isinstance(answer(ready, token, made.codes[3]), Passed)
    ready.now = told.until
    assert isinstance(answer(ready, token_of(ready), shows(secret, ready.now)), Passed)


def test_after_twenty_in_a_day_it_waits_for_the_next_and_the_log_says_so(ready: Stage) -> None:
    secret, _ = set_up(ready)
    for _ in range(WRONG_CODES.times // WRONG_CODE.times):
        guess(ready, secret, WRONG_CODE.times)
        ready.now += WRONG_CODE.window

    told = answer(ready, token_of(ready), shows(secret, ready.now))

    assert told == Waits(WRONG_CODES.start(ready.now) + WRONG_CODES.window)
    assert done(ready)[0] == "20 wrong codes were typed at the second step today"
    assert done(ready).count("20 wrong codes were typed at the second step today") == 1


def test_recovery_codes_are_guessed_no_better(ready: Stage) -> None:
    set_up(ready)
    token = token_of(ready)

    told = [answer(ready, token, rules.recovery_code(number)) for number in range(rules.TRIES)]

    assert told[-1] == Wrong(0)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "x" * 16, "0" * 15, "0" * 17, "\x00", "١٢٣"])
def test_what_is_no_code_is_wrong(ready: Stage, typed: str) -> None:
    set_up(ready)

    assert answer(ready, token_of(ready), typed) == Wrong(rules.TRIES - 1)


# ---- setting it up ----------------------------------------------------------------------------------------------------


def test_looking_at_what_would_be_set_up_changes_nothing_and_shows_the_same_again(ready: Stage) -> None:
    token = token_of(ready)
    with ready.reading() as session:
        first = second_step.proposal(session, token, now=ready.now)
        again = second_step.proposal(session, token, now=ready.now)
        assert not session.dirty
        assert not session.new

    assert first == again
    assert second_step_of(ready) == 0


def second_step_of(stage: Stage) -> int:
    with stage.reading() as session:
        return len(session.scalars(select(SecondStep)).all())


def test_another_session_is_shown_another_secret(ready: Stage) -> None:
    tokens = [token_of(ready, one) for one in ("officer", "officer", "secretary")]
    with ready.reading() as session:
        shown = {second_step.proposal(session, one, now=ready.now).secret for one in tokens}

    assert len(shown) == len(tokens)


def test_a_wrong_code_sets_nothing_up(ready: Stage) -> None:
    token = token_of(ready)
    with ready.writing() as session:
        secret = devices.typed_in(session, token, ready.now)
        told = second_step.set_up(session, token, wrong(shows(secret, ready.now)), now=ready.now)

    assert isinstance(told, Wrong)
    assert second_step_of(ready) == 0
    assert who(ready, token) == ""


def test_the_mailbox_alone_does_not_set_up_another_device(ready: Stage) -> None:
    """Half-way in, somebody who has the mailbox asks for a device of their own."""
    set_up(ready)
    token = token_of(ready)

    with ready.writing() as session:
        with pytest.raises(NotPermittedError):
            second_step.proposal(session, token, now=ready.now)
        with pytest.raises(NotPermittedError):
            second_step.set_up(session, token, "123456", now=ready.now)
        with pytest.raises(NotPermittedError):
            second_step_changes.renew(session, token, now=ready.now)
        with pytest.raises(NotPermittedError):
            second_step_changes.switch_off(session, token, "123456", now=ready.now)


def test_a_device_is_moved_only_by_whoever_passed_lately(ready: Stage) -> None:
    old, made = set_up(ready)
    ready.now = START + HALF_AN_HOUR
    with pytest.raises(RuleError, match="once more"):
        set_up(ready, "officer", made.token)
    with ready.writing() as session, pytest.raises(RuleError, match="once more"):
        second_step_changes.renew(session, made.token, now=ready.now)
    assert isinstance(answer(ready, made.token, shows(old, ready.now)), Passed)

    new, moved = set_up(ready, "officer", made.token)

    assert new != old
    assert isinstance(answer(ready, token_of(ready), shows(old, ready.now)), Wrong)
    assert isinstance(answer(ready, token_of(ready), made.codes[0]), Wrong)
    assert isinstance(answer(ready, token_of(ready), shows(new, ready.now)), Passed)
    assert who(ready, moved.token) == "officer"


def test_no_secret_comes_twice_in_one_browser(ready: Stage) -> None:
    first, made = set_up(ready)
    second, _ = set_up(ready, "officer", made.token)

    assert first != second


def test_the_database_and_the_log_hold_no_secret(ready: Stage) -> None:
    secret, made = set_up(ready)
    code = shows(secret, ready.now)
    token = token_of(ready)
    answer(ready, token, code)
    answer(ready, token_of(ready), made.codes[0])
    kept = b32encode(secret).decode()
    secrets = [repr(secret)[2:-1], kept, code, made.token, token]
    secrets += [rules.digits(one) for one in made.codes] + list(made.codes)

    with ready.reading() as session:
        tables = [one.__table__ for one in (SecondStep, RecoveryCode, SignedIn, Often, Deed, Letter)]
        told = "".join(repr(row) for table in tables for row in session.execute(select(table)))
    assert len(told) > 1000
    assert [one for one in secrets if one in told] == []


def test_ten_recovery_codes_each_good_once(ready: Stage) -> None:
    _, made = set_up(ready)
    assert len(set(made.codes)) == rules.RECOVERY_CODES

    for left, code in zip(range(9, -1, -1), made.codes, strict=True):
        passed = answer(ready, token_of(ready), code.replace(" ", "-"))
        assert isinstance(passed, Passed)
        assert passed.left == left
        assert isinstance(answer(ready, token_of(ready), code), Wrong)


def test_new_recovery_codes_take_the_place_of_the_old_ones(ready: Stage) -> None:
    _, made = set_up(ready)
    with ready.writing() as session:
        new = second_step_changes.renew(session, made.token, now=ready.now)

    assert isinstance(answer(ready, token_of(ready), made.codes[0]), Wrong)
    assert isinstance(answer(ready, token_of(ready), new[0]), Passed)


def test_nobody_changes_it_without_end(ready: Stage) -> None:
    _, made = set_up(ready, "m1")
    with ready.writing() as session:
        for _ in range(SECOND_STEP.times - 1):
            second_step_changes.renew(session, made.token, now=ready.now)
        with pytest.raises(TooOftenError):
            second_step_changes.renew(session, made.token, now=ready.now)


# ---- told -------------------------------------------------------------------------------------------------------------


def test_each_change_is_mailed_to_the_person_and_of_who_decides_to_the_others_who_do(ready: Stage) -> None:
    token = token_of(ready)
    with ready.writing() as session:
        secret = devices.typed_in(session, token, ready.now)
        second_step.set_up(session, token, shows(secret, ready.now), now=ready.now)

    assert mails(ready) == [
        ("officer@example.org", "Your second step for signing in"),
        ("secretary@example.org", "The second step of Official officer"),
    ]
    assert done(ready)[0] == "set up a second step"


CHANGES: dict[str, Callable[[Stage, bytes, Made], object]] = {
    "passed the second step with a recovery code (9 left)": lambda stage, _, made: answer(
        stage, token_of(stage, "m1"), made.codes[0]
    ),
    "made new recovery codes": lambda stage, _, made: changed(stage, second_step_changes.renew, made.token),
    "switched the second step off": lambda stage, secret, made: changed(
        stage, second_step_changes.switch_off, made.token, shows(secret, stage.now)
    ),
    "reset the second step of m1": lambda stage, *_: changed(stage, second_step_changes.reset, TWO, "m1"),
}


def changed(stage: Stage, change: Callable[..., object], *given: object) -> object:
    with stage.writing() as session:
        return change(session, *given, now=stage.now)


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_of_a_members_is_in_the_log_and_mailed_to_the_member_alone(ready: Stage, what: str) -> None:
    secret, made = set_up(ready, "m1")

    CHANGES[what](ready, secret, made)

    assert done(ready)[0] == what
    assert mails(ready) == [("m1@example.org", "Your second step for signing in")]


# ---- off and lost -----------------------------------------------------------------------------------------------------


def test_a_member_switches_it_off_with_a_code(ready: Stage) -> None:
    secret, made = set_up(ready, "m1")
    with ready.writing() as session:
        assert isinstance(second_step_changes.switch_off(session, made.token, "", now=ready.now), Wrong)
    assert who(ready, token_of(ready, "m1")) == ""

    with ready.writing() as session:
        told = second_step_changes.switch_off(session, made.token, shows(secret, ready.now), now=ready.now)

    assert isinstance(told, Passed)
    assert who(ready, token_of(ready, "m1")) == "m1"
    with ready.reading() as session:
        assert second_step_changes.state(session, "m1") == second_step_changes.State(None, 0, needed=False)


def test_nobody_with_a_role_switches_it_off(ready: Stage) -> None:
    secret, made = set_up(ready)

    with ready.writing() as session, pytest.raises(RuleError, match="Your role needs"):
        second_step_changes.switch_off(session, made.token, shows(secret, ready.now), now=ready.now)


def ask_reset(stage: Stage, member: str, by: str = "officer") -> int:
    with stage.writing() as session:
        wish = Wish(Act.RESET, member=member)
        return consents.ask(session, by, wish, "The phone fell into the sea; I know the voice.", now=stage.now)


def test_two_people_reset_it_and_it_is_set_up_anew(ready: Stage) -> None:
    secret, made = set_up(ready, "t1")
    number = ask_reset(ready, "t1")
    with ready.reading() as session:
        one = consents.show(session, "secretary", number, now=ready.now)
    assert one.what == "Reset the second step of Official t1 (t1@example.org), who has lost the device"

    with ready.writing() as session:
        consents.approve(session, "secretary", number, now=ready.now)

    assert who(ready, made.token) == ""
    token = token_of(ready, "t1")
    assert who(ready, token) == ""
    new, again = set_up(ready, "t1", token)
    assert new != secret
    assert who(ready, again.token) == "t1"
    with ready.reading() as session:
        line = next(one for one in officers.log(session, "officer") if one.what.startswith("reset"))
    assert (line.who, line.second, line.what) == (
        "Official officer",
        "Official secretary",
        "reset the second step of t1",
    )


def test_nobody_resets_their_own_or_alone(ready: Stage) -> None:
    set_up(ready, "officer")
    set_up(ready, "t1")
    with pytest.raises(NotPermittedError, match="reset your second step"):
        ask_reset(ready, "officer")
    with pytest.raises(RuleError, match="there is nobody yet"):
        ask_reset(ready, "officer", "secretary")  # nobody is left who could approve
    with pytest.raises(NotPermittedError):
        ask_reset(ready, "t1", "m1")
    number = ask_reset(ready, "t1")

    with ready.writing() as session:
        with pytest.raises(NotPermittedError, match="takes a second person"):
            consents.approve(session, "officer", number, now=ready.now)
        for by in ("t1", "m1", "registrar"):
            with pytest.raises(NotPermittedError):
                consents.approve(session, by, number, now=ready.now)
        for alone in ("officer", Two("officer", "officer"), Two("t1", "secretary"), Two("officer", "m1")):
            with pytest.raises(NotPermittedError):
                second_step_changes.reset(session, alone, "t1", now=ready.now)
        for both in (Two("officer", "secretary"), Two("secretary", "officer")):
            with pytest.raises(NotPermittedError, match="Somebody else"):
                second_step_changes.reset(session, both, "officer", now=ready.now)


def test_a_request_is_about_the_device_that_was_lost(ready: Stage) -> None:
    _, made = set_up(ready, "t1")
    number = ask_reset(ready, "t1")
    set_up(ready, "t1", made.token)

    with ready.writing() as session, pytest.raises(RuleError, match="something has changed"):
        consents.approve(session, "secretary", number, now=ready.now)


def test_what_is_not_there_is_not_reset(ready: Stage) -> None:
    with pytest.raises(RuleError, match="has no second step"):
        ask_reset(ready, "m1")


def test_officers_see_who_has_it(ready: Stage) -> None:
    set_up(ready, "officer")
    with ready.reading() as session:
        told = {person.id: since for person, since in second_step_changes.officials(session, "secretary")}
        with pytest.raises(NotPermittedError):
            second_step_changes.officials(session, "t1")

    assert told == {"officer": START, "secretary": None, "registrar": None, "t1": None, "t2": None, "t3": None}


def test_a_role_that_is_given_asks_for_it_at_once(ready: Stage) -> None:
    token = token_of(ready, "m1")
    with ready.writing() as session:
        roles.grant(session, COMMAND, "m1", Role.TRUSTEE, now=ready.now)

    assert who(ready, token) == ""
    assert who(ready, token_of(ready, "m1")) == ""


def test_the_mail_says_whom_to_tell_and_no_code(ready: Stage) -> None:
    token = token_of(ready, "m1")
    with ready.writing() as session:
        secret = devices.typed_in(session, token, ready.now)
        made = second_step.set_up(session, token, shows(secret, ready.now), now=ready.now)
        (mail,) = post.outbox(session)

    assert isinstance(made, Made)
    assert "help@example.org" in mail.text
    assert not re.search(r"\d{4}", mail.text)
