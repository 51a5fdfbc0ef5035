"""“May I?”, and the officer's page of rules: chosen, edited in a form, compared, saved, taken from a file."""

import io
import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from hypothesis import given
from werkzeug.datastructures import MultiDict

from governance.domain.eligibility.language import Group, Join, Node, Purpose, canonical, parse, plain, read_node
from governance.domain.eligibility.templates import CONTRIBUTORS, DEFAULT
from governance.services import rulebook
from governance.web import rule_forms
from tests.domain.test_eligibility import NODES
from tests.services.stage import ELECTION, Stage
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
RULES = f"/officer/elections/{ELECTION}/rules"
MINE = f"/elections/{ELECTION}/may-i"


@pytest.fixture
def officer(stage: Stage, as_: As) -> Someone:
    stage.draft()
    return as_("officer")


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form on the page, as it stands."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if ":is" in one or 'name="rules"' in one)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{one}="([^"]*)"', tag) for one in ("name", "value"))
        if name and name[1] != "csrf_token" and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(unescape(text))
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    return found


def in_force(stage: Stage) -> bytes:
    with stage.reading() as session:
        return canonical(rulebook.in_force(session, ELECTION).rules)


@given(NODES)
def test_a_form_that_nobody_touches_says_the_same_rules(node: Node) -> None:
    form: MultiDict[str, str] = MultiDict()

    def fill(row: rule_forms.Row) -> None:
        form[f"{row.place}:is"] = row.rule or row.join
        form[f"{row.place}:least"], form[f"{row.place}:parts"] = row.least, str(len(row.rows))
        for entry in row.entries:
            form.setlist(entry.name, list(entry.chosen) if entry.kind == "choices" else [entry.text])
        for one in row.rows:
            fill(one)

    fill(rule_forms.rows_of(node))

    back = read_node(rule_forms.told(rule_forms.read(form)), "x")
    alone = isinstance(node, Group) and node.join is Join.ALL and len(node.parts) == 1
    assert plain(back) == plain(node.parts[0] if alone and isinstance(node, Group) else node)


def test_a_rule_is_added_looked_at_and_saved(officer: Someone, stage: Stage) -> None:
    page = officer.get(f"{RULES}/stand")
    page = officer.post(f"{RULES}/stand", {**fields(page.text), "do": "change", "r:add": "place_in"})
    assert "Country, region or constituency is one of" in words(page)
    assert in_force(stage) == canonical(DEFAULT)

    told = {**fields(page.text), "r.3:place": "region", "r.3:values": "Africa\nEurope\n", "do": "look"}
    look = officer.post(f"{RULES}/stand", told)
    assert "Who may stand Now 13 By these rules 5 Who gain: nobody. Who lose: 8" in words(look), words(look)
    assert "Member 1" in look.text
    assert in_force(stage) == canonical(DEFAULT)

    saved = officer.post(f"{RULES}/save", {**fields(look.text), "why": "Article 4"}, follow_redirects=True)
    assert "This is version 1" in words(saved)
    assert "Article 4" in words(saved)
    stand = json.loads(in_force(stage))["stand"]["all_of"][3]
    assert stand == {"rule": "place_in", "place": "region", "values": ["Africa", "Europe"]}


def test_rules_are_put_in_groups_and_taken_away(officer: Someone, stage: Stage) -> None:
    page = officer.post(f"{RULES}/second", {**fields(officer.get(f"{RULES}/second").text), "r:add": "any_of"})
    page = officer.post(f"{RULES}/second", {**fields(page.text), "r.2:add": "exception_granted", "r.0:remove": "y"})
    page = officer.post(
        f"{RULES}/second", {**fields(page.text), "r.1.0:what": "seconding", "r.1:add": "count_at_least"}
    )
    told = {**fields(page.text), "r.1.1:what": "edits", "r.1.1:least": "7", "r.0:at": "", "r.0:at:date": "2026-01-15"}

    look = officer.post(f"{RULES}/second", {**told, "do": "look"})
    officer.post(f"{RULES}/save", fields(look.text))

    assert json.loads(in_force(stage))["second"] == {
        "all_of": [
            {"rule": "member_for_days", "days": 0, "at": "2026-01-15"},
            {
                "any_of": [
                    {"rule": "exception_granted", "what": "seconding"},
                    {"rule": "count_at_least", "what": "edits", "least": 7},
                ]
            },
        ]
    }


def test_a_contest_asks_something_beside_and_nothing_again(officer: Someone, stage: Stage) -> None:
    address = f"{RULES}/stand?contest=africa"
    page = officer.post(address, {**fields(officer.get(address).text), "r:add": "declaration_made"})
    look = officer.post(address, {**fields(page.text), "r.0:what": "interests", "do": "look"})
    assert "Who may stand: Africa" in words(look)
    officer.post(f"{RULES}/save", fields(look.text))
    assert json.loads(in_force(stage))["contests"] == {
        "africa": {"stand": {"rule": "declaration_made", "what": "interests"}}
    }

    page = officer.get(address)
    look = officer.post(address, {**fields(page.text), "r.0:remove": "y", "do": "look"})
    officer.post(f"{RULES}/save", fields(look.text))
    assert in_force(stage) == canonical(DEFAULT)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"r.1:days": "some-days"}, "“days” is a whole number from 0"),
        ({"r.1:at": "", "r.1:at:date": "2026-02-30"}, "“2026-02-30” is no day of any calendar"),
        ({"r.1:at": "cutoff", "r.1:at:date": "2026-02-03"}, "“2026-02-03 and cutoff” is no day of any calendar"),
        ({"r.0:statuses": []}, "“statuses” is a list of 1 to"),
        ({"r:add": "not"}, "“stand”, part 4"),
        ({"r:add": "place_in"}, "In “stand”, part 4: the rule place_in needs “place”"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    officer: Someone, stage: Stage, told: dict[str, str | list[str]], why: str
) -> None:
    answer = officer.post(f"{RULES}/stand", {**fields(officer.get(f"{RULES}/stand").text), **told, "do": "look"})

    assert (answer.status_code, why in words(answer)) == (422, True), words(answer)
    for value in told.values():
        assert not isinstance(value, str) or value in answer.text
    assert in_force(stage) == canonical(DEFAULT)


