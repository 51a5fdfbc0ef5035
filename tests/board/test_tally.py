"""Bounds of a tally that no other record stands on: exactly enough ballots, more than two mixers, who counts as seated."""

import io
from dataclasses import replace

from governance.board import verify
from governance.board.checks import Check
from governance.board.record import RecordFile
from tests.board.test_refusals import verdict
from tests.forge.bases import BASES
from tests.forge.election import on
from tests.forge.maker import base, make
from tests.forge.plan import Contest
from tests.forge.record import Record


def report_of(record: Record) -> verify.Report:
    return verify.check(RecordFile(io.BytesIO(record.zip())))


def test_blank_and_invalid_votes_are_counted_apart() -> None:
    assert report_of(base("invalid")).contests["board"] == verify.Outcome(ballots=6, blank=1, invalid=2, elected=("a",))


def test_exactly_as_many_ballots_as_it_takes_are_opened() -> None:
    for least, good in ((5, True), (6, False)):
        plan = replace(BASES["tiny"], contests=(Contest(min_ballots=least),))
        opened, void = (make(plan, on("void", lambda *_, is_void=is_void: is_void)) for is_void in (False, True))

        assert verdict(opened)[0] is (None if good else Check.CLOSE)
        assert verdict(void)[0] is (Check.CLOSE if good else None)


def test_as_many_must_mix_as_must_decrypt() -> None:
    plan = replace(BASES["tiny"], threshold=3)

    check, detail = verdict(make(plan, on("mixers", lambda *_: (1, 2)), on("openers", lambda *_: (1, 2, 3))))

    assert check is Check.SHUFFLE
    assert "after 2 of 3 mixers" in detail
    good = make(plan, on("mixers", lambda *_: (3, 1, 2)), on("openers", lambda *_: (1, 2, 3)))
    assert verdict(good) == (None, "")


def test_who_was_elected_before_is_seated() -> None:
    """One of a and b may sit: a has the chair already, so d comes to the board, whom nobody prefers to b."""
    bound = {"attribute": "region", "value": "n", "min": 0, "max": 1, "candidates": ["a", "b"], "seated": 0}
    chair, board = BASES["both"].contests
    for constraints, elected in (((), ("c", "b")), ((bound,), ("c", "d"))):
        changed = replace(board, candidates=("a", "b", "c", "d"), constraints=constraints)
        report = report_of(make(replace(BASES["both"], contests=(chair, changed))))

        assert report.contests["chair"].elected == ("a",)
        assert report.contests["board"].elected == elected
