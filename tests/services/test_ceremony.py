"""Keys, lists and the manifest: whose turn it is, and what is refused when it is not."""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest

from governance.board import entries as e
from governance.board.checks import CheckError
from governance.board.contribution import Contribution
from governance.domain.phases import Phase
from governance.errors import MalformedError, NotFoundError, NotPermittedError, ProofError, RuleError
from governance.services import boards, ceremony, contributions, elections, roll
from governance.services.officers import Two
from tests.services.stage import ELECTION, START, TWO, Stage


@pytest.fixture
def frozen(stage: Stage) -> Stage:
    stage.set_up()
    stage.draft()
    stage.freeze()
    return stage


def start(stage: Stage) -> bytes:
    """Begin the ceremony; the bytes of its entry."""
    with stage.writing() as session:
        stage.troupe.identities(session, stage.now)
        ceremony.start(session, "officer", ELECTION, now=stage.now)
        return boards.entries(session, ELECTION)[0][1]


def hand_in(stage: Stage, by: str, data: bytes, rolls: bytes | None = None) -> list[int]:
    with stage.writing() as session:
        return contributions.take(session, by, ELECTION, data, rolls=rolls, now=stage.now)


def test_a_ceremony_needs_everybodys_keys(frozen: Stage) -> None:
    with frozen.writing() as session:
        trustee = frozen.troupe.trustees[0]
        ceremony.take_identity(session, "t1", ELECTION, trustee.identity(), now=frozen.now)
        with pytest.raises(RuleError, match=r"Official t2 has not handed in keys yet \(3 of 4"):
            ceremony.start(session, "officer", ELECTION, now=frozen.now)
        assert ceremony.identities(session, ELECTION) == {"t1": "Trustee t1"}


def test_only_officials_hand_in_keys_and_each_their_own(frozen: Stage) -> None:
    data = frozen.troupe.trustees[0].identity()
    with frozen.writing() as session:
        with pytest.raises(NotPermittedError):
            ceremony.take_identity(session, "m1", ELECTION, data, now=frozen.now)
        ceremony.take_identity(session, "t1", ELECTION, data, now=frozen.now)
        ceremony.take_identity(session, "t1", ELECTION, data, now=frozen.now)
        with pytest.raises(RuleError, match="the same key"):
            ceremony.take_identity(session, "t2", ELECTION, data, now=frozen.now)


@pytest.mark.parametrize(
    "change",
    [
        {"identity": "00" * 32},
        {"identity": "xx"},
        {"box": "01" + "00" * 31},
        {"name": " "},
        {"name": "a\nb"},
        {"more": "x"},
        {"name": 1},
    ],
)
def test_keys_that_are_none_are_refused(frozen: Stage, change: dict[str, object]) -> None:
    data = json.dumps(json.loads(frozen.troupe.trustees[0].identity()) | change).encode()

    with frozen.writing() as session, pytest.raises(MalformedError):
        ceremony.take_identity(session, "t1", ELECTION, data, now=frozen.now)


def test_keys_cannot_be_changed_once_the_ceremony_has_begun(frozen: Stage) -> None:
    start(frozen)

    with frozen.writing() as session:
        with pytest.raises(RuleError, match="can no longer be changed"):
            frozen.troupe.identities(session, frozen.now)
        with pytest.raises(RuleError, match="has begun already"):
            ceremony.start(session, "officer", ELECTION, now=frozen.now)
        with pytest.raises(NotPermittedError):
            ceremony.start(session, "t1", ELECTION, now=frozen.now)


def test_a_ceremony_does_not_begin_before_the_roll_or_after_the_opening(stage: Stage) -> None:
    stage.set_up()
    stage.draft()
    with stage.writing() as session, pytest.raises(RuleError, match="roll is frozen before"):
        ceremony.start(session, "officer", ELECTION, now=stage.now)
    stage.freeze()

    with stage.writing() as session:
        stage.troupe.identities(session, stage.now)
        with pytest.raises(RuleError, match="a new calendar"):
            ceremony.start(session, "officer", ELECTION, now=START + timedelta(days=2))


def test_the_same_file_twice_changes_nothing(frozen: Stage) -> None:
    raw = start(frozen)
    data = frozen.troupe.trustees[0].commit(raw)

    assert hand_in(frozen, "t1", data) == hand_in(frozen, "t1", data) == [1]
    assert frozen.size() == 2


def test_a_second_commit_is_refused(frozen: Stage) -> None:
    raw = start(frozen)
    hand_in(frozen, "t1", frozen.troupe.trustees[0].commit(raw))

    with pytest.raises(CheckError, match="committed twice"):
        hand_in(frozen, "t1", frozen.troupe.trustees[0].commit(raw))
    assert frozen.size() == 2


def test_nobody_hands_in_another_trustees_step(frozen: Stage) -> None:
    raw = start(frozen)
    data = frozen.troupe.trustees[0].commit(raw)

    with pytest.raises(RuleError, match="another trustee"):
        hand_in(frozen, "t2", data)
    for by in ("m1", "officer", "registrar"):
        with pytest.raises(NotPermittedError, match="not a trustee"):
            hand_in(frozen, by, data)


def test_a_key_is_not_shown_before_all_have_committed(frozen: Stage) -> None:
    raw = start(frozen)
    one = frozen.troupe.trustees[0]
    hand_in(frozen, "t1", one.commit(raw))
    key = one.show_key(raw)

    with pytest.raises(RuleError, match="every trustee has committed"):
        hand_in(frozen, "t1", key)
    with pytest.raises(RuleError, match="not due yet"):
        hand_in(frozen, "t1", Contribution(entries=(e.dump(one.key),)).dump() if one.key else b"")
    with frozen.reading() as session, pytest.raises(NotFoundError, match="0 of 2 shares"):
        ceremony.shares_for(session, "t2", ELECTION)


