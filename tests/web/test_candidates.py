"""A candidate's statement: written in several languages, read by everybody, by people and by the booth."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from governance.domain.draft import Candidate
from tests.services.stage import ELECTION, Stage, a_draft
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
PAGE = f"/elections/{ELECTION}/candidates/one"


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    first = a_draft().contests[0]
    mine = Candidate("one", "Amina <b>", member="m1")
    stage.draft(a_draft(contests=(replace(first, candidates=(mine, *first.candidates)),)))
    return stage


def test_a_candidate_writes_and_everybody_reads_it(drafted: Stage, as_: As, anybody: Someone) -> None:
    candidate = as_("m1")
    assert "Write your statement : Advisory group 2026" in words(candidate.get("/home"))
    told = candidate.post(f"{PAGE}/write", {"language": "en", "text": "I <i>listen</i>.\r\n\r\nAnd I write."})
    assert told.status_code == 302
    assert candidate.post(f"{PAGE}/write", {"language": "ar", "text": "أنا أستمع."}).status_code == 302
    assert "Look over your statement" in words(candidate.get("/home"))
    assert anybody.get(PAGE).status_code == 404  # nothing of a draft is public
    drafted.freeze()

    page = anybody.get(PAGE)

    assert "I &lt;i&gt;listen&lt;/i&gt;." in page.text
    assert '<div class="statement" lang="ar" dir="rtl"><p>أنا أستمع.</p></div>' in page.text
    assert '<div class="statement" lang="en" dir="ltr"><p>I' in page.text
    assert anybody.get(f"{PAGE}/statements").get_json() == {
        "id": "one",
        "name": "Amina <b>",
        "said": [
            {"language": "en", "name": "English", "dir": "ltr", "text": "I <i>listen</i>.\n\nAnd I write."},
            {"language": "ar", "name": "العربية", "dir": "rtl", "text": "أنا أستمع."},
        ],
    }


@pytest.mark.usefixtures("drafted")
def test_what_is_too_long_is_said_and_kept_in_the_field(as_: As) -> None:
    candidate = as_("m1")

    answer = candidate.post(f"{PAGE}/write", {"language": "en", "text": "word " * 501})

    assert answer.status_code == 422
    assert "at most 500 words" in words(answer)
    assert "word word word" in answer.text


@pytest.mark.usefixtures("drafted")
@pytest.mark.usefixtures("drafted")
def test_each_language_has_a_page_of_its_own(as_: As) -> None:
    candidate = as_("m1")
    candidate.post(f"{PAGE}/write", {"language": "fr", "text": "J'écouterai."})

    english, french = candidate.get(f"{PAGE}/write"), candidate.get(f"{PAGE}/write?language=fr")

    assert ("In English" in words(english), "J&#39;écouterai." in english.text) == (True, False)
    assert ("In Français" in words(french), "J&#39;écouterai." in french.text) == (True, True)
    assert 'name="language" type="hidden" value="fr"' in french.text
    assert candidate.post(f"{PAGE}/write", {"language": "tlh", "text": "x"}).status_code == 422
    assert "In English" in words(candidate.get(f"{PAGE}/write?language=tlh"))


@pytest.mark.usefixtures("drafted")
def test_nobody_writes_for_somebody_else(as_: As) -> None:
    other = as_("m2")

    assert other.get(f"{PAGE}/write").status_code == 403
    assert other.post(f"{PAGE}/write", {"language": "en", "text": "x"}).status_code == 403
    assert (
        other.get(f"/elections/{ELECTION}/candidates/nobody/write").status_code == 403
    )  # which ids there are is not told


def test_a_candidate_without_a_statement_has_a_page_too(drafted: Stage, anybody: Someone) -> None:
    drafted.freeze()

    assert "There is no statement." in words(anybody.get(f"/elections/{ELECTION}/candidates/a1"))
    assert anybody.get(f"/elections/{ELECTION}/candidates/nobody").status_code == 404
