"""The registrar's roll and codes: what the server gets, and each refusal."""

import re
import stat
from dataclasses import replace

import pytest

from governance.board import contribution, merkle
from governance.board import entries as e
from governance.crypto import credentials
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import Stage, ok, refused

LETTER = ("--base-url", "https://vote.example.org/", "--title", "The fifth election", "--contact", "help@example.org")


def codes_of(stage: Stage) -> dict[str, str]:
    return {person.member: person.code for person in stage.pairing().people}


# ---- the roll --------------------------------------------------------------------------------------------------------

HEAD = "member,name,email,contests\n"


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("", "line 1", "columns"),
        ("member,name,email\n", "line 1", "columns"),
        ("member,name,email,contests,age\n", "line 1", "columns"),
        ("member,name,email,email\n", "line 1", "columns"),
        (HEAD + "m1,Ada,a@example.org\n", "line 2", "3 columns instead of 4"),
        (HEAD + "m1,Ada,a@example.org,board,more\n", "line 2", "5 columns"),
        (HEAD + ",Ada,a@example.org,board\n", "line 2", "member is missing"),
        (HEAD + "m1, ,a@example.org,board\n", "line 2", "name is missing"),
        (HEAD + "m1,Ada,a@example.org,\n", "line 2", "contests are missing"),
        (HEAD + "m1,Ada,a@example.org,board board\n", "line 2", "twice"),
        (HEAD + "\nm1,Ada,a@example.org,treasurer\n", "line 3", "no contest treasurer"),
        (HEAD + "m1,Ada,nothing,board\n", "line 2", "no mail address"),
        (HEAD + "m1,Ada,a@b@c,board\n", "line 2", "no mail address"),
        (HEAD + "m1,Ada,a@example.org b@example.org,board\n", "line 2", "no mail address"),
        (HEAD + 'm1,"Ada\r\nBcc: x@example.org",a@example.org,board\n', "line 3", "cannot be printed"),
        (HEAD + "m1,A\x1bda,a@example.org,board\n", "line 2", "cannot be printed"),
        (HEAD + f"m1,{'A' * 201},a@example.org,board\n", "line 2", "too long"),
        (HEAD + "m1,Ada,,board\nm2,Bo,,board\nm1,Cy,,board\n", "line 4", "one person, one roll"),
        (HEAD + 'm1,"Ada,,board\n', "line", "end of data"),
        (HEAD, "nobody", "on the roll"),
        (HEAD + "m1,Ada,,board\n", "nobody on the roll votes", "chair"),
    ],
)
def test_what_is_wrong_with_a_roll_is_said_with_its_line(at: At, text: str, where: str, why: str) -> None:
    stage = at("confirmed")
    (stage.folder / "roll.csv").write_bytes(text.encode())

    refused(stage.codes("--expect", stage.cer()), where, why, code=2)
    assert not stage.pairing().people


def test_a_roll_that_is_not_utf_8(at: At) -> None:
    stage = at("confirmed")
    (stage.folder / "roll.csv").write_bytes(HEAD.encode() + b"m1,Ada,,chair board\nm2,\xe9va,,board\n")

    refused(stage.codes("--expect", stage.cer()), "roll.csv, line 3", "UTF-8", code=2)


def test_a_roll_as_a_spreadsheet_saves_it(at: At) -> None:
    stage = at("confirmed")
    text = "\ufeffContests;Name;Member;Email\r\nboard chair; Ada, dear ;m1;a@example.org\r\n\r\n;;;\r\nboard;Bo;m2;\r\n"
    (stage.folder / "roll.csv").write_bytes(text.encode())
    ok(stage.codes("--expect", stage.cer()))
    first = stage.pairing().people[0]

    assert (first.member, first.name, first.contests) == ("m1", "Ada, dear", ["chair", "board"])


def test_one_person_on_two_rolls(at: At) -> None:
    stage = at("confirmed")
    (stage.folder / "more.csv").write_text(HEAD + "m9,New,,board\nm2,Bo,,board\n", "utf-8")
    result = stage.codes("--expect", stage.cer(), stage.folder / "more.csv")

    refused(result, "more.csv, line 3", "member m2", "roll.csv, line 3", code=2)


def test_two_people_with_one_address_are_mentioned(at: At) -> None:
    stage = at("confirmed")
    text = HEAD + "m1,Ada,a@example.org,chair board\nm2,Bo,A@example.org,board\nm3,Cy,,board\nm4,Di,,board\n"
    (stage.folder / "roll.csv").write_text(text, "utf-8")

    assert "2 people have an address that somebody else has" in ok(stage.codes("--expect", stage.cer())).output


@pytest.mark.parametrize("contests", ["", "chair,chair", "chair;board", "a/b"])
def test_contests_are_ids(at: At, contests: str) -> None:
    stage = at("confirmed")

    refused(stage.codes("--contests", contests), "--contests", code=2)


# ---- the codes -------------------------------------------------------------------------------------------------------


