"""A voter's own line of the roll, and what proves that the announced roll has it (protocol.md, section 7).

The roll is not in the record: its root is, in the manifest. A voter is given their own leaf with an audit path, and needs
nobody's word to see that they were on the roll when the election was announced, in which contests, and by which name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance.board import canonical, merkle
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.errors import MalformedError, ProofError

MOST = 2**16
"""Bytes of a file."""
_FIELDS = {"contests", "election", "index", "leaf", "proof", "root", "size"}
_LEAF = {"member", "name", "salt"}


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line as it was given out; nothing of it is checked yet but the form."""

    election: str
    contests: tuple[str, ...]
    leaf: bytes
    """Canonical bytes of {member, name, salt}."""
    index: int
    size: int
    root: bytes
    path: tuple[bytes, ...]
    """The audit path."""

    @property
    def member(self) -> str:
        """Whose line it is."""
        return str(canonical.parse(self.leaf)["member"])

    @property
    def name(self) -> str:
        """The name on the roll."""
        return str(canonical.parse(self.leaf)["name"])


def dump(line: OwnLine) -> bytes:
    """The file that a voter is given."""
    return canonical.dump(
        {
            "contests": line.contests,
            "election": line.election,
            "index": line.index,
            "leaf": line.leaf.hex(),
            "proof": [step.hex() for step in line.path],
            "root": line.root.hex(),
            "size": line.size,
        }
    )


def read(data: bytes) -> OwnLine:
    """Read the file.

    Raises:
        MalformedError: It is none.
    """
    try:
        line = _line(canonical.parse(data))
    except (AttributeError, KeyError, MalformedError, TypeError, ValueError):
        line = None
    if line is None:
        msg = "this is no line of a roll as its voter is given it"
        raise MalformedError(msg)
    return line


def _line(value: Any) -> OwnLine | None:
    """What the file says; None where a value is of another type."""
    leaf = bytes.fromhex(value["leaf"])
    said, index, size = canonical.parse(leaf), value["index"], value["size"]
    if value.keys() != _FIELDS or said.keys() != _LEAF or {type(index), type(size)} != {int}:
        return None
    if not _texts([*said.values(), value["election"], *value["contests"]]):
        return None
    path = tuple(map(bytes.fromhex, value["proof"]))
    contests = tuple(value["contests"])
    return OwnLine(value["election"], contests, leaf, index, size, bytes.fromhex(value["root"]), path)


def _texts(values: Sequence[Any]) -> bool:
    return all(isinstance(one, str) for one in values)


def check(line: OwnLine, manifest: e.Manifest) -> None:
    """Check that the announced roll of a style has this line.

    Raises:
        CheckError: It has not.
    """
    if line.election != manifest.election:
        raise CheckError(Check.MANIFEST, "the line is of another election than the record")
    style = next((one for one in manifest.credentials if one.contests == line.contests), None)
    if style is None:
        raise CheckError(Check.MANIFEST, "the announced election has no roll for exactly these contests")
    if (line.size, line.root) != (style.roll.count, style.roll.root):
        raise CheckError(Check.MANIFEST, "the line is of another roll than the one that was announced")
    try:
        merkle.check_inclusion(merkle.leaf(line.leaf), line.index, line.size, line.path, line.root)
    except ProofError:
        raise CheckError(Check.MANIFEST, "the announced roll does not have this line") from None
