"""Killed with SIGKILL at random moments while eight clients cast: nothing acknowledged is lost, nothing stands twice.

Three times here; GOVERNANCE_LONG=50 kills fifty times.
"""

import io
import os
import secrets
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from governance.board import checkpoint, merkle, verify
from governance.board.record import RecordFile
from governance.services import boards, publication, voting
from tests.services import killed
from tests.services.stage import ELECTION, OPEN, Stage, sealed

KILLS = int(os.environ.get("GOVERNANCE_LONG") or 3)
EACH = 150
"""Ballots that a server is given before it is killed."""
LONGEST = 0.7
"""Seconds that it lives at most, once it has begun."""
ROOT = Path(__file__).parents[2]


def _kill_one(url: str, part: Path) -> list[tuple[int, str, str]]:
    """Run a server, kill it, and give what it acknowledged: index, digest of the ballot, digest of the checkpoint."""
    command = [sys.executable, "-m", "tests.services.killed", url, str(part)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(secrets.randbelow(1000) / 1000 * LONGEST)
        process.kill()
        lines = process.stdout.read().decode().splitlines()
    told = [line.split() for line in lines if line.count(" ") == 2]
    return [(int(index), ballot, signed) for index, ballot, signed in told]


def test_every_acknowledged_ballot_is_there_once(stage: Stage, tmp_path: Path) -> None:
    voters = KILLS * EACH
    stage.until_open(voters)
    ballots = sealed(stage, range(1, voters + 1))
    acknowledged: list[tuple[int, str, str]] = []
    waiting = list(ballots)
    for _ in range(KILLS):
        part = tmp_path / "part"
        part.write_bytes(b"".join(member.encode() + b" " + raw + b"\n" for member, raw in waiting[:EACH]))
        acknowledged += _kill_one(stage.url, part)
        known = {ballot for _, ballot, _ in acknowledged}
        waiting = [one for one in waiting if sha256(one[1]).hexdigest() not in known]

    with stage.reading() as session:
        raws = [raw for _, raw in boards.entries(session, ELECTION)]
        heads = [boards.head(session, ELECTION, size) for size in range(1, len(raws) + 1)]
    assert acknowledged
    assert len(set(raws)) == len(raws)
    for index, ballot, signed in acknowledged:
        assert sha256(raws[index]).hexdigest() == ballot
        assert sha256(heads[index]).hexdigest() == signed
    tree = merkle.Tree()
    for raw, signed_head in zip(raws, heads, strict=True):
        tree.append(merkle.leaf(raw))
        head = checkpoint.parse(signed_head)
        assert (head.size, head.root) == (tree.size, tree.root())

    # Whoever got no answer posts the same bytes again: each stands once in the end, and the record holds.
    with stage.writing() as session:
        for member, raw in waiting:
            voting.cast(session, member, ELECTION, raw, now=OPEN)
    with stage.reading() as session:
        assert voting.turnout(session, ELECTION)[0] == voters
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
    assert stage.size() == len(raws) + sum(raw not in set(raws) for _, raw in waiting)
    report, _ = verify.judge(RecordFile(file))
    assert report.failure is None


def test_the_ballots_of_a_part_are_read_as_written(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b'm1 {}\nm2 {"a":1}\n')

    assert killed.read(tmp_path / "part") == [("m1", b"{}"), ("m2", b'{"a":1}')]