def test_the_lists_are_what_the_manifest_needs(at: At) -> None:
    stage = at("manifest")
    made = contribution.read((stage.folder / "credentials.contribution").read_bytes())
    rolls = contribution.read_rolls((stage.folder / "rolls.private.json").read_bytes())
    rolls.check(made.credentials)
    publics = [credentials.derive(code, stages.keys(stage.ledger()).cer).public for code in codes_of(stage).values()]

    assert [one.contests for one in made.credentials] == [("chair", "board"), ("board",)]
    assert [one.count for one in made.credentials] == [3, 2]
    assert sorted(b"".join(made.blobs)[at : at + 32] for at in range(0, 160, 32)) == sorted(publics)
    leaves = rolls.leaves(("board",))
    proof = merkle.inclusion(leaves, 1)
    merkle.check_inclusion(leaves[1], 1, 2, proof, made.credentials[1].roll.root)


def test_a_roll_is_sorted_by_the_bytes_of_member(at: At) -> None:
    stage = at("confirmed")
    text = HEAD + "é,A,,chair board\nz,B,,chair board\nZ,D,,chair board\na,C,,chair board\n"
    (stage.folder / "roll.csv").write_text(text, "utf-8")
    ok(stage.codes("--expect", stage.cer()))
    rolls = contribution.read_rolls((stage.folder / "rolls.private.json").read_bytes())

    assert [voter.member for voter in rolls.styles[("chair", "board")]] == ["Z", "a", "z", "é"]


def test_what_the_server_gets_says_nothing_of_the_pairing(at: At) -> None:
    stage = at("manifest")
    public = (stage.folder / "credentials.contribution").read_bytes()
    private = (stage.folder / "rolls.private.json").read_bytes()

    for person in stage.pairing().people:
        assert person.member.encode() not in public
        assert person.code.encode() not in public + private
        assert b"@" not in private
    assert stat.S_IMODE((stage.folder / "rolls.private.json").stat().st_mode) == 0o600


def test_codes_are_made_once(at: At) -> None:
    stage = at("confirmed")
    ok(stage.codes("--expect", stage.cer()))
    names = ("credentials.contribution", "rolls.private.json")
    first, codes = [(stage.folder / name).read_bytes() for name in names], codes_of(stage)
    ok(stage.codes("--expect", stage.cer()))

    assert [(stage.folder / name).read_bytes() for name in names] == first
    assert codes_of(stage) == codes


def test_another_roll_needs_to_be_asked_for(at: At) -> None:
    stage = at("confirmed")
    ok(stage.codes("--expect", stage.cer()))
    before = codes_of(stage)
    (stage.folder / "roll.csv").write_text(stages.ROLL + "m6,Fay,,board\n", "utf-8")

    refused(stage.codes("--expect", stage.cer()), "--anew")
    assert codes_of(stage) == before
    ok(stage.codes("--expect", stage.cer(), "--anew"))
    assert set(codes_of(stage)) == {*before, "m6"}
    assert set(codes_of(stage).values()).isdisjoint(before.values())


def test_codes_that_were_given_out_are_never_forgotten(at: At) -> None:
    stage = at("confirmed")
    ok(stage.codes("--expect", stage.cer()))
    ok(stage.registrar("print", *LETTER, "--out", stage.folder / "sheets.html"))
    (stage.folder / "roll.csv").write_text(stages.ROLL + "m6,Fay,,board\n", "utf-8")

    refused(stage.codes("--expect", stage.cer(), "--anew"), "were given out")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("people", "has neither|no zip|No such file"),
        ("ceremony", "0 of 3 trustees"),
        ("keys", "0 of 3 trustees"),
        ("manifest", "manifest stands already"),
    ],
)
def test_codes_are_made_after_the_ceremony_and_before_the_manifest(at: At, step: str, why: str) -> None:
    stage = at(step)
    result = stage.codes("--expect", "x")

    assert result.exit_code in (1, 2)
    assert re.search(why, result.stderr)


def test_codes_need_the_last_confirm(at: At) -> None:
    stage = at("confirmed")
    stage.publish(stage.ledger(without=1))

    refused(stage.codes("--expect", stage.cer()), "2 of 3 trustees")


def test_codes_need_every_entry_to_hold(at: At) -> None:
    stage = at("confirmed")
    raws = list(stage.ledger().entries())
    last = e.parse(raws[-1])
    assert isinstance(last, e.TrusteeConfirm)
    stage.write([*raws[:-1], e.dump(replace(last, keys=bytes(64)))], [], cosigned=False)

    refused(stage.codes("--expect", "x"), "section 6, ceremony")


def test_codes_need_the_comparison(at: At) -> None:
    stage = at("confirmed")

    refused(stage.codes("--expect", "0000"), "another one")
    assert stage.codes().exit_code == 1  # nobody answers
    assert not stage.pairing().people


def test_a_ceremony_with_another_registrar(at: At) -> None:
    stage = at("confirmed")
    (stage.folder / "registrar.secret").unlink()
    made = stage.registrar("identity", "--name", "Eve", "--out", stage.folder / "eve.json")
    assert made.exit_code == 0

    refused(stage.codes("--expect", stage.cer()), "another registrar's key")
