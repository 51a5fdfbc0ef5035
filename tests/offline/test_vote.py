"""`governance-vote seal`: what is sealed is what was ranked, the board takes it, and it is counted."""

import json
import stat
import sys
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import canonical, record, verify
from governance.board import entries as e
from governance.board.making import Booth
from governance.crypto import ballot as sealing
from governance.crypto import credentials, group
from governance.crypto.credentials import Credential
from governance.errors import MalformedError
from governance.offline import vote, vote_paper
from governance.offline.asking import tracker
from governance.verifier.__main__ import main as independent
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import ok, refused
from tests.offline.voting import BOARD, BOTH, Voter, check, contest, credential, opened, refused_last, show
from tests.shared import PROTOCOL, needs_shared

pytestmark = pytest.mark.usefixtures("in_time")


# ---- agreement -------------------------------------------------------------------------------------------------------


def papers(path: Path) -> dict[str, Counter[tuple[str, ...]]]:
    """What was counted, blank votes as ()."""
    found = {}
    with path.open("rb") as file:
        source = record.RecordFile(file)
        for raw in source.entries():
            entry = e.parse(raw)
            if isinstance(entry, e.Result):
                blob = canonical.parse(b"".join(source.chunks(entry.ballots.sha256)))
                found[entry.contest] = Counter({tuple(ids): number for number, ids in blob["papers"]})
                found[entry.contest] += Counter({(): blob["blank"]})
    return found


def test_ballots_of_the_program_are_taken_mixed_opened_and_counted_like_any(at: At) -> None:
    stage = at("open")
    ledger = stage.ledger()
    by_file, blank, by_numbers = Voter(stage, "m1"), Voter(stage, "m2"), Voter(stage, "m5")
    ok(by_file.paper(BOTH))
    ok(blank.paper("[chair]\n(blank)\n[board]\n(blank)\n"))
    listed = vote_paper.order(ledger.judge.ctx, by_numbers.code, contest(stage, "board"))
    ok(by_numbers.seal(typed=f"{listed.index(3) + 1}, {listed.index(0) + 1}\ny\n"))
    for one in (by_file, blank, by_numbers):
        one.cast(ledger)
    stage.publish(ledger)
    again = Voter(stage, "m5")
    again.out.unlink()
    ok(again.paper(BOARD))  # a re-vote after one of the program's own
    again.cast(ledger)
    stage.publish(ledger)
    stages.close_it(stage)
    for act in ("mixed", "opened"):
        stages._ACTS[act](stage)  # noqa: SLF001  the same steps as in every election of these tests
    ledger = stage.ledger()
    stages.count(ledger)
    stage.publish(ledger)

    with stage.record.open("rb") as file:
        report = verify.check(record.RecordFile(file))
    assert report.failure is None
    with pytest.raises(SystemExit) as ended:
        sys.exit(independent([str(stage.record)]))
    assert ended.value.code == 0
    # m3 and m4 voted in the booth of the stage: the first candidate of both contests; the third of the board.
    assert papers(stage.record) == {
        "chair": Counter({("a",): 2, (): 1}),
        "board": Counter({("c", "a"): 1, ("a",): 1, ("d",): 2, (): 1}),
    }


