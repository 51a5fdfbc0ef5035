"""Names from outside, in mail and on paper: what they must not become, and what scripts need."""

import shutil
from email import message_from_bytes
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.crypto.credentials import show_code
from governance.offline import trustee
from governance.offline.letters import Letter
from governance.offline.pairing import Person
from tests.offline.conftest import At
from tests.offline.post_office import office
from tests.offline.stage import ok, refused, run
from tests.offline.test_registrar_letters import LETTER, send

# ---- letters ---------------------------------------------------------------------------------------------------------

EVIL = st.text(st.sampled_from(list("x@evil.org, \"<>:;()[]\\'=?é\u200c\u0627A-.")), max_size=60)


@given(st.lists(EVIL, min_size=1, max_size=3).map(("x" * 40).join))
def test_a_name_adds_no_recipient_and_no_header(name: str) -> None:
    """Python's own folding of long names forgets their quotes: then a comma in one begins another address."""
    name = f"A{name}B".replace("=?", "=")
    letter = Letter("e", "The election", "https://vote.example.org", "help", name, "rea@example.org")
    person = Person("m1", name, "bo@example.org", ["board"], "00" * 16, "X" * 26)
    raw = letter.mail(person, person.code).as_bytes()
    read = files_of_mail(raw)

    assert read["to"] == ["bo@example.org"]
    assert read["from"] == ["rea@example.org"]
    assert read["names"] == sorted(letter.mail(Person("m1", "Bo", "bo@example.org", [], "00", ""), "X" * 26).keys())


def files_of_mail(raw: bytes) -> dict[str, list[str]]:
    """What a mail program makes of the bytes of a mail."""
    mail = message_from_bytes(raw)
    read = {name: [to for _, to in getaddresses(mail.get_all(name, []))] for name in ("to", "from")}
    return read | {"names": sorted(mail.keys())}


NAMES = [
    "Bo, x@evil.org",
    '"Bo" <x@evil.org>',
    "Bo\u2028Bcc: x@evil.org",
    "=HYPERLINK(1)",
    "$code",
    "<script>alert(1)</script>",
    "A" * 90 + ", x@evil.org, " + "B" * 80,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_on_the_roll_is_a_name_in_mail_and_on_paper(at: At, name: str) -> None:
    stage = at("confirmed")
    quoted = '"' + name.replace('"', '""') + '"'
    text = f"member,name,email,contests\nm1,{quoted},bo@example.org,chair board\nm2,Cy,,board\nm3,Di,,chair board\n"
    (stage.folder / "roll.csv").write_text(text + "m4,Ed,,board\n", "utf-8")
    made = stage.codes("--expect", stage.cer())
    if "\u2028" in name:
        refused(made, "cannot be printed", code=2)
        return
    ok(made)
    with office(stage.folder) as (box, url):
        ok(send(stage, url))
    ok(stage.registrar("print", *LETTER, "--everybody", "--out", stage.folder / "sheets.html"))
    page = (stage.folder / "sheets.html").read_text("utf-8")

    assert box.to() == ["bo@example.org"]
    assert "<script" not in page
    assert page.count("<pre>") == 4
    codes = {person.code for person in stage.pairing().people}
    assert sum(box.mails[0].get_content().count(show_code(code)) for code in codes) == 1


def test_codes_are_not_mailed_twice_by_an_older_copy_unless_that_is_said(at: At) -> None:
    stage = at("manifest")
    shutil.copy(stage.folder / "registrar.secret", stage.folder / "copy")
    with office(stage.folder) as (box, url):
        ok(send(stage, url))
        shutil.copy(stage.folder / "copy", stage.folder / "registrar.secret")
        refused(send(stage, url), "an older copy", "--restored", "too low")
        assert len(box.mails) == 4
        said = ok(send(stage, url, "--restored"))

    assert "Warning" in said.stderr
    assert len({mail["Message-ID"] for mail in box.mails}) == 4  # the same mail, which can be shown once


# ---- names as scripts need them --------------------------------------------------------------------------------------

PERSIAN = "\u0645\u06cc\u200c\u0631\u0632\u0627"
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"
HINDI = "\u0915\u094d\u200d\u0937"


@pytest.mark.parametrize("name", [PERSIAN, SINHALA, HINDI, f"{PERSIAN} {SINHALA}"])
def test_joiners_between_letters_are_part_of_a_name(at: At, name: str) -> None:
    stage = at("confirmed")
    text = f"member,name,email,contests\nm1,{name},bo@example.org,chair board\nm2,Cy,,board\nm3,Di,,chair board\n"
    (stage.folder / "roll.csv").write_text(text + "m4,Ed,,board\n", "utf-8")
    ok(stage.codes("--expect", stage.cer()))
    with office(stage.folder) as (box, url):
        ok(send(stage, url))
    ok(run(trustee.main, "identity", *stage.secret(9), "--name", name, "--out", stage.folder / "9.json"))

    assert box.mails[0]["To"].addresses[0].display_name == name
    assert name in box.mails[0].get_content()
    assert name in ok(run(trustee.main, "status", "--secret", stage.folder / "9.secret")).output


@pytest.mark.parametrize(
    "name",
    [
        "\u200cAda",
        "Ada\u200d",
        "A\u200c\u200cda",
        "A\u200c\u200dda",
        "A\u200c da",
        "A\u200c1",
        "A\u200bda",
        "A\ufeffda",
    ],
)
@pytest.mark.parametrize("column", ["name", "member", "email"])
def test_joiners_anywhere_else_are_refused(at: At, name: str, column: str) -> None:
    stage = at("confirmed")
    cells = {"member": "m1", "name": "Bo", "email": "bo@example.org", "contests": "chair board"}
    cells[column] = f"{name}@example.org" if column == "email" else name
    (stage.folder / "roll.csv").write_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n", "utf-8")

    refused(stage.codes("--expect", stage.cer()), "line 2", column, code=2)


def test_a_joiner_has_no_place_in_a_members_id(at: At) -> None:
    stage = at("confirmed")
    (stage.folder / "roll.csv").write_text(f"member,name,email,contests\n{PERSIAN},Bo,,chair board\n", "utf-8")

    refused(stage.codes("--expect", stage.cer()), "line 2", "member", code=2)
