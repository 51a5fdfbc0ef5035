"""Who may vote, how often something may be done, when a sign-in is good, and what is due on a board."""

from datetime import date, timedelta

import pytest

from governance.board import entries as e
from governance.crypto import group
from governance.domain import limits, phases, roll, signing_in
from governance.domain.phases import Due, Phase, Who
from governance.domain.signing_in import Purpose, Request, Role
from governance.errors import NotFoundError
from tests.services.stage import START, a_calendar, a_draft

ANN = roll.Person("m1", "Ann", True, date(2020, 1, 1), "Kenya", "Africa", {"youth": "yes"})  # noqa: FBT003


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (ANN, ""),
        (roll.Person("m", "N", False, date(2020, 1, 1), "Kenya", "Africa", {}), "not active"),  # noqa: FBT003
        (roll.Person("m", "N", True, date(2026, 4, 1), "Kenya", "Africa", {}), "this membership began on 2026-04-01"),  # noqa: FBT003
        (roll.Person("m", "N", True, date(2020, 1, 1), "Peru", "Americas", {}), "whose region is Africa"),  # noqa: FBT003
    ],
)
def test_why_somebody_may_not_vote_is_one_sentence(person: roll.Person, why: str) -> None:
    draft = a_draft()

    assert (
        (why in roll.why_not(person, draft, draft.contests[1]))
        if why
        else not roll.why_not(person, draft, draft.contests[1])
    )


def test_a_style_is_the_contests_in_the_order_of_the_manifest() -> None:
    assert roll.style(ANN, a_draft()) == ("board", "africa")


def test_windows_follow_each_other() -> None:
    limit = limits.Limit("x", 1, timedelta(hours=1))

    assert limit.start(START) == limit.start(START + timedelta(minutes=59))
    assert limit.start(START) < limit.start(START + timedelta(hours=1))


def test_an_official_is_signed_in_for_a_shorter_time() -> None:
    assert signing_in.session_life(frozenset({Role.MEMBER, Role.OFFICER})) < signing_in.session_life(
        frozenset({Role.MEMBER})
    )


GOOD = Request(Purpose.SIGN_IN, START + timedelta(minutes=20), 0, used=False)


@pytest.mark.parametrize(
    ("request_", "when"),
    [
        pytest.param(None, START, id="unknown"),
        pytest.param(GOOD, START + timedelta(minutes=20), id="old"),
        pytest.param(Request(Purpose.CONFIRM, GOOD.expires, 0, used=False), START, id="another purpose"),
        pytest.param(Request(Purpose.SIGN_IN, GOOD.expires, 5, used=False), START, id="tried too often"),
        pytest.param(Request(Purpose.SIGN_IN, GOOD.expires, 0, used=True), START, id="used"),
    ],
)
def test_a_request_that_is_no_longer_good_says_nothing_more(request_: Request | None, when: object) -> None:
    with pytest.raises(NotFoundError, match="no longer good"):
        signing_in.check(request_, Purpose.SIGN_IN, when)  # type: ignore[arg-type]


def test_a_good_request_is_good() -> None:
    signing_in.check(GOOD, Purpose.SIGN_IN, START)


# ---- phases ----------------------------------------------------------------------------------------------------------

NOTHING = bytes(64)
CEREMONY = e.Ceremony(
    "e1", 2, e.Registrar("R", bytes(32)), tuple(e.Trustee(i, f"T{i}", bytes(32), bytes(32)) for i in (1, 2, 3))
)


def of_all(make: object) -> list[e.Entry]:
    return [make(i) for i in (1, 2, 3)]  # type: ignore[operator]


COMMITS = of_all(lambda i: e.TrusteeCommit(i, NOTHING, NOTHING))
KEYS = of_all(lambda i: e.TrusteeKey(i, (), e.Knowledge(group.G, 0), NOTHING))
CONFIRMS = of_all(lambda i: e.TrusteeConfirm(i, NOTHING, NOTHING))
READY = of_all(lambda i: e.TrusteeReady(i, NOTHING, e.Knowledge(group.G, 0), NOTHING))
MANIFEST = e.Manifest(
    1,
    "e1",
    "T",
    NOTHING,
    group.G,
    "2026-03-03T09:00:00Z",
    "2026-03-10T09:00:00Z",
    tuple(contest.entry() for contest in a_draft().contests),
    (),
    e.Board("o", "k", (), 0),
    True,  # noqa: FBT003
)
REF = e.Ref(bytes(32), 0)
ANNOUNCED: list[e.Entry] = [CEREMONY, *COMMITS, *KEYS, *CONFIRMS, MANIFEST]
CLOSED: list[e.Entry] = [*ANNOUNCED, *READY, e.Open("2026-03-03T09:00:00Z"), e.Close("2026-03-10T09:00:00Z", 9)]