@needs_shared
@pytest.mark.parametrize("number", range(3))
def test_with_the_randomness_of_a_vector_the_seal_is_the_vector(number: int) -> None:
    vector = PROTOCOL["ballot"][number]

    def draw(size: int) -> bytes:  # scalars are drawn as 64 bytes, little-endian, reduced
        return b"".join(next(drawn).ljust(64, b"\0") for _ in range(size // 64))

    drawn = iter([bytes.fromhex(one["r"]) for one in vector["contests"]] + [bytes.fromhex(w) for w in vector["w"]])
    entry = json.loads(vector["entry"])
    booth = Booth(
        entry["election"],
        bytes.fromhex(vector["ctx"]),
        group.decode(bytes.fromhex(vector["Y"])),
        tuple(a_contest(one["id"], one["n"], one["m"]) for one in vector["contests"]),
    )
    secret = group.decode_scalar(bytes.fromhex(vector["sk"]))
    voter = Credential(secret, group.multiply_base(secret))

    made = booth.seal(voter, bytes.fromhex(vector["previous"]), [one["ranking"] for one in vector["contests"]], draw)

    assert e.dump(made) == vector["entry"].encode()
    assert sealing.tracker(e.unproven_bytes(made)) == vector["tracker"]


def a_contest(name: str, candidates: int, most: int, *, reopen: bool = False) -> e.Contest:
    people = [e.Candidate(f"c{i}", f"Candidate {i}", reopen=reopen and i == 0) for i in range(candidates)]
    return e.Contest(name, f"The {name}", 1, most, 2, tuple(people), {"id": "scottish-stv"}, (), ())


@given(st.data())
def test_a_paper_says_what_was_written_whatever_its_ends_of_line(tmp_path_factory: Any, data: st.DataObject) -> None:
    one = a_contest("board", data.draw(st.integers(1, 8)), 1)
    ids = data.draw(st.lists(st.sampled_from(range(len(one.candidates))), unique=True))
    chosen = e.Contest(**{f: getattr(one, f) for f in e.Contest.__slots__} | {"max_ranks": max(1, len(ids))})
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    named = [f"  c{i}   Candidate {i} " if data.draw(st.booleans()) else f"c{i}" for i in ids] or ["(Blank)"]
    text = end.join(["# for me", "", "[ board ]", *named]) + data.draw(st.sampled_from(["", end]))
    path = tmp_path_factory.getbasetemp() / "law.txt"
    path.write_bytes(data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode())

    assert vote_paper.read(path, [chosen], ["board"]) == {"board": tuple(ids)}


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26), st.integers(1, 12), st.booleans())
def test_the_order_has_everybody_once_and_reopening_last(code: str, count: int, reopen: bool) -> None:  # noqa: FBT001
    one = a_contest("board", count, 1, reopen=reopen)

    listed = vote_paper.order(bytes(64), code, one)

    assert sorted(listed) == list(range(count))
    assert not reopen or listed[-1] == 0
    assert vote_paper.order(bytes(64), code, one) == listed