def test_a_set_of_rules_is_chosen_exported_and_taken_from_the_file_again(officer: Someone, stage: Stage) -> None:
    look = officer.post(f"{RULES}/template", {"template": "contributors"})
    assert "Refused because something is not known" in words(look)
    officer.post(f"{RULES}/save", fields(look.text))
    assert in_force(stage) == canonical(CONTRIBUTORS)
    file = officer.get(f"{RULES}/export").data
    assert parse(file) == CONTRIBUTORS

    officer.post(f"{RULES}/save", fields(officer.post(f"{RULES}/template", {"template": "members"}).text))
    assert in_force(stage) == canonical(DEFAULT)
    look = officer.post(f"{RULES}/import", {"file": json.dumps(json.loads(file), indent=2).encode()})
    officer.post(f"{RULES}/save", fields(look.text))
    assert in_force(stage) == canonical(CONTRIBUTORS)


def test_a_file_that_is_none_and_a_stale_page_are_refused_in_words(officer: Someone) -> None:
    answer = officer.post(f"{RULES}/import", {"file": b'{"format": 1}'})
    assert (answer.status_code, "A set of rules has “format”" in words(answer)) == (422, True)
    assert officer.post(f"{RULES}/template", {"template": "none"}).status_code == 404
    assert officer.get(f"{RULES}/dance").status_code == 404
    assert officer.get(f"{RULES}/stand?contest=moon").status_code == 404

    look = fields(officer.post(f"{RULES}/template", {"template": "settled"}).text)
    assert officer.post(f"{RULES}/save", {**look, "rules": ["{"]}).status_code == 422
    assert officer.post(f"{RULES}/save", {**look, "why": "x" * 501}).status_code == 422
    officer.post(f"{RULES}/save", look)
    stale = officer.post(f"{RULES}/save", {**look, "rules": [canonical(DEFAULT).decode()]})
    assert (stale.status_code, "Somebody has changed this election meanwhile" in words(stale)) == (409, True)


def test_names_of_members_and_rules_are_written_as_text(officer: Someone) -> None:
    evil = "<script>alert(1)</script>"
    rules = canonical(DEFAULT).replace(b'"stand":{"all_of":[', b'"stand":{"all_of":[{"rule":"place_not_in","place":"region","values":["'
                                       + evil.encode() + b'"]},')  # fmt: skip
    look = officer.client.post(
        f"{RULES}/import", data={"csrf_token": officer.token(), "file": (io.BytesIO(rules), "rules.json")}
    )

    assert look.status_code == 200
    assert evil not in look.text
    assert "&lt;script&gt;" in look.text


def test_may_i_is_answered_once_rules_were_saved(officer: Someone, as_: As, stage: Stage) -> None:
    member = as_("m3")
    assert member.get(MINE).status_code == 404
    assert "Elections being prepared" not in words(member.get("/home"))
    officer.post(f"{RULES}/save", fields(officer.post(f"{RULES}/template", {"template": "settled"}).text))

    assert f'href="{MINE}"' in member.get("/home").text
    page = words(member.get(MINE))
    assert "Vote: At large Yes. Every rule" in page
    assert "Stand No. The declaration must have been made (interests); it was not made yet." in page
    assert stage.size() == 0


def test_what_is_not_known_says_what_to_do(officer: Someone, as_: As) -> None:
    officer.post(f"{RULES}/save", fields(officer.post(f"{RULES}/template", {"template": "contributors"}).text))

    page = words(as_("m3").get(MINE))

    assert "Not known, so no." in page
    assert "What to do: Ask the secretariat to enter the number of contributions." in page


def test_an_officer_asks_for_one_member_and_the_log_says_so(officer: Someone) -> None:
    page = officer.post(f"{RULES}/member", {"member": "m3@example.org"})

    assert "What Member 3 may" in words(page)
    assert "looked up what m3 may" in words(officer.get(f"/officer/elections/{ELECTION}/log"))
    assert officer.post(f"{RULES}/member", {"member": "nobody@example.org"}).status_code == 422
    assert officer.post(f"{RULES}/member", {"member": "nobody"}).status_code == 404


def test_every_purpose_can_be_edited(officer: Someone) -> None:
    for purpose in Purpose:
        assert officer.get(f"{RULES}/{purpose}").status_code == 200
