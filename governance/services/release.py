"""Which voting page this program hands out: the hashes of its scripts, for whoever compares them.

They are told on the board when an election is announced, in the record that nobody can change: a page that is changed
later is then seen by whoever looks. The text of a notice is for people; no verifier reads it.
"""

import json
import re
from functools import cache
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path

from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.services import boards

SUBJECT = "The voting page of this election"
"""Of the notice that tells it."""
SCRIPTS = ("booth.js", "sealing.js")
_BUILT = Path(__file__).parents[1] / "web" / "static" / "dist" / "manifest.json"
_TOLD = re.compile(r"^([a-z_]+\.js): (sha384-[A-Za-z0-9+/]{64})$", re.MULTILINE)


@cache
def scripts() -> dict[str, str]:
    """The booth's scripts with their hashes, as the page gives them to browsers; empty where none were built.

    As they are when a process first asks, like the files that it serves.
    """
    if not _BUILT.is_file():
        return {}
    built: dict[str, str] = json.loads(_BUILT.read_text("utf-8"))
    return {name: built[name] for name in SCRIPTS if name in built}


def name() -> str:
    """The release, like “governance 1.2”."""
    return f"governance {version('governance')}"


def body() -> str:
    """What the notice says; empty where nothing was built."""
    if not scripts():
        return ""
    lines = "\n".join(f"{one}: {value}" for one, value in scripts().items())
    return (
        f"Votes are sealed by these scripts, of {name()}. Behind each stands the SHA-384 of its bytes:\n{lines}\n"
        "If the voting page loads others, something was changed after this was announced: ask why before you vote."
    )


def announced(session: Session, election: str) -> dict[str, str]:
    """The scripts that were told when the election was announced; empty if none were."""
    entries = iter(boards.but_ballots(session, election))
    for _ in takewhile(lambda one: not isinstance(one, e.Manifest), entries):
        pass  # whatever stands there before the announcement, people wrote
    for entry in entries:
        if isinstance(entry, e.Notice) and entry.subject == SUBJECT:
            return dict(_TOLD.findall(entry.body))
    return {}
