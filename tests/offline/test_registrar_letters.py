"""The registrar's letters, by a real mail server and on paper, and the end of the codes."""

import stat
import subprocess
import sys
import time
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import Result

from governance.crypto import credentials
from governance.errors import RuleError
from governance.offline import post, registrar
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.post_office import office
from tests.offline.stage import Stage, ok, refused, run

ROOT = Path(__file__).parents[2]
LETTER = ("--base-url", "https://vote.example.org/", "--title", "The fifth election", "--contact", "help@example.org")


def mail(url: str) -> tuple[str, ...]:
    return (*LETTER, "--from", "rea@example.org", "--smtp", url)


def send(stage: Stage, url: str, *words: object) -> Result:
    return stage.registrar("send", *mail(url), "--per-minute", 6000, *words)


def words_of(letter: EmailMessage) -> str:
    text: str = letter.get_content()
    return text.replace("\r\n", "\n")


def codes_of(stage: Stage) -> dict[str, str]:
    return {person.member: person.code for person in stage.pairing().people}


HEAD = "member,name,email,contests\n"


# ---- mails -----------------------------------------------------------------------------------------------------------


def test_each_voter_gets_their_own_code(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder) as (box, url):
        result = ok(send(stage, url))
        ok(send(stage, url))

    codes = codes_of(stage)
    assert box.to() == ["ada@example.org", "bo@example.org", "cy@example.org", "ed@example.org"]
    assert "Sent 4 codes. 1 person has no mail address" in result.output
    for letter, member in zip(box.mails, ("m1", "m2", "m3", "m5"), strict=True):
        text = words_of(letter)
        assert f"https://vote.example.org/vote/fifth#code={codes[member]}\n" in text
        assert credentials.show_code(codes[member]) in text
        assert letter["From"].addresses[0].display_name == "Rea Gistrar"
        assert letter.get_content_type() == "text/plain"
        assert [code for code in codes.values() if code in text] == [codes[member]]
    assert box.mails[0]["To"].addresses[0].display_name == "Ada Ñandú"


def test_a_dry_run_sends_nothing_and_shows_no_code(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder) as (box, url):
        shown = ok(send(stage, url, "--dry-run")).output

    assert box.mails == []
    assert "4 mails would be sent" in shown
    assert "XXXX-XXXX" in shown
    assert not any(code in shown or credentials.show_code(code) in shown for code in codes_of(stage).values())
    assert stage.pairing().counts() == (0, 0)
    ok(stage.registrar("print", *LETTER, "--everybody", "--out", stage.folder / "sheets.html"))
    assert ok(send(stage, url, "--dry-run")).output == "0 mails would be sent.\n"


def test_who_is_refused_is_said_and_tried_again(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder) as (box, url):
        box.answers["bo@example.org"] = "550 no such person"
        first = send(stage, url)
        box.answers.clear()
        second = ok(send(stage, url))

    assert first.exit_code == 1
    assert "did not take the letters to: m2" in first.output
    assert "Sent 3 codes" in first.output
    assert "Sent 1 code." in second.output
    assert len(box.to()) == len(set(box.to())) == 4


def test_a_server_that_takes_nothing_ends_the_sending(at: At) -> None:
    stage = at("confirmed")
    many = "".join(f"n{i},N,n{i}@example.org,chair board\n" for i in range(20))
    (stage.folder / "roll.csv").write_text(HEAD + many, "utf-8")
    ok(stage.codes("--expect", stage.cer()))
    with office(stage.folder) as (box, url):
        box.answers = {f"n{i}@example.org": "451 too fast" for i in range(3, 20)}
        result = send(stage, url)

    refused(result, "does not take the letters", "so far 3 went out")
    assert stage.pairing().counts() == (3, 0)


def test_a_line_that_is_cut_sends_at_most_one_twice(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder) as (box, url):
        box.gone = ["bo@example.org"]
        ok(send(stage, url))

    assert box.to() == ["ada@example.org", "bo@example.org", "bo@example.org", "cy@example.org", "ed@example.org"]
    twice = [letter["Message-ID"] for letter in box.mails if "bo@" in letter["To"]]
    assert len(set(twice)) == 1


def test_a_line_that_is_cut_at_one_letter_again_ends_the_sending(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder) as (box, url):
        box.gone = ["bo@example.org"] * 9
        refused(send(stage, url), "so far 1 went out")

    assert box.to() == ["ada@example.org", "bo@example.org", "bo@example.org"]


