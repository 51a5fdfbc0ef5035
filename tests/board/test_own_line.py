"""A voter's own line: the file is read strictly, and only the line of the announced roll holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import canonical, making, merkle, own_line
from governance.board import entries as e
from governance.board.checks import CheckError
from governance.board.making import Voter
from governance.board.own_line import OwnLine
from governance.errors import MalformedError
from tests.services.a_record import a_manifest as whole

VOTERS = [Voter(f"m{i}", f"Member {i}", bytes([i]) * 16) for i in range(1, 8)]


def of(voters: list[Voter], at: int) -> OwnLine:
    leaves = [merkle.leaf(voter.leaf()) for voter in voters]
    path = tuple(merkle.inclusion(leaves, at))
    return OwnLine("board", ("a", "b"), voters[at].leaf(), at, len(voters), merkle.root(leaves), path)


def a_manifest(voters: list[Voter], *contests: str) -> e.Manifest:
    listed = e.Credentials(contests or ("a", "b"), 1, bytes(32), 32, making.roll(voters), bytes(64))
    return whole(election="board", credentials=(listed,))


@given(st.integers(1, 40), st.data())
def test_every_line_of_the_announced_roll_holds(count: int, data: st.DataObject) -> None:
    voters = [Voter(f"m{i:02}", "N", bytes([i]) * 16) for i in range(count)]
    line = of(voters, data.draw(st.integers(0, count - 1)))

    own_line.check(own_line.read(own_line.dump(line)), a_manifest(voters))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (replace(of(VOTERS, 2), election="other"), "another election"),
        (replace(of(VOTERS, 2), contests=("a",)), "exactly these contests"),
        (replace(of(VOTERS, 2), size=6), "another roll"),
        (of([*VOTERS, Voter("x", "X", bytes(16))], 2), "another roll"),
        (replace(of(VOTERS, 2), leaf=Voter("m3", "Member 4", bytes([3]) * 16).leaf()), "does not have this line"),
        (replace(of(VOTERS, 2), index=3), "does not have this line"),
        (replace(of(VOTERS, 2), index=7), "does not have this line"),
        (replace(of(VOTERS, 2), path=()), "does not have this line"),
    ],
)
def test_another_line_does_not(line: OwnLine, why: str) -> None:
    with pytest.raises(CheckError, match=why):
        own_line.check(line, a_manifest(VOTERS))


@pytest.mark.parametrize(
    "change",
    [
        {"leaf": "00"},
        {"leaf": canonical.dump([]).hex()},
        {"leaf": canonical.dump({"member": "m1"}).hex()},
        {"leaf": canonical.dump({"member": "m1", "name": 1, "salt": ""}).hex()},
        {"contests": [1]},
        {"contests": 1},
        {"index": "2"},
        {"index": True},
        {"size": "7"},
        {"proof": ["x"]},
        {"proof": 3},
        {"root": 3},
        {"election": 3},
        {"more": 1},
    ],
)
def test_a_file_of_another_form_is_refused(change: dict[str, object]) -> None:
    good = canonical.parse(own_line.dump(of(VOTERS, 2)))

    with pytest.raises(MalformedError, match="no line of a roll"):
        own_line.read(canonical.dump({**good, **change}))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'"x"'])
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="no line of a roll"):
        own_line.read(data)


def test_name_and_member_are_those_of_the_leaf() -> None:
    assert (of(VOTERS, 2).member, of(VOTERS, 2).name) == ("m3", "Member 3")