def test_a_share_of_another_ceremony_is_refused(frozen: Stage) -> None:
    raw = start(frozen)
    for one in frozen.troupe.trustees:
        hand_in(frozen, one.member, one.commit(raw))
    other = raw.replace(b'"threshold":2', b'"threshold":3')

    with pytest.raises(RuleError, match="another ceremony"):
        hand_in(frozen, "t1", frozen.troupe.trustees[0].show_key(other))


def test_another_share_to_the_same_trustee_is_refused(frozen: Stage) -> None:
    raw = start(frozen)
    for one in frozen.troupe.trustees:
        hand_in(frozen, one.member, one.commit(raw))
    one = frozen.troupe.trustees[0]
    hand_in(frozen, "t1", one.show_key(raw))

    with pytest.raises(RuleError, match="another share already"):
        hand_in(frozen, "t1", one.show_key(raw))  # HPKE draws anew, so the shares are other bytes


def test_a_step_out_of_turn_is_refused(frozen: Stage) -> None:
    raw = start(frozen)
    one = frozen.troupe.trustees[0]
    one.commit(raw)
    one.secret = 5

    for data in (one.ready(bytes(64)), Contribution(entries=(e.dump(one.key),)).dump() if one.key else b""):
        with pytest.raises(RuleError, match="not due"):
            hand_in(frozen, "t1", data)


def test_what_is_no_contribution_is_refused(frozen: Stage) -> None:
    start(frozen)

    with pytest.raises(MalformedError, match="no contribution"):
        hand_in(frozen, "t1", b"hello")


# ---- lists and manifest ----------------------------------------------------------------------------------------------


@pytest.fixture
def agreed(frozen: Stage) -> Stage:
    start(frozen)
    with frozen.writing() as session:
        frozen.troupe.keys(session, frozen.now)
    return frozen


People = list[tuple[str, str, tuple[str, ...]]]


def of_roll(stage: Stage, change: Callable[[People], None] = lambda _: None) -> tuple[bytes, bytes]:
    with stage.reading() as session:
        people = [
            (voter.member, voter.name, roll.split(style.contests))
            for style in roll.styles_of(session, ELECTION)
            for voter in roll.voters(session, ELECTION, style.number)
        ]
        cer = boards.cer(session, ELECTION)
    change(people)
    return stage.troupe.registrar.lists(ELECTION, cer, people)


def test_the_lists_bring_the_salts_that_members_are_shown(agreed: Stage) -> None:
    with agreed.reading() as session:
        before = roll.my_line(session, ELECTION, "m1")
    hand_in(agreed, "registrar", *of_roll(agreed))

    with agreed.reading() as session:
        after = roll.my_line(session, ELECTION, "m1")
        assert elections.show(session, ELECTION).due[0].step == "publish"
    assert before.leaf != after.leaf


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda people: people.pop(), id="somebody is missing"),
        pytest.param(lambda people: people.append(("x", "A stranger", ("board",))), id="a stranger"),
        pytest.param(lambda people: people.append((people.pop()[0], "Another name", ("board", "africa"))), id="a name"),
        pytest.param(lambda people: people.append((*people.pop(0)[:2], ("board", "africa"))), id="another style"),
        pytest.param(lambda people: people.append((*people.pop(0)[:2], ("africa",))), id="a new style"),
    ],
)
def test_lists_of_another_roll_are_refused(agreed: Stage, change: Callable[[People], None]) -> None:
    with pytest.raises(RuleError, match="frozen roll"):
        hand_in(agreed, "registrar", *of_roll(agreed, change))


def test_lists_need_their_roll_their_registrar_and_their_signature(agreed: Stage) -> None:
    given, rolls = of_roll(agreed)
    _, others = of_roll(agreed)

    with pytest.raises(MalformedError, match="together with the private roll"):
        hand_in(agreed, "registrar", given)
    with pytest.raises(MalformedError, match="not the one that the registrar"):
        hand_in(agreed, "registrar", given, others)
    with pytest.raises(NotPermittedError):
        hand_in(agreed, "t1", given, rolls)
    agreed.troupe.registrar.seed = secrets.token_bytes(32)
    with pytest.raises(ProofError):
        hand_in(agreed, "registrar", *of_roll(agreed))


def test_lists_come_after_the_keys(frozen: Stage) -> None:
    start(frozen)

    with pytest.raises(RuleError, match="after every trustee has confirmed"):
        hand_in(frozen, "registrar", *of_roll(frozen))


def test_the_election_is_announced_once_after_the_lists_and_before_it_opens(agreed: Stage) -> None:
    def publish(by: Two = TWO, now: timedelta = timedelta(0)) -> bytes:
        with agreed.writing() as session:
            return ceremony.publish(session, by, ELECTION, now=agreed.now + now)

    with pytest.raises(RuleError, match="after the registrar"):
        publish()
    hand_in(agreed, "registrar", *of_roll(agreed))
    with pytest.raises(NotPermittedError):
        publish(Two("m1", "secretary"))
    with pytest.raises(RuleError, match="a new calendar"):
        publish(now=timedelta(days=3))
    raw = publish()
    with pytest.raises(RuleError, match="announced once"):
        publish()

    with agreed.reading() as session:
        assert boards.manifest(session, ELECTION) == raw
        assert elections.show(session, ELECTION).phase is Phase.READINESS
    manifest = e.parse(raw)
    assert isinstance(manifest, e.Manifest)
    assert manifest.board.origin == f"vote.example.org/{ELECTION}"
    assert [one.contests for one in manifest.credentials] == [("board",), ("board", "africa")]