@pytest.mark.slow
def test_killed_at_any_moment_nobody_is_left_out_and_one_at_most_is_sent_two(at: At) -> None:
    stage = at("confirmed")
    many = "".join(f"n{i},N,n{i}@example.org,chair board\n" for i in range(40))
    (stage.folder / "roll.csv").write_text(HEAD + many, "utf-8")
    ok(stage.codes("--expect", stage.cer()))
    with office(stage.folder) as (box, url):
        words = [*stage.secret("registrar"), *mail(url), "--per-minute", 6000]
        command = [sys.executable, "-m", "governance.offline.registrar", "send", *map(str, words)]
        kills = 0
        for _ in range(20):
            before = len(box.mails)
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                while process.poll() is None and len(box.mails) < before + 9:
                    time.sleep(0.001)
                if process.poll() is None:
                    kills += 1
                    process.kill()
                elif process.returncode == 0:
                    break

    extra = len(box.to()) - len(set(box.to()))
    assert len(set(box.to())) == 40
    assert kills >= 3
    assert extra <= kills


# ---- the mail server -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_mail_travels_encrypted(at: At, monkeypatch: pytest.MonkeyPatch, tls: str) -> None:
    stage = at("manifest")
    with office(stage.folder, tls=tls, password="pass word") as (box, url):
        mine = url.replace("://", "://rea:pass%20word@")
        refused(send(stage, mine), "certificate does not hold")
        assert box.mails == []
        monkeypatch.setenv("SSL_CERT_FILE", str(stage.folder / "certificate.pem"))
        ok(send(stage, mine))

    assert len(box.mails) == 4


def test_no_code_in_the_clear_over_a_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(post, "_HERE", ())
    with (
        office(tmp_path) as (_, url),
        pytest.raises(RuleError, match="in the clear"),
        post.connected(post.read_server(url)),
    ):
        pass


def test_a_refused_account_does_not_repeat_the_password(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder, password="pass word") as (box, url):
        sentence = refused(send(stage, url.replace("://", "://rea:tr0ub4dor@")), "refuses the account")

    assert "tr0ub4dor" not in sentence
    assert box.mails == []


def test_a_password_that_is_left_out_is_asked_for(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder, password="pass word") as (box, url):
        words = (*mail(url.replace("://", "://rea@")), "--per-minute", 6000)
        ok(stage.registrar("send", *words, typed="pass word\n"))

    assert len(box.mails) == 4


def test_nobody_answers(at: At) -> None:
    refused(send(at("manifest"), "smtp://127.0.0.1:1"), "cannot be reached")


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1", "http://127.0.0.1", "smtp://", "smtp://h:99999", "smtp://u:hidden@h/x", "smtp://h?x=1"]
)
def test_what_is_no_mail_server(at: At, url: str) -> None:
    sentence = refused(send(at("manifest"), url), "--smtp", code=2)

    assert "hidden" not in sentence


# ---- letters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--base-url", "http://vote.example.org"),
        ("--base-url", "vote.example.org"),
        ("--base-url", "https://vote.example.org/#x"),
        ("--base-url", "https://vote.example.org/?a=b"),
        ("--base-url", "https://me@vote.example.org/"),
        ("--title", ""),
        ("--title", "Two\nlines"),
        ("--contact", " "),
        ("--from", "nobody"),
        ("--from", "rea@example.org\nBcc: x@example.org"),
    ],
)
def test_a_letter_is_honest(at: At, option: str, value: str) -> None:
    refused(send(at("manifest"), "smtp://127.0.0.1:1", option, value), option, code=2)


def test_a_template_of_ones_own(at: At) -> None:
    stage = at("manifest")
    (stage.folder / "own").write_text("Querida $name: $link ($contact)", "utf-8")
    with office(stage.folder) as (box, url):
        ok(send(stage, url, "--template", stage.folder / "own"))

    link = f"https://vote.example.org/vote/fifth#code={codes_of(stage)['m1']}"
    assert words_of(box.mails[0]) == f"Querida Ada Ñandú: {link} (help@example.org)\n"


@pytest.mark.parametrize("text", [b"Dear $name", b"$code $unknown", b"$code $", b"$code \xff"])
def test_a_template_that_cannot_be_used(at: At, text: bytes) -> None:
    stage = at("manifest")
    (stage.folder / "own").write_bytes(text)

    refused(send(stage, "smtp://127.0.0.1:1", "--template", stage.folder / "own"), "own", code=2)


# ---- again, on paper, and the end ------------------------------------------------------------------------------------


