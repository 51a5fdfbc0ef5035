"""One forgery: a change of one good election, and the checks of which one must name it."""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from governance.crypto import group
from tests.forge.bases import BASES
from tests.forge.election import Hook
from tests.forge.maker import base, make
from tests.forge.record import Record

Check = tuple[str, str]
"""(section, name) as `--json` has them."""

FORM: Check = ("1", "form")
TREE: Check = ("13", "tree")
CEREMONY: Check = ("6", "ceremony")
CODEC: Check = ("4", "manifest")
MANIFEST: Check = ("7", "manifest")
BALLOT: Check = ("8", "ballot")
CLOSE: Check = ("9", "close")
MIX_INPUT: Check = ("9", "mix input")
SHUFFLE: Check = ("9", "shuffle")
DECRYPT: Check = ("10", "decrypt")
RESULT: Check = ("11", "result")
COUNT: Check = ("11", "count")
ORDER: Check = ("13", "order")
BOARD: Check = ("13", "board")


class Verdict(NamedTuple):
    """What a verifier said; section and name are empty where nothing failed or there was nothing to verify."""

    exit: int
    section: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Forgery:
    """A change.

    Attributes:
        row: Of protocol.md, section 15; 13 is the order of entries, 0 what is no record at all.
        name: The change, in words.
        base: The good election that is changed.
        expected: One of these must be the first check that fails; none where the exit code is 2.
        build: Makes the record, or the bytes of the file.
        bulk: One of very many alike: whoever is in a hurry takes a sample.
    """

    row: int
    name: str
    base: str
    expected: tuple[Check, ...]
    build: Callable[[], Record | bytes]
    bulk: bool = False

    @property
    def exit(self) -> int:
        return 1 if self.expected else 2

    @property
    def id(self) -> str:
        return f"{self.row:02}-{self.name}".replace(" ", "-")

    def files(self) -> tuple[bytes, list[bytes]]:
        """The record file and the earlier checkpoints that it must extend."""
        made = self.build()
        return (made, []) if isinstance(made, bytes) else (made.zip(), made.earlier)

    def write(self, path: Path) -> list[Path]:
        """Write the record to `path` and earlier checkpoints beside it; gives the paths of those."""
        data, checkpoints = self.files()
        path.write_bytes(data)
        earlier = [path.with_suffix(f".earlier-{number}") for number in range(len(checkpoints))]
        for where, checkpoint in zip(earlier, checkpoints, strict=True):
            where.write_bytes(checkpoint)
        return earlier

    def is_refused(self, verdict: Verdict) -> bool:
        """Whether a verdict is one that the text allows."""
        failed = (verdict.section, verdict.name)
        return verdict.exit == self.exit and (failed in self.expected if self.expected else failed == ("", ""))


def verdict(command: Sequence[str], record: Path, earlier: Sequence[Path] = (), seconds: float = 60) -> Verdict:
    """What a verifier (`COMMAND RECORD --json`) says of a record."""
    options = [part for path in earlier for part in ("--earlier", str(path))]
    done = subprocess.run(
        [*command, str(record), *options, "--json"], capture_output=True, text=True, check=False, timeout=seconds
    )
    return read(done.returncode, done.stdout)


def read(code: int, output: str) -> Verdict:
    """The verdict that a report on standard output gives."""
    if code == 2:
        return Verdict(code)
    checks = json.loads(output)["checks"]
    failed = next((check for check in checks if not check["ok"]), {"section": "", "name": ""})
    return Verdict(code, failed["section"], failed["name"])


def made(row: int, name: str, base_name: str, expected: Sequence[Check], *hooks: Hook, **plan: Any) -> Forgery:
    """A forgery that is made from the beginning, with hooks or another plan."""

    def build() -> Record:
        changed = replace(BASES[base_name], **plan)
        return make(changed, *hooks)

    return Forgery(row, name, base_name, tuple(expected), build)


def edited(
    row: int,
    name: str,
    base_name: str,
    expected: Sequence[Check],
    change: Callable[[Record], Record | bytes | None],
    *,
    bulk: bool = False,
) -> Forgery:
    """A forgery that changes a finished record; `change` gives the record or bytes, or changes it in place."""

    def build() -> Record | bytes:
        record = base(base_name)
        changed = change(record)
        return record if changed is None else changed

    return Forgery(row, name, base_name, tuple(expected), build, bulk)


def plus(point: bytes, other: int = 1) -> group.Element:
    """Another element: the first and so many G."""
    return group.add(group.Element(point), group.multiply_base(other))


def plus_hex(text: str, other: int = 1) -> str:
    """The same in hex."""
    return plus(bytes.fromhex(text), other).hex()


def next_scalar(text: str, step: int = 1) -> str:
    """Another scalar, in hex."""
    value = (int.from_bytes(bytes.fromhex(text), "little") + step) % group.ORDER
    return value.to_bytes(32, "little").hex()


def flipped(text: str) -> str:
    """Hex with its last bit but a few changed: still hex, still of that length."""
    return text[:-2] + format(int(text[-2:], 16) ^ 1, "02x")
