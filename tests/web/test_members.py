"""The members' list: a look at what a file would change, then the change, and nothing else."""

import re
from collections.abc import Callable

from governance.services import members
from tests.services.stage import Stage, a_list, people
from tests.web.browser import Someone, words

As = Callable[[str], Someone]


def previewed(secretary: Someone, data: bytes) -> dict[str, str]:
    page = secretary.post("/members/import", {"file": data})
    assert page.status_code == 200
    return dict(re.findall(r'name="(data|digest)" value="([^"]*)"', page.text))


def count(stage: Stage) -> int:
    with stage.reading() as session:
        return members.how_many(session)


def test_a_list_is_looked_at_and_then_imported(stage: Stage, as_: As) -> None:
    secretary, before = as_("secretary"), count(stage)
    told = previewed(secretary, a_list([*people(13), "m14,m14@example.org,Łucja,Poland,Europe,2020-01-01,yes"]))
    assert count(stage) == before

    answer = secretary.post("/members/import/apply", told, follow_redirects=True)

    assert "Done: 2 new, 0 changed." in words(answer)
    assert count(stage) == before + 2
    assert "Łucja" in answer.text


def test_lines_that_are_wrong_are_named(as_: As) -> None:
    page = as_("secretary").post("/members/import", {"file": a_list(["m1,not an address,A,B,C,2020-01-01,"])})

    assert "Line 2: the e-mail address is not one." in words(page)
    assert "Do this" not in words(page)


def test_a_file_that_is_no_list_is_refused_in_words(as_: As) -> None:
    secretary = as_("secretary")

    for data in (b"", b"\xff\xfe", b"a,b\n1,2\n"):
        answer = secretary.post("/members/import", {"file": data})
        assert answer.status_code == 422
        assert "Please look at this again" in words(answer)


def test_nothing_is_done_that_was_not_shown(stage: Stage, as_: As) -> None:
    secretary, before = as_("secretary"), count(stage)
    told = previewed(secretary, a_list(people(13)))
    other = previewed(secretary, a_list(people(14)))

    assert secretary.post("/members/import/apply", told | {"data": other["data"]}).status_code == 409
    assert secretary.post("/members/import/apply", told | {"data": "%"}).status_code == 422
    assert count(stage) == before


def test_who_is_not_in_the_file_leaves_only_if_that_was_asked_for(stage: Stage, as_: As) -> None:
    secretary = as_("secretary")
    with stage.writing() as session:
        kept = members.export(session, "secretary", now=stage.now, attributes=True, why="a test").decode()
    lines = "\n".join(line for line in kept.splitlines() if not line.startswith("m12,"))
    told = previewed(secretary, lines.encode())

    secretary.post("/members/import/apply", told)
    assert count(stage) == 18
    told = previewed(secretary, lines.encode())
    secretary.post("/members/import/apply", told | {"remove_missing": "y"})

    assert count(stage) == 17


def test_the_list_goes_home_without_declarations_unless_somebody_says_why(as_: As) -> None:
    secretary = as_("secretary")

    assert "lived_experience" not in secretary.post("/members/export").text
    assert secretary.post("/members/export", {"attributes": "y"}).status_code == 409
    assert "lived_experience" in secretary.post("/members/export", {"attributes": "y", "why": "an audit"}).text
