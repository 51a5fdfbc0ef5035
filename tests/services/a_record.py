"""A record that can be shown, though never verified: its signatures and proofs say nothing. A test says what matters."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from governance.board import canonical, checkpoint, entries, record
from governance.board.entries import Ballot, BallotProof, Board, Ceremony, Entry, Manifest, Ref, Result, Vote
from governance.crypto import group

ELECTION = "advisory-2026"
NAMES = (
    "Amara Okafor",
    "Luisa Fernández Quispe",
    "أمينة الحسيني",
    "Bartholomew Featherstonehaugh-Cholmondeley",
    "Nguyễn Thị Minh Khai",
    "Søren Kjærgaard",
    "Re-open nominations",
)
# Votes after each round, one line a candidate, the last those that could go no further: 57 papers, 3 seats, quota 15.
TALLIES = (
    ("21.00000", "15.00000", "15.00000", "15.00000", "15.00000"),
    ("9.00000", "10.71420", "11.71420", "15.28558", "15.28558"),
    ("8.00000", "9.14280", "9.14280", "10.14280", "14.14276"),
    ("7.00000", "8.42850", "8.42850", "9.71418", "9.71418"),
    ("4.00000", "4.57140", "6.21425", "0.00000", "0.00000"),
    ("5.00000", "5.85710", "6.21425", "6.57134", "0.00000"),
    ("3.00000", "3.00000", "0.00000", "0.00000", "0.00000"),
    ("0.00000", "0.28600", "0.28600", "0.28610", "2.85748"),
)
MOVES = (("first preferences", None), ("surplus", 0), ("exclusion", 6), ("exclusion", 4), ("exclusion", 5))
ELECTED = {0: [0], 3: [1], 4: [2]}
_NOTHING = bytes(64)  # in place of keys and signatures


def a_count(**changes: Any) -> dict[str, Any]:
    """The count object of interfaces.md."""
    stages = [
        {
            "number": number + 1,
            "action": action,
            "candidates": [] if moved is None else [f"c{moved}"],
            "tallies": {f"c{i}": TALLIES[i][number] for i in range(len(NAMES))},
            "non_transferable": TALLIES[-1][number],
            "quota": "15.00000",
            "elected": [f"c{i}" for i in ELECTED.get(number, [])],
            "excluded": [f"c{moved}"] if action == "exclusion" else [],
            "guarded": [],
            "doomed": [],
        }
        for number, (action, moved) in enumerate(MOVES)
    ]
    ties = [{"stage": 4, "among": ["c4", "c5"], "chosen": "c4", "by": "stage 2"}]
    whole = {"rule": "scottish-stv", "seats": 3, "valid": 57, "quota": "15.00000", "withdrawn": [], "stages": stages}
    return {**whole, "elected": ["c0", "c1", "c2"], "ties": ties, **changes}


def a_contest(**changes: Any) -> entries.Contest:
    people = [entries.Candidate(f"c{i}", name, name == NAMES[-1]) for i, name in enumerate(NAMES)]
    contest = entries.Contest(
        id="board",
        title="Three places in the advisory group",
        seats=3,
        max_ranks=7,
        min_ballots=20,
        candidates=tuple(people),
        rule={"id": "scottish-stv"},
        constraints=(),
        after=(),
    )
    return replace(contest, **changes)


def a_manifest(**changes: Any) -> Manifest:
    style = entries.Credentials(("board",), 112, _NOTHING[:32], 32 * 112, entries.Roll(112, _NOTHING[:32]), _NOTHING)
    manifest = Manifest(
        version=1,
        election=ELECTION,
        title="Advisory group election 2026",
        ceremony=_NOTHING,
        public_key=group.G,
        opens="2026-03-01T09:00:00Z",
        closes="2026-03-08T18:00:00Z",
        contests=(a_contest(),),
        credentials=(style,),
        board=Board(f"log.example/{ELECTION}", f"log.example/{ELECTION}+0a1b2c3d+AfuJv", (), 0),
        revotes=True,
    )
    return replace(manifest, **changes)


def write_record(
    folder: Path,
    *,
    name: str = f"{ELECTION}.record.zip",
    manifest: Manifest | None = None,
    result: Any = None,
    count: Any = None,
    more: tuple[Entry, ...] = (),
) -> Path:
    """Write a record file: 60 ballots, of which 2 are blank and 1 is invalid, and 3 earlier ones that were replaced."""
    blobs = []

    def blob(value: Any) -> Ref:
        blobs.append(canonical.dump(value))
        return Ref(sha256(blobs[-1]).digest(), len(blobs[-1]))

    trustees = tuple(entries.Trustee(i, f"Trustee {i}", _NOTHING[:32], _NOTHING[:32]) for i in (1, 2, 3))
    credentials = [group.multiply_base(i % 60 + 1) for i in range(63)]
    told: list[Entry] = [
        Ceremony(ELECTION, 2, entries.Registrar("Registrar", _NOTHING[:32]), trustees),
        manifest or a_manifest(),
        *(
            Ballot(ELECTION, one, _NOTHING[:32], (Vote("board", group.G, group.G),), BallotProof((), ()))
            for one in credentials
        ),
        Result("board", blob(result or {"blank": 2, "invalid": 1, "papers": []})),
        entries.Count("board", "scottish-stv", (), blob(count or a_count())),
        *more,
    ]
    head = checkpoint.sign(f"log.example/{ELECTION}", len(told), bytes(32), bytes(32))
    path = folder / name
    with path.open("wb") as file:
        record.write(file, map(entries.dump, told), head, blobs, {})
    return path
