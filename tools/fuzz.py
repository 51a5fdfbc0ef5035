"""Coverage-guided fuzzing of what reads bytes from outside (by hand: `make fuzz`, needs atheris from PyPI).

    python tools/fuzz.py TARGET [SECONDS]     TARGET: record, entry, checkpoint, blt, ballot, or all

Nothing but the documented error may come out, and nothing may take longer than ten seconds or 2 GiB.
"""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GOOD = ROOT.parent / "shared/vectors/protocol-v1/good"
PAPERS = ROOT.parent / "shared/stv-cases"
SECONDS = 600


def _targets() -> dict[str, Callable[[bytes], object]]:
    from governance.board import canonical, checkpoint, entries, verify  # noqa: PLC0415  instrumented on import
    from governance.board.record import RecordFile  # noqa: PLC0415
    from governance.count import blt_reader  # noqa: PLC0415
    from governance.errors import MalformedError  # noqa: PLC0415

    def guarded(read: Callable[[bytes], object]) -> Callable[[bytes], object]:
        def target(data: bytes) -> None:
            try:
                read(data)
            except MalformedError:
                return

        return target

    def round_trip(data: bytes) -> None:
        if entries.dump(entries.parse(data)) != data:
            raise AssertionError("an entry was not written as it was read")

    def one_ballot(data: bytes) -> None:
        """Bytes as a browser sends them: an entry that must be a ballot."""
        if isinstance(entry := entries.parse(data), entries.Ballot):
            entries.unproven_bytes(entry)

    def whole(data: bytes) -> None:
        verify.check(RecordFile(io.BytesIO(data)))

    return {
        "record": guarded(whole),
        "entry": guarded(round_trip),
        "ballot": guarded(one_ballot),
        "checkpoint": guarded(checkpoint.parse),
        "canonical": guarded(lambda data: canonical.dump(canonical.parse(data))),
        "blt": guarded(blt_reader.read),
    }


def _seeds(target: str, folder: Path) -> None:
    """What the fuzzer starts from: real records, entries, checkpoints, papers."""
    from governance.board.record import RecordFile  # noqa: PLC0415

    records = sorted(GOOD.glob("*.zip"))
    for number, path in enumerate(records):
        with path.open("rb") as file:
            record = RecordFile(file)
            if target == "record":
                (folder / f"{number}").write_bytes(path.read_bytes())
            elif target == "checkpoint":
                (folder / f"{number}").write_bytes(record.checkpoint())
            elif target in ("entry", "ballot", "canonical"):
                for place, entry in enumerate(record.entries()):
                    (folder / f"{number}-{place}").write_bytes(entry)
    if target == "blt":
        for number, path in enumerate(sorted(PAPERS.rglob("*.blt"), key=lambda one: one.stat().st_size)[:40]):
            (folder / f"{number}").write_bytes(path.read_bytes())


ODD = ["", "a", "0" * 64, "f" * 64, "\ud7ff", -1, 0, 1, 2, 2**53 - 1, True, [], {}, ["a"], "2026-03-01T09:00:00Z"]


def _mutate_json(value: Any, rng: Random) -> Any:  # noqa: PLR0911  one return for each kind of change
    """Change one place of a JSON value: bytes alone rarely keep the one canonical form."""
    if isinstance(value, dict) and value and rng.random() < 0.9:  # noqa: PLR2004
        key = rng.choice(sorted(value))
        match rng.randrange(12):
            case 0:
                return {name: item for name, item in value.items() if name != key}
            case 1:
                return {**value, rng.choice(["zzz", "kind", "a"]): rng.choice(ODD)}
            case _:
                return {**value, key: _mutate_json(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:  # noqa: PLR2004
        at = rng.randrange(len(value))
        match rng.randrange(8):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value, value[at]]
            case 2:
                return value[::-1]
            case _:
                return [*value[:at], _mutate_json(value[at], rng), *value[at + 1 :]]
    if isinstance(value, str) and value and rng.random() < 0.5:  # noqa: PLR2004
        at = rng.randrange(len(value))
        return value[:at] + rng.choice("0123456789abcdefZ-_é\n") + value[at + 1 :]
    if isinstance(value, int) and rng.random() < 0.5:  # noqa: PLR2004
        return value + rng.choice([-1, 1, 64])
    return rng.choice(ODD)


def _dump(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _entry_mutator(data: bytes, size: int, seed: int) -> bytes:
    import atheris  # noqa: PLC0415

    rng = Random(seed)  # noqa: S311  it must be repeatable, not secret
    try:
        return _dump(_mutate_json(json.loads(data), rng))[:size]
    except (ValueError, RecursionError):
        return bytes(atheris.Mutate(data, size))


def _record_mutator(data: bytes, size: int, seed: int) -> bytes:
    """Mostly an entry inside the zip; now and then the zip's own bytes."""
    import atheris  # noqa: PLC0415

    rng = Random(seed)  # noqa: S311
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist() if info.file_size < 2**20}
        lines = members["entries.jsonl"].split(b"\n")[:-1]
    except Exception:  # noqa: BLE001  whatever a broken zip makes zipfile say
        return bytes(atheris.Mutate(data, size))
    at = rng.randrange(len(lines)) if lines else 0
    match rng.randrange(10) if lines else 9:
        case 0:
            del lines[at]
        case 1:
            lines.insert(rng.randrange(len(lines)), lines[at])
        case 2:
            name = rng.choice(sorted(members))
            members[name] = bytes(atheris.Mutate(members[name], len(members[name]) + 64))
        case 9:
            return bytes(atheris.Mutate(data, size))
        case _:
            lines[at] = _entry_mutator(lines[at], 2**16, seed)
    members["entries.jsonl"] = b"".join(line + b"\n" for line in lines)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()[:size]


MUTATORS = {"entry": _entry_mutator, "ballot": _entry_mutator, "canonical": _entry_mutator, "record": _record_mutator}


def _fuzz(target: str, seconds: int) -> None:
    import atheris  # noqa: PLC0415  only whoever fuzzes needs it

    with atheris.instrument_imports(include=["governance"]):
        targets = _targets()
    with TemporaryDirectory() as name:
        corpus = Path(name)
        _seeds(target, corpus)
        limits = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=131072", f"-max_total_time={seconds}"]
        words = [sys.argv[0], *limits, "-print_final_stats=1", f"-artifact_prefix={ROOT}/", str(corpus)]
        atheris.Setup(words, targets[target], custom_mutator=MUTATORS.get(target))
        atheris.Fuzz()


def main() -> None:
    """Fuzz one target, or each in a process of its own."""
    target = sys.argv[1] if len(sys.argv) > 1 else "all"
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS  # noqa: PLR2004
    if target != "all":
        _fuzz(target, seconds)
        return
    for one in ("entry", "ballot", "canonical", "checkpoint", "blt", "record"):
        sys.stdout.write(f"== {one}, {seconds} s\n")
        sys.stdout.flush()
        subprocess.run([sys.executable, __file__, one, str(seconds)], check=True)


if __name__ == "__main__":
    main()
