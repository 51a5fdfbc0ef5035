"""Counting a file from the command line, start-up and reading included, beside packages that anybody can install.

The papers are those of ../shared/bench/gen_ballots.py, which also says what other programs took. The packages live in
an environment of their own, made on the first run. Figures, never a verdict.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Run, run, table
from governance.count import rules

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("GOVERNANCE_SHARED") or ROOT.parent / "shared")
PEERS = {"pyrankvote": "pyrankvote", "stvpoll": "STVPoll", "votekit": "votekit"}
"""Name and package. Their rules are not ours: pyrankvote's is inexact, votekit's is in floating point."""

FILES = {
    "4,000 papers": (("4000", "30", "10", "1"), ("pyrankvote", "stvpoll", "votekit")),
    "1,000,000 papers": (("1000000", "30", "10", "2"), ("pyrankvote", "stvpoll")),
}
"""What makes a file, and who counts it besides us: votekit would need a minute and more than two gibibytes."""


def papers(folder: Path, arguments: tuple[str, ...]) -> Path:
    """The file of papers; made once."""
    path = folder / f"{'-'.join(arguments)}.blt"
    if not path.exists():
        generator = SHARED / "bench" / "gen_ballots.py"
        part = path.with_suffix(".part")
        subprocess.run([sys.executable, generator, *arguments, part], check=True, stdout=subprocess.DEVNULL)
        part.rename(path)
    return path


def environment(folder: Path) -> Path | None:
    """The Python with the packages; None, with a word why, if they cannot be had."""
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        sys.stderr.write(f"Installing {', '.join(PEERS.values())} into {folder}\n")
        try:
            venv.create(folder, with_pip=True, clear=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS.values()], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.stderr.write(f"The packages to compare with cannot be installed: {error}\n")
            return None
        ready.touch()
    return python


def ours(path: Path) -> Iterator[tuple[str, Run, list[int]]]:
    """Every rule; `irv` fills one seat."""
    for rule in rules.RULES:
        seats = ["--seats", "1"] if rule == "irv" else []
        done = run(
            [str(Path(sys.executable).with_name("governance")), "count", str(path), "--json", "--rule", rule, *seats]
        )
        elected = json.loads(done.out)["elected"]
        yield f"governance count --rule {rule}", done, sorted(int(name.removeprefix("Cand ")) for name in elected)


def theirs(path: Path, python: Path, names: tuple[str, ...]) -> Iterator[tuple[str, Run, list[int]]]:
    """Every one of these packages."""
    for name in names:
        done = run([str(python), str(ROOT / "bench" / "peers.py"), name, str(path)])
        yield name, done, [int(word) for word in done.out.splitlines()[-1].split()]


def main() -> None:
    """Measure, and print a table for each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="files and packages")
    parser.add_argument("--alone", action="store_true", help="without the packages")
    asked = parser.parse_args()
    if not SHARED.is_dir():
        sys.stderr.write(f"The papers are made by {SHARED}/bench/gen_ballots.py, which is not there.\n")
        return
    asked.folder.mkdir(parents=True, exist_ok=True)
    python = None if asked.alone else environment(asked.folder / "packages")
    for title, (arguments, names) in FILES.items():
        path = papers(asked.folder, arguments)
        runs = [*ours(path), *(theirs(path, python, names) if python else ())]
        table(
            f"{title}, {arguments[1]} candidates, {arguments[2]} seats",
            ["program", "wall s", "cpu s", "MiB", "elected"],
            [
                (name, f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.peak:.0f}", " ".join(map(str, elected)))
                for name, one, elected in runs
            ],
        )


if __name__ == "__main__":
    main()
