"""The programs of those who do not trust the server, run as they are installed, in a folder of one person's own."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen

BIN = Path(sys.executable).parent
PASSPHRASE = "five words nobody has ever said\n"
_COMPARED = re.compile(r"^ {4}([0-9A-Z]{4}(?:-[0-9A-Z]{4}){5})$", re.MULTILINE)


@dataclass(frozen=True)
class Computer:
    """One official's own computer: a folder, and a program that keeps its secrets there."""

    folder: Path
    program: str

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "passphrase").write_text(PASSPHRASE)

    def start(self, step: str, *words: object, says: str = "y\n") -> Popen[str]:
        """Run a step; every question is answered with `says`."""
        call = (BIN / self.program, step, "--passphrase-file", "passphrase", *words)
        process = Popen(
            [str(word) for word in call], cwd=self.folder, stdin=PIPE, stdout=PIPE, stderr=STDOUT, text=True
        )
        assert process.stdin
        process.stdin.write(says)
        process.stdin.close()
        process.stdin = None
        return process

    def run(self, step: str, *words: object) -> str:
        """Run a step to its end; gives what it printed."""
        return finish(self.start(step, *words))


def finish(process: Popen[str], code: int = 0) -> str:
    """What a program printed."""
    said: str = process.communicate(timeout=60)[0]
    assert process.returncode == code, said
    return said


def compared(texts: Sequence[str]) -> str:
    """The value that all of them were shown, as they would read it to each other in a call."""
    values: set[str] = {value for text in texts for value in _COMPARED.findall(text)[:1]}
    assert len(values) == 1, texts
    return values.pop()


def program(name: str, *words: object, code: int = 0) -> str:
    """Run one of our programs; gives what it printed."""
    return finish(Popen([str(BIN / name), *map(str, words)], stdout=PIPE, stderr=STDOUT, text=True), code)
