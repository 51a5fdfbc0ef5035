"""Where an entry may stand (protocol.md, section 13): each kind in each phase it has no place in, and unfinished records."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha512
from typing import Any

import pytest

from governance.board import entries as e
from governance.board import making
from governance.board.checks import Check, CheckError
from governance.board.judge import Judge, Phase
from governance.board.ledger import Ledger
from governance.board.making import Booth
from governance.crypto import group, randomness
from tests.board.test_ledger import (
    LOG,
    ORIGIN,
    SECRETS,
    SEEDS,
    announced,
    begun,
    count,
    played,
    vote,
    voters,
)

CANCEL = e.Cancel("2026-03-01T09:00:00Z", "test")
NOTICE = e.Notice("2026-03-01T09:00:00Z", "a", "b")


@cache
def samples() -> dict[str, bytes]:
    """The first entry of each kind, from a whole election."""
    found: dict[str, bytes] = {"cancel": e.dump(CANCEL)}
    for raw in played().entries():
        found.setdefault(json.loads(raw)["kind"], raw)
    one = e.Void("chair", 3), e.Withdraw("chair", "a"), e.Extend("2026-03-01T09:00:00Z", "2026-04-01T09:00:00Z", "r")
    return found | {entry.kind: e.dump(entry) for entry in one}


def until(kind: str) -> Ledger:
    """The election played, up to the first entry of a kind, which is left out."""
    ledger, whole = Ledger(ORIGIN, LOG), played()
    ledger.put(*(b"".join(whole.chunks(digest)) for digest in whole.blob_sizes()))
    for raw in whole.entries():
        if json.loads(raw)["kind"] == kind:
            break
        ledger.append(raw)
    return ledger


def refused(ledger: Ledger, raw: bytes | e.Entry) -> CheckError:
    with pytest.raises(CheckError) as caught:
        ledger.append(raw)
    return caught.value


TRUSTEES = ("trustee-commit", "trustee-key", "trustee-confirm", "trustee-ready")
AFTER_CLOSE = ("decrypt", "result", "count", "void")
MISPLACED: dict[str, dict[str, Check]] = {
    "ceremony": dict.fromkeys(samples().keys() - {"ceremony", "notice"}, Check.ORDER),
    "trustee-commit": {
        **dict.fromkeys(("trustee-key", "trustee-confirm", "trustee-ready", "manifest"), Check.CEREMONY),
        **dict.fromkeys(
            ("ceremony", "open", "close", "extend", "cancel", "withdraw", "ballot", "shuffle"), Check.ORDER
        ),
        **dict.fromkeys(AFTER_CLOSE, Check.ORDER),
    },
    "trustee-ready": {
        **dict.fromkeys((*TRUSTEES[:3], "open"), Check.CEREMONY),
        **dict.fromkeys(("ceremony", "manifest", "extend", "close", *AFTER_CLOSE), Check.ORDER),
        "ballot": Check.BALLOT,
        "shuffle": Check.SHUFFLE,
    },
    "close": {
        **dict.fromkeys(("ceremony", *TRUSTEES, "manifest", "open", *AFTER_CLOSE), Check.ORDER),
        "shuffle": Check.SHUFFLE,
    },
    "shuffle": {
        **dict.fromkeys(("ceremony", *TRUSTEES, "manifest", "open", "extend", "close", "withdraw"), Check.ORDER),
        "ballot": Check.BALLOT,
    },
}
"""By the kind that is due: what else is refused there, and by which check."""


@pytest.mark.parametrize("due", MISPLACED)
def test_an_entry_out_of_its_place_fails_one_check(due: str) -> None:
    ledger = until(due)
    for kind, check in MISPLACED[due].items():
        assert refused(ledger, samples()[kind]).check is check, kind
    ledger.append(NOTICE)
    if due != "shuffle":  # of the sample's contest, which begins again here
        ledger.append(samples()[due])


def test_a_trustee_out_of_turn_is_told_so() -> None:
    ready = making.trustee_ready(b"", 1, SECRETS[1], 5, SEEDS[1])
    assert refused(until("manifest"), replace(ready, manifest=bytes(64))).detail.endswith("may not stand here")
    assert refused(until("trustee-ready"), samples()["trustee-confirm"]).detail.endswith("may not stand here")


def test_after_a_cancel_only_notices_stand() -> None:
    for due in ("trustee-ready", "ballot", "shuffle", ""):
        ledger = until(due)
        ledger.append(CANCEL)
        ledger.append(NOTICE)
        for kind in samples().keys() - {"notice"}:
            assert refused(ledger, samples()[kind]).check is Check.ORDER, (due, kind)
        ledger.judge.finish(whole=True)


# ---- where a record ends ---------------------------------------------------------------------------------------------


def at_its_end(judge: Judge, *, whole: bool) -> Check | None:
    try:
        judge.finish(whole=whole)
    except CheckError as error:
        return error.check
    return None


def test_a_record_that_ends_before_its_manifest_lacks_a_trustee_or_the_manifest() -> None:
    nothing = Ledger(ORIGIN, LOG)
    for whole in (True, False):
        assert at_its_end(nothing.judge, whole=whole) is Check.ORDER
        assert at_its_end(until("trustee-commit").judge, whole=whole) is Check.CEREMONY
        assert at_its_end(until("trustee-confirm").judge, whole=whole) is Check.CEREMONY
        assert at_its_end(until("manifest").judge, whole=whole) is Check.ORDER


def test_a_beginning_of_a_record_may_end_anywhere_after_its_manifest() -> None:
    for due in ("trustee-ready", "open", "ballot", "close", "shuffle", "decrypt", "result", "count"):
        judge = until(due).judge
        assert at_its_end(judge, whole=False) is None
        assert at_its_end(judge, whole=True) is Check.ORDER
    assert at_its_end(played().judge, whole=True) is None


def test_the_last_ballot_of_a_beginning_is_checked_too() -> None:
    ledger = until("ballot")
    sealed = e.parse(samples()["ballot"])
    assert isinstance(sealed, e.Ballot)
    first, *rest = sealed.proof.responses
    wrong = replace(sealed, proof=replace(sealed.proof, responses=((first + 1) % group.ORDER, *rest)))
    ledger.judge.take(e.dump(wrong), wrong)
    assert at_its_end(ledger.judge, whole=False) is Check.BALLOT


# ---- votes -----------------------------------------------------------------------------------------------------------


def opened(**fields: Any) -> tuple[Ledger, e.Manifest]:
    ledger = begun()
    manifest = replace(announced(ledger), **fields)
    ctx = sha512(ledger.append(manifest)).digest()
    for j, seed in SEEDS.items():
        ledger.append(making.trustee_ready(ctx, j, SECRETS[j], 400 + j, seed))
    ledger.append(e.Open(manifest.opens))
    return ledger, manifest


def seals(ledger: Ledger, manifest: e.Manifest) -> Iterator[e.Ballot]:
    """One ballot of each voter, in turn, and again."""
    booth = Booth("small", ledger.judge.ctx, manifest.public_key, manifest.contests)
    draw = randomness.stream(b"booths")
    while True:
        for one in voters(manifest.ceremony):
            last = ledger.judge.voters.get(one.public)
            yield booth.seal(one, last.digest if last else bytes(32), [[0], [1]], draw)


@pytest.mark.parametrize("revotes", [True, False])
def test_everyone_votes_once_and_again_only_where_it_is_allowed(*, revotes: bool) -> None:
    ledger, manifest = opened(revotes=revotes)
    ballots = seals(ledger, manifest)
    for _ in range(4):
        ledger.append(next(ballots))
    if revotes:
        ledger.append(next(ballots))
    else:
        assert refused(ledger, next(ballots)).check is Check.BALLOT
    assert ledger.judge.ballots == 4 + revotes
    assert ledger.judge.phase is Phase.OPEN


def test_re_open_nominations_elects_nobody_for_the_contests_after() -> None:
    """Section 7: whoever was elected before stands no more, but "re-open" is no person."""
    ledger = begun()
    made = announced(ledger)
    chair, board = made.contests
    reopened = replace(chair, candidates=(chair.candidates[0], replace(chair.candidates[1], reopen=True)))
    manifest = replace(made, contests=(reopened, replace(board, after=("chair",))))
    ctx = sha512(ledger.append(manifest)).digest()
    for j, seed in SEEDS.items():
        ledger.append(making.trustee_ready(ctx, j, SECRETS[j], 400 + j, seed))
    ledger.append(e.Open(manifest.opens))
    vote(ledger, manifest)
    ledger.append(e.Close(manifest.closes, ledger.judge.ballots))
    with pytest.raises(CheckError, match="board is counted before chair"):
        ledger.judge.elected_before(manifest.contests[1])
    count(ledger, "chair")
    assert ledger.judge.tallies["chair"].elected == ("b",)
    assert ledger.judge.elected_before(manifest.contests[1]) == []
