"""What `governance-verify` prints, word for word (interfaces.md), and what its errors say they are."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import __main__ as command
from governance.verifier.checks import Check, Report
from governance.verifier.failure import CHECKS, SECTIONS, CheckFailedError, NotARecordError
from governance.verifier.tally import Outcome

HELD = Check("13", "board", ok=True, detail="signed")
FAILED = Check("1", "form", ok=False, detail="entry 1: no\nobject")
GOOD = Report(
    election="club",
    cer="c1",
    ctx="c2",
    origin="log.example/club",
    log_key="a+b+c",
    root="00ff",
    checks=[Check("4", "manifest", ok=True, detail="fits"), HELD],
    contests={"board": Outcome(4, 1, 2, ("a", "b")), "chair": Outcome(1, 0, 0, ())},
)
BAD = Report(checks=[FAILED], cancelled=True)
GOOD_TEXT = """\
ok    4 manifest   fits
ok   13 board      signed
board: 4 ballots, 1 blank, 2 invalid; elected: a, b
chair: 1 ballots, 0 blank, 0 invalid; elected: nobody
A record does not prove which election it is. Compare these with what was published elsewhere:
  election  club
  ceremony  c1
  manifest  c2
  origin    log.example/club
  log key   a+b+c
  root      00ff
ALL HOLDS
"""


def line(check: Check) -> dict[str, Any]:
    return {"section": check.section, "name": check.name, "ok": check.ok, "detail": check.detail}


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    """Run the command on a report that was made; (code, standard output, standard error)."""

    def run(report: Report, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(command, "verify", lambda *_: report)
        code = command.main(["record.zip", *words])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def test_a_report_for_people(says: Any) -> None:
    assert says(GOOD) == (0, GOOD_TEXT, "")
    code, text, _ = says(BAD)
    assert code == 1
    assert text.startswith("FAIL  1 form       entry 1: no\\nobject\nThis election was cancelled: it has no result.\n")
    assert text.endswith("  root      \nREFUSED\n")
    assert "  election  Zoë\n" in says(Report(election="Zoë"))[1]


def test_a_report_for_programs(says: Any) -> None:
    code, text, _ = says(GOOD, "--json")
    assert (code, text.count("\n")) == (0, 1)
    assert json.loads(text) == {
        "ok": True,
        "election": "club",
        "ceremony": "c1",
        "manifest": "c2",
        "origin": "log.example/club",
        "log_key": "a+b+c",
        "root": "00ff",
        "checks": [line(check) for check in GOOD.checks],
        "cancelled": False,
        "contests": {
            "board": {"ballots": 4, "blank": 1, "invalid": 2, "elected": ["a", "b"]},
            "chair": {"ballots": 1, "blank": 0, "invalid": 0, "elected": []},
        },
    }
    code, text, _ = says(BAD, "--json")
    assert code == 1
    assert json.loads(text) == dict.fromkeys(("election", "ceremony", "manifest", "origin", "log_key", "root"), "") | {
        "ok": False,
        "checks": [line(FAILED)],
        "cancelled": True,
        "contests": {},
    }


def test_nothing_that_was_checked_is_not_all_holds(says: Any) -> None:
    assert says(Report())[0] == 1


def test_a_name_that_no_locale_can_write_is_escaped(says: Any) -> None:
    report = Report(checks=[HELD], contests={"a": Outcome(1, 0, 0, ("\ud800",))})
    assert says(report)[1].startswith("ok   13 board      signed\na: 1 ballots, 0 blank, 0 invalid; elected: \\ud800\n")


def test_all_earlier_checkpoints_are_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def noted(*arguments: Any) -> Report:
        given.append(arguments)
        return GOOD

    monkeypatch.setattr(command, "verify", noted)
    texts = [f"a\n{size}\n{'A' * 43}=\n\nx".encode() for size in (1, 22)]
    # As long as one may be, too.
    texts.append(texts[0] + b"x" * (2**16 - len(texts[0])))
    words = []
    for number, text in enumerate(texts):
        (tmp_path / str(number)).write_bytes(text)
        words += ["--earlier", str(tmp_path / str(number))]
    assert command.main(["r.zip", *words]) == command.main(["r.zip"]) == 0
    (tmp_path / "long").write_bytes(texts[-1] + b"x")
    assert command.main(["r.zip", "--earlier", str(tmp_path / "long")]) == 2
    assert [(path, earlier) for path, earlier, _ in given] == [(Path("r.zip"), texts), (Path("r.zip"), [])]


def test_what_is_no_record_or_no_call_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def refuse(*_: object) -> Report:
        msg = "no\x1brecord"
        raise NotARecordError(msg)

    monkeypatch.setattr(command, "verify", refuse)
    assert command.main(["r.zip"]) == 2
    assert capfdbinary.readouterr() == (b"", b"governance-verify: no\\x1brecord\n")
    missing = tmp_path / "none"
    assert command.main(["r.zip", "--earlier", str(missing)]) == 2
    assert capfdbinary.readouterr() == (b"", f"governance-verify: {missing}: No such file or directory\n".encode())
    missing.write_bytes(b"hello")
    assert command.main(["r.zip", "--earlier", str(missing)]) == 2
    assert capfdbinary.readouterr() == (b"", f"governance-verify: {missing}: not a checkpoint\n".encode())
    with pytest.raises(SystemExit) as end:
        command.main([])
    assert end.value.code == 2


def test_who_interrupts_it_has_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def interrupted(*_: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "verify", interrupted)
    assert command.main(["r.zip"]) == 2
    assert capfdbinary.readouterr() == (b"", b"governance-verify: interrupted\n")


def test_on_a_terminal_progress_is_wiped_away(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def verified(_path: Path, _earlier: object, progress: Any) -> Report:
        progress("half")
        return GOOD

    monkeypatch.setattr(command, "verify", verified)
    for on_terminal, wanted in ((True, b"\r\x1b[Khalf\r\x1b[K"), (False, b"")):
        monkeypatch.setattr(sys.stderr, "isatty", lambda value=on_terminal: value)
        assert command.main(["r.zip"]) == 0
        assert capfdbinary.readouterr() == (GOOD_TEXT.encode(), wanted)


@pytest.mark.parametrize("report", [GOOD, BAD])
@pytest.mark.parametrize("gone", [("stdout",), ("stderr",), ("stdout", "stderr")])
def test_a_stream_that_is_not_there_changes_no_verdict(
    report: Report, gone: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "verify", lambda *_: report)
    for name in gone:
        monkeypatch.setattr(sys, name, None)
    assert command.main(["r.zip"]) == (0 if report.ok else 1)
    for name in gone:
        getattr(sys, name).close()


def test_a_report_that_cannot_be_written_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    class Full:
        """A standard output whose disk is full."""

        def __init__(self) -> None:
            self.buffer = Path("/dev/full").open("wb")  # noqa: SIM115  closed below

        def flush(self) -> None:
            self.buffer.flush()

        def fileno(self) -> int:
            return self.buffer.fileno()

    monkeypatch.setattr(command, "verify", lambda *_: GOOD)
    monkeypatch.setattr(sys, "stdout", Full())
    assert command.main(["r.zip"]) == 2
    sys.stdout.buffer.close()
    assert capfdbinary.readouterr() == (
        b"",
        b"governance-verify: the report cannot be written: No space left on device\n",
    )


def test_what_fails_the_verifier_itself_is_a_failure_too(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def crash(*_: object) -> Report:
        raise ValueError("x" * 400)

    monkeypatch.setattr(command, "verify", crash)
    assert command.main(["r.zip", "--json"]) == 1
    detail = ("the verifier could not finish: ValueError: " + "x" * 400)[:300]
    told = json.loads(capfdbinary.readouterr().out)
    assert told["checks"] == [{"section": "1", "name": "form", "ok": False, "detail": detail}]


def test_an_error_has_the_section_of_its_name() -> None:
    listed = json.loads((Path(__file__).parents[2] / "docs/checks.json").read_text())
    assert {(check["section"], check["name"]) for check in listed} == set(CHECKS)
    assert len(listed) == len(CHECKS)
    for name, section in SECTIONS.items():
        error = CheckFailedError(name, "why")
        assert (error.name, error.section, error.detail, str(error)) == (name, section, "why", "why")
    assert CheckFailedError("manifest", "why", "4").section == "4"