def test_the_same_code_again_is_counted(at: At) -> None:
    stage = at("manifest")
    with office(stage.folder) as (box, url):
        ok(send(stage, url))
        for _ in range(2):
            ok(stage.registrar("resend", *mail(url), "m2"))
        refused(stage.registrar("resend", *mail(url), "m4"), "no mail address")
        refused(stage.registrar("resend", *mail(url), "m99"), "not on the roll", code=2)

    code = codes_of(stage)["m2"]
    mine = [letter for letter in box.mails if "bo@" in letter["To"]]
    assert [code in words_of(letter) for letter in mine] == [True] * 3
    assert len({letter["Message-ID"] for letter in mine}) == 3
    shown = ok(stage.registrar("notice-count")).output
    assert shown == "4 voting codes were sent or printed; the same code was given again 2 times.\n"


def test_sheets_for_those_without_an_address(at: At) -> None:
    stage = at("manifest")
    sheets = stage.folder / "sheets.html"
    ok(stage.registrar("print", *LETTER, "--out", sheets))
    text = sheets.read_text("utf-8")
    codes = codes_of(stage)

    assert credentials.show_code(codes["m4"]) in text
    assert credentials.show_code(codes["m1"]) not in text
    assert stat.S_IMODE(sheets.stat().st_mode) == 0o600
    assert "#code=" not in text
    refused(stage.registrar("print", *LETTER, "--out", sheets), "already there", code=2)
    refused(stage.registrar("print", *LETTER, "--out", stage.folder / "2.html"), "nobody to print")


def test_sheets_for_some_or_all(at: At) -> None:
    stage = at("manifest")
    one, everybody = stage.folder / "one.txt", stage.folder / "all.txt"
    ok(stage.registrar("print", *LETTER, "--member", "m1", "--text", "--out", one))
    ok(stage.registrar("print", *LETTER, "--everybody", "--text", "--out", everybody))

    assert one.read_text("utf-8").startswith("Ada Ñandú\n")
    assert everybody.read_text("utf-8").count("\f") == 4
    assert stage.pairing().counts() == (5, 1)


def test_a_name_cannot_write_html(at: At) -> None:
    stage = at("confirmed")
    (stage.folder / "roll.csv").write_text(HEAD + "m1,<script>,,chair board\n", "utf-8")
    ok(stage.codes("--expect", stage.cer()))
    ok(stage.registrar("print", *LETTER, "--out", stage.folder / "sheets.html"))

    assert "<script>" not in (stage.folder / "sheets.html").read_text("utf-8")


def test_codes_are_destroyed_after_the_close(at: At) -> None:
    stage = at("open")
    ok(stage.registrar("print", *LETTER, "--out", stage.folder / "sheets.html"))
    record = ("--record", stage.record)
    refused(stage.registrar("destroy", *record, "--expect", "fifth"), "not closed yet")
    stages.close_it(stage)
    refused(stage.registrar("destroy", *record, "--expect", "sixth"), "nothing was destroyed", code=2)
    assert len(codes_of(stage)) == 5
    ok(stage.registrar("destroy", *record, typed="fifth\n"))

    assert codes_of(stage) == {}
    assert "1 voting code was sent" in ok(stage.registrar("notice-count")).output
    assert "Codes      destroyed" in ok(run(registrar.main, "status", *stage.secret("registrar")[:2])).output
    for command in (("resend", *mail("smtp://127.0.0.1:1"), "m1"), ("print", *LETTER, "--out", stage.folder / "x")):
        refused(stage.registrar(*command), "were destroyed")
    refused(stage.registrar("destroy", *record), "were destroyed")


def test_codes_are_destroyed_by_their_own_record(at: At) -> None:
    stage, other = at("open"), at("people")
    ledger = other.ledger()
    ledger.append(replace(stages.ceremony_entry(other), election="other"))
    other.publish(ledger)

    refused(stage.registrar("destroy", "--record", other.record, "--expect", "fifth"), "the codes are for the ceremony")


def test_nothing_to_send_before_codes_are_made(at: At) -> None:
    refused(send(at("confirmed"), "smtp://127.0.0.1:1"), "no codes were made")


@pytest.mark.parametrize(("step", "says"), [("people", "none yet"), ("manifest", "5")])
def test_status_needs_no_passphrase(at: At, step: str, says: str) -> None:
    stage = at(step)
    shown = ok(run(registrar.main, "status", *stage.secret("registrar")[:2])).output

    assert "Registrar  Rea Gistrar" in shown
    assert f"Codes      {says}\n" in shown
    assert "Ada" not in shown
