"""Where every command meets the shell: streams, arguments and errors, once for all of them.

It is loaded before anything else is, and so it is light: the standard library, click, and what a name may hold.
"""

import io
import os
import sys
from pathlib import Path
from typing import Any, ClassVar, TextIO

import click

from governance.domain import names
from governance.errors import GovernanceError

REFUSED = 1
WRONG = 2


class Program(click.Group):
    """Commands that explain an expected error in one line, and never show a traceback for one."""

    refusals: ClassVar[tuple[type[GovernanceError], ...]] = ()
    """The errors that say that a check failed; all others say that the input or the call is wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As click's; every command below knows -h as well."""
        super().__init__(*args, **kwargs)
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        """Look at the arguments, before any command does.

        Raises:
            UsageError: One is not UTF-8: no output, file or database could take it.
        """
        for one in args:
            if any("\ud800" <= letter <= "\udfff" for letter in one):
                msg = f"{shown(one)} has bytes that are not UTF-8 in it: type it anew, or rename the file"
                raise click.UsageError(msg)
        return super().make_context(info_name, args, *rest, **extra)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command. Exit code 1: a check failed. 2: the input or the call is wrong, or it cannot be written."""
        _open_streams()
        try:
            return super().main(*args, **kwargs)
        except GovernanceError as error:
            _say(str(error), REFUSED if isinstance(error, self.refusals) else WRONG)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _say(f"{where}{error.strerror or 'it cannot be read or written'}", WRONG)


def _say(text: str, code: int) -> None:
    click.echo(f"Error: {shown(text)}", err=True)
    sys.exit(code)


# ---- what a terminal may show ----------------------------------------------------------------------------------------


def shown(text: str) -> str:
    """A text from outside as a terminal may show it: no control, no letter that turns the line around."""
    good = (names.shows(text, at) for at in range(len(text)))
    return "".join(letter if shows else "\N{REPLACEMENT CHARACTER}" for letter, shows in zip(text, good, strict=True))


def shown_lines(text: str) -> str:
    """The same of a text of several lines."""
    return "\n".join(map(shown, text.split("\n")))


def note(text: str) -> None:
    """Say beside the output what the reader should know of it."""
    click.echo(f"Note: {shown(text)}", err=True)


# ---- streams ---------------------------------------------------------------------------------------------------------


def _open_streams() -> None:
    """Let the exit code say what was found, whoever listens."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # it was closed; and no file of ours may get its number
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  open to the end
    for name in ("stdout", "stderr"):
        if sys.platform != "win32" and getattr(sys, name) is getattr(sys, f"__{name}__"):
            setattr(sys, name, _patient(getattr(sys, name), quiet=name == "stderr"))


def _patient(stream: TextIO, *, quiet: bool) -> TextIO:
    """The same stream with `_Out` below it."""
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Out(stream.fileno(), quiet=quiet)),
        encoding=stream.encoding,
        errors="backslashreplace",  # a letter that a terminal does not know stops nothing
        line_buffering=True,
    )


class _Out(io.FileIO):
    """A stream whose reader may leave: what follows is said to nobody.

    Any other failure is told once, unless it is this stream that would tell it.
    """

    def __init__(self, number: int, *, quiet: bool) -> None:
        super().__init__(number, "wb", closefd=False)
        self._quiet = quiet
        self._lost = False

    def write(self, data: Any, /) -> int:
        """Write what can be written."""
        if not self._lost:
            try:
                return super().write(data)
            except OSError as error:
                self._lost = True
                if not self._quiet and not isinstance(error, BrokenPipeError):
                    raise OSError(error.errno, error.strerror, "standard output") from None
        return memoryview(data).nbytes