def mixed(contest: str, *trustees: int) -> list[e.Entry]:
    return [e.Shuffle(contest, i, i, REF, REF, REF, NOTHING) for i in trustees]


def opened(contest: str, *trustees: int) -> list[e.Entry]:
    return [e.Decrypt(contest, i, REF, REF, (), NOTHING) for i in trustees]


@pytest.mark.parametrize(
    ("entries", "phase", "due"),
    [
        ([], Phase.ROLL, [("start", ())]),
        ([CEREMONY], Phase.CEREMONY, [("commit", (1, 2, 3))]),
        ([CEREMONY, *COMMITS[:2]], Phase.CEREMONY, [("commit", (3,))]),
        ([CEREMONY, *COMMITS], Phase.CEREMONY, [("key", (1, 2, 3))]),
        ([CEREMONY, *COMMITS, *KEYS], Phase.CEREMONY, [("confirm", (1, 2, 3))]),
        ([CEREMONY, *COMMITS, *KEYS, *CONFIRMS], Phase.CREDENTIALS, [("publish", ())]),
        (ANNOUNCED, Phase.READINESS, [("ready", (1, 2, 3))]),
        ([*ANNOUNCED, *READY], Phase.READINESS, [("open", ())]),
        ([*ANNOUNCED, *READY, e.Open("x")], Phase.OPEN, [("vote", ()), ("close", ())]),
        (CLOSED, Phase.TALLY, [("mix", (1, 2, 3)), ("mix", (1, 2, 3))]),
        ([*CLOSED, *mixed("board", 1, 2)], Phase.TALLY, [("decrypt", (1, 2, 3)), ("mix", (1, 2, 3))]),
        (
            [*CLOSED, *mixed("board", 1, 2), *opened("board", 3, 1), e.Void("africa", 1)],
            Phase.TALLY,
            [("result", ())],
        ),
        ([*CLOSED, e.Void("board", 1), e.Void("africa", 1)], Phase.COUNTED, [("appeals", ())]),
        ([*CLOSED, e.Cancel("x", "a reason")], Phase.CANCELLED, []),
    ],
)
def test_what_is_due_follows_from_the_board(
    entries: list[e.Entry], phase: Phase, due: list[tuple[str, tuple[int, ...]]]
) -> None:
    progress = phases.fold(entries, frozen=True)
    told = phases.due(progress, a_calendar(), identities={"t1": True}, lists=True)

    assert progress.phase is phase
    assert [(one.step, one.trustees) for one in told] == due


def test_before_the_board_the_roll_and_the_keys_are_due() -> None:
    calendar = a_calendar()
    draft, frozen = phases.fold([], frozen=False), phases.fold([], frozen=True)

    assert phases.due(draft, calendar, identities={}, lists=False) == (Due(Who.OFFICER, "freeze", at=calendar.cutoff),)
    assert phases.due(frozen, calendar, identities={"t1": False}, lists=False) == (Due(Who.TRUSTEE, "identity"),)


def test_voting_ends_with_the_clock_even_before_the_close_is_on_the_board() -> None:
    progress = phases.fold([*ANNOUNCED, *READY, e.Open("x")], frozen=True)
    closes = START + timedelta(days=9)

    assert progress.is_voting(closes - timedelta(seconds=1))
    assert not progress.is_voting(closes)


def test_a_count_waits_for_the_contests_before_it() -> None:
    first, second = a_draft().contests
    manifest = e.Manifest(
        **{f: getattr(MANIFEST, f) for f in e.Manifest.__slots__}
        | {
            "contests": (
                first.entry(),
                e.Contest(**{f: getattr(second.entry(), f) for f in e.Contest.__slots__} | {"after": ("board",)}),
            )
        }
    )
    entries = [CEREMONY, manifest, e.Open("x"), e.Close("x", 9), *mixed("africa", 1, 2), *opened("africa", 1, 2)]

    told = phases.due(phases.fold(entries, frozen=True), a_calendar(), identities={}, lists=True)

    assert [(one.step, one.contest) for one in told] == [("mix", "board")]
