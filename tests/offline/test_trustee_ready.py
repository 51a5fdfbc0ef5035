"""A trustee's readiness: what is shown, and what it refuses; and what `status` says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.board import contribution
from governance.board import entries as e
from governance.board.contribution import Contribution
from governance.crypto import group
from governance.offline import registrar, safe, trustee, witness, words
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import ok, refused, run

# ---- ready -----------------------------------------------------------------------------------------------------------


def test_ready_shows_the_manifest_in_plain_words(at: At) -> None:
    stage = at("manifest")
    shown = ok(stage.trustee(1, "ready", "--expect", stage.ctx())).output

    for phrase in (
        "The fifth election (fifth)",
        "opens 2026-03-01 09:00:00 UTC, closes 2026-03-08 09:00:00 UTC",
        "2 of 3 can open the votes",
        "Rea Gistrar",
        "The board (board)",
        "seats     2, counted by scottish-stv",
        "Candidate C (c)",
        "after     chair",
        "chair, board: 3 credentials for 3 people",
        "board: 2 credentials for 2 people",
        "log.example/fifth",
        "witness-2.example",
        "1 of 2 witnesses",
    ):
        assert phrase in shown


def test_rules_of_places_and_the_want_of_witnesses_are_said(at: At) -> None:
    entry = stages.keys(at("manifest").ledger())
    manifest = at("ready").ledger().judge.manifest
    assert manifest is not None
    contest = replace(
        manifest.contests[1],
        candidates=(*manifest.contests[1].candidates, e.Candidate("ron", "Nobody of these", reopen=True)),
        constraints=(e.Constraint("region", "north", 1, 2, ("c", "d"), 1), e.Constraint("age", "young", 0, 1, (), 0)),
    )
    board = replace(manifest.board, witnesses=(), quorum=0)
    shown = words.manifest(replace(manifest, contests=(contest,), board=board, revotes=False), entry)

    assert "Nobody of these (ron), which stands for re-opening nominations" in shown
    assert "region = north: 1 to 2, 1 of them filled already; it is true of c, d" in shown
    assert "it is true of nobody who stands" in shown
    assert "There are no witnesses" in shown
    assert "a vote cannot be changed" in shown


def test_what_a_title_says_cannot_move_the_cursor(at: At) -> None:
    stage = at("confirmed")
    stages.add_manifest(stage, title="Nice\x1b[2J\u202egnitov")
    shown = ok(stage.trustee(1, "ready", "--expect", stage.ctx())).output

    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_what_a_title_says_cannot_look_like_other_lines(at: At) -> None:
    stage = at("confirmed")
    fake = "Voting      opens 2099-01-01 00:00:00 UTC, closes 2099-01-02 00:00:00 UTC"
    stages.add_manifest(stage, title="Nice" + " " * 300 + fake + " " * 5000 + "x" * 5000 + fake)
    shown = ok(stage.trustee(1, "ready", "--expect", stage.ctx())).output

    assert "Election    Nice Voting opens 2099" in shown
    assert fake not in shown
    assert max(map(len, shown.splitlines())) < 300


def test_ready_asks(at: At) -> None:
    stage = at("manifest")
    given = (*stage.secret(1), "--record", stage.record, "--out", stage.out(1, "ready"))
    stage.out(1, "ready").unlink(missing_ok=True)
    no = run(trustee.main, "ready", *given, typed="n\n")
    yes = run(trustee.main, "ready", *given, typed="y\n")

    assert no.exit_code == 1
    assert yes.exit_code == 0


def test_ready_refuses_another_value(at: At) -> None:
    stage = at("manifest")

    refused(stage.trustee(1, "ready", "--expect", stage.cer()), "another one")
    assert not stage.keyring(1).context


def test_ready_for_one_manifest_ever(at: At) -> None:
    stage = at("manifest")
    ok(stage.trustee(1, "ready", "--expect", stage.ctx()))
    first = stage.out(1, "ready").read_bytes()
    ok(stage.trustee(1, "ready"))
    assert stage.out(1, "ready").read_bytes() == first
    other = at("confirmed")
    stages.add_manifest(other, title="Another")
    mine = stage.keyring(1)
    mine.seen_size, mine.seen_root = 0, b""  # else the record is refused for what was seen
    mine.store()

    refused(stage.trustee(1, "ready", "--expect", other.ctx(), path=other.record), "one is all there can ever be")


def test_ready_needs_the_manifest_and_comes_before_the_opening(at: At) -> None:
    refused(at("confirmed").trustee(1, "ready"), "no manifest yet")
    refused(at("open").trustee(1, "ready"), "has opened")


def test_ready_needs_the_quorum(at: At) -> None:
    stage = at("manifest")
    stage.publish(stage.ledger(), cosigned=False)

    refused(stage.trustee(1, "ready", "--expect", stage.ctx()), "section 13, board", "0 of 1 witnesses")


def test_ready_needs_the_share(at: At) -> None:
    stage = at("manifest")
    stage.put_back(at("keys"), 1)

    refused(stage.trustee(1, "ready"), "confirm comes first")


def test_ready_needs_the_right_share(at: At) -> None:
    stage = at("manifest")
    mine = stage.keyring(1)
    mine.secret += 1
    mine.store()

    refused(stage.trustee(1, "ready"), "not the one that the record knows")


def test_a_manifest_that_does_not_hold(at: At) -> None:
    stage = at("confirmed")
    ok(stage.codes("--expect", stage.cer()))
    ledger = stage.ledger()
    wrong = replace(stages.manifest_entry(stage, ledger), public_key=group.G)
    blobs = contribution.read((stage.folder / "credentials.contribution").read_bytes()).blobs
    stage.write([*ledger.entries(), e.dump(wrong)], list(blobs), cosigned=True)

    refused(stage.trustee(1, "ready"), "section 7, manifest")


# ---- status ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "done", "following"),
    [
        ("people", "identity", "commit"),
        ("commits", "identity, commit", "key"),
        ("keys", "identity, commit, key", "confirm"),
        ("confirmed", "identity, commit, key, confirm", "ready"),
        ("ready", "identity, commit, key, confirm, ready", "mix"),
    ],
)
def test_status_says_what_comes_next(at: At, step: str, done: str, following: str) -> None:
    shown = ok(run(trustee.main, "status", *at(step).secret(1)[:2])).output

    assert f"Done       {done}\n" in shown
    assert f"Next       {following}" in shown


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"done": 5, "ceremony": 5, "name": ["x"]},
        {"done": ["decrypt", {}], "ceremony": "zz", "name": "a\x1bb", "index": True},
        {"done": {"commit": 1}, "ceremony": {"a": []}, "voters": "x", "destroyed": 1},
    ],
)
@pytest.mark.parametrize("tool", ["trustee", "registrar", "witness"])
def test_a_file_whose_plain_part_was_changed_is_still_told(tmp_path: Path, tool: str, plain: dict[str, Any]) -> None:
    safe.make(tmp_path / "s", tool, stages.PASSPHRASE).store(plain, 1)
    group = {"trustee": trustee.main, "registrar": registrar.main, "witness": witness.main}[tool]
    shown = ok(run(group, "status", "--secret", tmp_path / "s")).output

    assert "\x1b" not in shown


def test_contributions_are_what_a_server_reads(at: At) -> None:
    stage = at("ready")
    kinds = [e.parse(raw) for raw in contribution.read(stage.out(1, "ready").read_bytes()).entries]

    assert [type(one) for one in kinds] == [e.TrusteeReady]
    assert contribution.read(stage.out(1, "ready").read_bytes()) == Contribution((e.dump(kinds[0]),))