@given(st.binary(max_size=300))
def test_any_bytes_as_a_paper_end_well(tmp_path_factory: Any, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "odd.txt"
    path.write_bytes(b"[board]\nc0\n" + data)
    with suppress(MalformedError):
        assert vote_paper.read(path, [a_contest("board", 3, 2)], ["board"])["board"][0] == 0


# ---- what a voter sees -----------------------------------------------------------------------------------------------


def test_show_says_which_election_it_is_who_stands_and_its_values(at: At) -> None:
    stage = at("open")
    ledger = stage.ledger()
    ledger.append(e.Withdraw("board", "c"))
    stage.publish(ledger)
    paper = stage.folder / "paper.txt"

    told = ok(show(stage.record, "--paper", paper)).output

    for phrase in (
        "The fifth election (fifth)",
        "Candidate C (c)",
        "up to 2 preferences",
        "Withdrawn   c from board",
        f"value     {stage.ctx()}",
        f"manifest  {ledger.judge.ctx.hex()}",
        "In this file voting is open, until 2026-03-08 09:00:00 UTC.",
        f"Written: {paper}",
    ):
        assert phrase in told
    assert stat.S_IMODE(paper.stat().st_mode) == 0o600


def test_a_paper_ranks_nobody_until_it_is_filled_in_and_may_keep_what_is_not_asked(at: At) -> None:
    stage = at("open")
    paper = stage.folder / "paper.txt"
    ok(show(stage.record, "--paper", paper))
    voter, empty = Voter(stage, "m5"), paper.read_text("utf-8")

    refused_last(voter.paper(empty), "nothing is said of “The board”")
    filled = empty.replace("# e  ", "e  ").replace("# d  ", "d  ")
    told = ok(voter.paper(filled)).output

    assert "1. Candidate D (d)\n  2. Candidate E (e)" in told
    assert [one.id for one in voter.ballot().contests] == ["board"]


def test_the_vote_is_shown_back_and_asked_about_and_the_tracker_is_that_of_the_file(at: At) -> None:
    voter = Voter(at("open"), "m2")
    told = ok(voter.paper(BOTH)).output

    assert "The chair (chair)\n  1. Candidate A (a)\n" in told
    assert "The board (board)\n  1. Candidate C (c)\n  2. Candidate A (a)\n" in told
    assert f"    {sealing.tracker(e.unproven_bytes(voter.ballot()))}\n" in told
    assert "Your vote is not cast yet" in told
    assert voter.code not in told
    assert credentials.show_code(voter.code) not in told
    assert stat.S_IMODE(voter.out.stat().st_mode) == 0o600


def test_who_says_no_is_asked_again_or_has_nothing_written(at: At) -> None:
    stage = at("open")
    voter = Voter(stage, "m5")
    again = ok(voter.seal(typed="1 1\nx\n9\n1 2 3\n1\nn\n2 1\ny\n"))
    assert [phrase in again.output for phrase in ("is ranked twice", "x is none of the numbers 1 to 4")] == [True, True]
    assert "9 is none of the numbers 1 to 4" in again.output
    assert "one too many" in again.output
    assert again.output.count("Your vote:") == 2

    paper = stage.folder / "paper.txt"
    paper.write_text(BOARD)
    other = Voter(stage, "m4")
    refused_last(other.seal("--ranking", paper, typed="y\nn\n"), "nothing was sealed", "change", code=1)
    assert not other.out.exists()


def test_an_earlier_ballot_is_shown_and_replaced_only_if_its_owner_says_so(at: At) -> None:
    stage = at("open")
    voter = Voter(stage, "m1")
    mine = [
        raw for raw in stage.ledger().entries() if f'"credential":"{credential(stage, "m1").hex()}"'.encode() in raw
    ]
    last = e.parse(mine[-1])
    assert isinstance(last, e.Ballot)

    kept = voter.seal(typed="n\n")
    assert kept.exit_code == 1
    assert "the ballot that is in the box stays" in kept.stderr
    assert sealing.tracker(e.unproven_bytes(last)) in kept.output
    assert not voter.out.exists()
    ok(voter.paper(BOTH))
    assert voter.ballot().previous == sha256(mine[-1]).digest()


def test_where_nobody_votes_twice_the_earlier_ballot_stays(at: At) -> None:
    stage = at("confirmed")
    opened(stage, revotes=False)
    ledger = stage.ledger()
    voter = Voter(stage, "m4")
    ok(voter.paper(BOARD))
    first = voter.ballot()
    voter.cast(ledger)
    stage.publish(ledger)
    voter.out.unlink()

    tracked = sealing.tracker(e.unproven_bytes(first))
    refused_last(voter.paper(BOARD), "you have voted, and this election allows no second vote", tracked, code=1)


def test_what_was_published_elsewhere_is_compared(at: At) -> None:
    stage = at("open")
    voter, ctx = Voter(stage, "m5"), stage.ledger().judge.ctx
    paper = stage.folder / "mine.txt"
    paper.write_text(BOARD)
    for value in (tracker(ctx), tracker(ctx).lower().replace("-", " "), ctx.hex(), ctx.hex().upper()):
        ok(voter.seal("--ranking", paper, "--expect", value, typed="y\n"))
        voter.out.unlink()

    other = "".join("1" if one != "1" else "2" for one in ctx.hex())
    for value in (tracker(bytes.fromhex(other)), other, "", "nonsense"):
        refused(voter.seal("--ranking", paper, "--expect", value, typed="y\n"), "another one")
    assert not voter.out.exists()


def test_a_late_clock_is_told_and_stops_nobody(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote, "now", lambda: datetime(2026, 3, 8, 9, tzinfo=UTC))

    told = ok(Voter(at("open"), "m5").paper(BOARD))

    assert "by this computer's clock voting closed on 2026-03-08 09:00:00 UTC" in told.stderr


def test_without_its_witnesses_a_board_is_no_hindrance(at: At) -> None:
    stage = at("open")
    stage.publish(stage.ledger(), cosigned=False)
    voter = Voter(stage, "m5")
    ok(voter.paper(BOARD))
    ledger = stage.ledger()
    voter.cast(ledger)
    stage.publish(ledger, cosigned=False)

    told = ok(check(voter.out, stage.record)).output

    assert "Yes, your ballot is in the ballot box." in told
    assert "The independent witnesses have not confirmed this state of the board yet." in told
