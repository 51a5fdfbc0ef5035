"""Casting: every refusal leaves the board as it was; what is taken has a receipt that holds."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes

import pytest
from sqlalchemy import select

from governance.board import checkpoint, merkle
from governance.board import entries as e
from governance.board.checks import CheckError
from governance.crypto import ballot as sealing
from governance.crypto import credentials
from governance.domain.limits import CAST, REFUSED, TooOftenError
from governance.errors import (
    GovernanceError,
    MalformedError,
    NotFoundError,
    NotPermittedError,
    ProofError,
    RuleError,
)
from governance.services import boards, post, voting
from governance.services.played import booth
from governance.services.voting import Received
from governance.store.boards import BallotLink
from tests.services.stage import ELECTION, OPEN, START, Stage, a_draft


@pytest.fixture
def voting_is_open(stage: Stage) -> Stage:
    stage.until_open(6)
    return stage


def cast(stage: Stage, member: str, raw: bytes, now: timedelta = timedelta(0)) -> Received:
    with stage.writing() as session:
        return voting.cast(session, member, ELECTION, raw, now=stage.now + now)


def seal(stage: Stage, member: str, *choices: tuple[int, ...]) -> bytes:
    with stage.reading() as session:
        return stage.troupe.seal(session, member, choices or [(0, 1)])


def check(received: Received, raw: bytes) -> None:
    """What the booth checks."""
    head = checkpoint.parse(received.checkpoint)
    merkle.check_inclusion(merkle.leaf(raw), received.index, head.size, received.path, head.root)


def test_a_receipt_holds_and_names_the_tracker(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")

    received = cast(voting_is_open, "m1", raw)

    check(received, raw)
    entry = e.parse(raw)
    assert isinstance(entry, e.Ballot)
    assert received.tracker == sealing.tracker(e.unproven_bytes(entry))
    assert received.as_dict()["index"] == received.index


def test_the_same_bytes_again_get_the_same_receipt_even_after_the_close(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")
    first = cast(voting_is_open, "m1", raw)
    cast(voting_is_open, "m2", seal(voting_is_open, "m2"))
    size = voting_is_open.size()

    assert cast(voting_is_open, "m1", raw) == first
    assert cast(voting_is_open, "m1", raw, timedelta(days=30)) == first
    assert voting_is_open.size() == size
    with voting_is_open.reading() as session:
        assert len([m for m in post.outbox(session) if m.recipient == "m1@example.org"]) == 1


def test_a_new_ballot_replaces_the_last_one_and_names_it(voting_is_open: Stage) -> None:
    first = seal(voting_is_open, "m1")
    cast(voting_is_open, "m1", first)
    second = seal(voting_is_open, "m1", (2,))

    received = cast(voting_is_open, "m1", second)

    check(received, second)
    entry = e.parse(second)
    assert isinstance(entry, e.Ballot)
    assert entry.previous == sha256(first).digest()
    with voting_is_open.reading() as session:
        assert voting.last_ballot(session, ELECTION, entry.credential) == (received.index, second)
        assert voting.turnout(session, ELECTION) == (1, 12)


def test_a_ballot_for_two_contests_is_taken_from_whoever_votes_in_both(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m3", (0,), ())

    check(cast(voting_is_open, "m3", raw), raw)


def test_the_member_is_told_of_every_ballot_and_no_mail_names_a_tracker(voting_is_open: Stage) -> None:
    trackers = [cast(voting_is_open, "m1", seal(voting_is_open, "m1")).tracker for _ in range(2)]

    with voting_is_open.reading() as session:
        mails = post.outbox(session)
    assert sorted(mail.subject.partition(":")[0] for mail in mails) == [
        "Your ballot was taken",
        "Your earlier ballot was replaced by a new one",
    ]
    assert {mail.recipient for mail in mails} == {"m1@example.org"}
    assert not any(tracker in mail.text for mail in mails for tracker in trackers)


def test_a_receipt_at_a_later_checkpoint_holds(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")
    index = cast(voting_is_open, "m1", raw).index
    for member in ("m2", "m4", "m5"):
        cast(voting_is_open, member, seal(voting_is_open, member))

    with voting_is_open.reading() as session:
        later = voting.receipt(session, ELECTION, index)
        with pytest.raises(NotFoundError, match="no ballot at that place"):
            voting.receipt(session, ELECTION, 0)
    check(later, raw)
    assert checkpoint.parse(later.checkpoint).size == voting_is_open.size()


def test_whether_somebody_has_voted_is_known_until_it_is_forgotten(voting_is_open: Stage) -> None:
    cast(voting_is_open, "m1", seal(voting_is_open, "m1"))

    with voting_is_open.reading() as session:
        assert voting.has_voted(session, "m1", ELECTION) is True
        assert voting.has_voted(session, "m2", ELECTION) is False
        links = session.scalars(select(BallotLink)).all()
        assert b"m1" not in links[0].member


# ---- refusals --------------------------------------------------------------------------------------------------------


def changed(raw: bytes, **changes: object) -> bytes:
    entry = e.parse(raw)
    assert isinstance(entry, e.Ballot)
    return e.dump(replace(entry, **changes))  # type: ignore[arg-type]


def refused(
    stage: Stage, member: str, raw: bytes, error: type[GovernanceError], why: str, now: timedelta = timedelta(0)
) -> None:
    before = stage.size()
    with pytest.raises(error, match=why):
        cast(stage, member, raw, now)
    assert stage.size() == before


def test_whoever_is_not_on_the_roll_is_refused(voting_is_open: Stage) -> None:
    refused(voting_is_open, "nobody", seal(voting_is_open, "m1"), NotPermittedError, "not on the roll")


def test_bytes_of_another_form_are_refused(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")

    refused(voting_is_open, "m1", b"x" * (voting.MAX_BALLOT + 1), MalformedError, "64 KiB")
    refused(voting_is_open, "m1", raw + b" ", MalformedError, "canonical")
    refused(voting_is_open, "m1", e.dump(e.Open("2026-03-03T09:00:00Z")), MalformedError, "no ballot")


def test_a_ballot_whose_proof_does_not_hold_is_refused(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")
    entry = e.parse(raw)
    assert isinstance(entry, e.Ballot)
    proof = replace(entry.proof, responses=(1, *entry.proof.responses[1:]))

    refused(voting_is_open, "m1", changed(raw, proof=proof), ProofError, "does not hold")
    refused(voting_is_open, "m1", changed(raw, proof=e.BallotProof((), ())), ProofError, "wrong number")
    check(cast(voting_is_open, "m1", raw), raw)


def test_a_ballot_of_another_election_is_refused(voting_is_open: Stage) -> None:
    refused(voting_is_open, "m1", changed(seal(voting_is_open, "m1"), election="other"), CheckError, "another election")


def test_a_ballot_under_a_credential_that_is_not_listed_is_refused(voting_is_open: Stage) -> None:
    with voting_is_open.reading() as session:
        manifest, cer = boards.manifest(session, ELECTION), boards.cer(session, ELECTION)
    stranger = credentials.derive(credentials.make_code(bytes(credentials.RANDOM_BYTES)), cer)
    raw = e.dump(booth(manifest, ("board",)).seal(stranger, bytes(32), [(0,)], token_bytes))

    refused(voting_is_open, "m1", raw, CheckError, "not on the list")
    cast(voting_is_open, "m1", seal(voting_is_open, "m1"))


def test_one_member_has_one_credential_and_one_credential_one_member(voting_is_open: Stage) -> None:
    cast(voting_is_open, "m1", seal(voting_is_open, "m1"))

    refused(voting_is_open, "m2", seal(voting_is_open, "m1", (2,)), NotPermittedError, "another member's")
    refused(voting_is_open, "m1", seal(voting_is_open, "m2"), NotPermittedError, "another code before")


def test_somebody_elses_bytes_get_nobody_a_receipt(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")
    cast(voting_is_open, "m1", raw)

    refused(voting_is_open, "m2", raw, RuleError, "newer ballot")


def test_a_ballot_for_other_contests_than_the_members_is_refused(voting_is_open: Stage) -> None:
    refused(voting_is_open, "m1", seal(voting_is_open, "m3", (0,), (0,)), NotPermittedError, "other contests")


def test_a_ballot_that_does_not_follow_the_last_one_is_refused(voting_is_open: Stage) -> None:
    early, first = seal(voting_is_open, "m1"), seal(voting_is_open, "m1", (2,))
    cast(voting_is_open, "m1", first)

    refused(voting_is_open, "m1", early, RuleError, "newer ballot of yours")


def test_a_second_vote_is_refused_where_the_election_allows_none(stage: Stage) -> None:
    stage.until_open(6, a_draft(revotes=False))
    cast(stage, "m1", seal(stage, "m1"))

    refused(stage, "m1", seal(stage, "m1"), RuleError, "allows no second vote")


def test_nothing_is_taken_at_the_announced_close_even_before_the_clock_has_written_it(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")
    until_close = START + timedelta(days=9) - OPEN

    refused(voting_is_open, "m1", raw, RuleError, "has closed", until_close)
    check(cast(voting_is_open, "m1", raw, until_close - timedelta(seconds=1)), raw)


def test_nothing_is_taken_before_voting_opens(stage: Stage) -> None:
    stage.set_up(6)
    stage.draft()
    stage.freeze()
    stage.announce()

    refused(stage, "m1", seal(stage, "m1"), RuleError, "not opened yet")


def test_an_election_that_is_not_there_has_no_roll(voting_is_open: Stage) -> None:
    with voting_is_open.writing() as session, pytest.raises(NotPermittedError):
        voting.cast(session, "m1", "none", seal(voting_is_open, "m1"), now=OPEN)


def test_nobody_casts_without_end(voting_is_open: Stage) -> None:
    for _ in range(CAST.times):
        cast(voting_is_open, "m1", seal(voting_is_open, "m1"))

    refused(voting_is_open, "m1", seal(voting_is_open, "m1"), TooOftenError, "too often")
    cast(voting_is_open, "m1", seal(voting_is_open, "m1"), timedelta(hours=1))


def test_nobody_is_refused_without_end(voting_is_open: Stage) -> None:
    raw = seal(voting_is_open, "m1")
    for _ in range(REFUSED.times):
        with voting_is_open.writing() as session:
            voting.note_refusal(session, "m1", now=OPEN)

    refused(voting_is_open, "m1", raw, TooOftenError, "too often")
    cast(voting_is_open, "m2", seal(voting_is_open, "m2"))
