"""A whole election in a browser and with the officials' own programs: from an empty database to a result that verifies.

Nobody calls a service behind the pages' back: what is done is done by page, by an official's program, by an operator's
command or by the clock. What was cast is written down here, counted by `governance count`, and compared at the end.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.e2e.installation import a_site
from tests.e2e.whole import afterwards, preparing, voting
from tests.e2e.whole.story import NOW, OFFICERS, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def story(tmp_path: Path, browser: Browser) -> Iterator[Story]:
    with a_site(tmp_path, browser, NOW) as site:
        yield Story(site, tmp_path)


def test_a_whole_election_from_an_empty_database_to_a_result_that_verifies(story: Story) -> None:
    preparing.begin(story)
    preparing.by_secretary(story)
    officers = [story.site.desk(email) for email in OFFICERS]
    preparing.set_up(story, officers[0])
    preparing.freeze(story, officers, 13)
    preparing.statement(story, officers[0])
    preparing.ceremony(story, officers)
    preparing.codes(story, "8 codes")
    preparing.announce(story, officers)
    preparing.be_ready(story, 13)
    voting.vote(story)
    afterwards.close_and_open(story)
    record = afterwards.result(story)

    afterwards.verified(record)
    assert afterwards.papers(record) == afterwards.cast_papers(story)
    assert story.site.looks.wrong() == {}
    assert unexpected(story.site.errors) == []
    assert story.site.hosts <= {urlsplit(story.site.address).netloc, ""}


def unexpected(errors: Sequence[str]) -> list[str]:
    """What the cut connection and the mistyped codes do not explain."""
    known = ("ERR_FAILED", "ERR_INTERNET_DISCONNECTED", "422 (UNPROCESSABLE")
    return [text for text in errors if not any(one in text for one in known)]
