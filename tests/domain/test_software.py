"""Where the software can be had: shown to strangers as an address, so nothing but an https address elsewhere is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.software import LONGEST, Software, software
from governance.errors import RuleError

HOST = "vote.example.org"
DIGEST = "0123456789abcdef" * 4


def test_an_address_and_a_digest_are_taken_as_they_are_pasted() -> None:
    pasted = f" {DIGEST[:32].upper()} {DIGEST[32:]}\n"

    assert software(" https://elsewhere.example/a?b=c#d ", pasted, HOST) == Software(
        "https://elsewhere.example/a?b=c#d", DIGEST
    )
    assert software("https://elsewhere.example", "", HOST) == Software("https://elsewhere.example", "")
    assert software(" ", "", HOST) == Software()


@pytest.mark.parametrize(
    "address",
    [
        "http://elsewhere.example/",
        "HTTPS://elsewhere.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//elsewhere.example/",
        "elsewhere.example",
        "https://",
        "https:///x",
        "https://us@elsewhere.example/",
        "https://us:secret@elsewhere.example/",
        "https://elsewhere.example/a b",
        "https://elsewhere.example/\nx",
        "https://elsewhere.example/\u202ex",
        "https://\u0435lsewhere.example/",
        "https://elsewhere.example\\@vote.example.org/",
        "https://elsewhere.example/" + "a" * LONGEST,
    ],
)
def test_anything_but_an_https_address_is_refused(address: str) -> None:
    with pytest.raises(RuleError, match="begins with https"):
        software(address, "", HOST)


@pytest.mark.parametrize(
    "address", ["https://vote.example.org/x", "https://VOTE.example.org.:444", "https://vote.example.org"]
)
def test_the_server_that_is_to_be_checked_is_refused(address: str) -> None:
    with pytest.raises(RuleError, match="the server that the software is to check"):
        software(address, "", "vote.example.org:8000")


@pytest.mark.parametrize("digest", ["0", DIGEST[1:], DIGEST + "0", DIGEST[:-1] + "g", "sha256:" + DIGEST])
def test_what_is_no_digest_is_refused(digest: str) -> None:
    with pytest.raises(RuleError, match="64 digits"):
        software("https://elsewhere.example", digest, HOST)


def test_a_digest_without_an_address_says_nothing() -> None:
    with pytest.raises(RuleError, match="where the file can be had"):
        software("", DIGEST, HOST)


@given(st.text())
def test_whatever_is_taken_begins_with_https_and_has_only_signs_that_are_seen(text: str) -> None:
    for given_ in (text, "https://" + text):
        try:
            told = software(given_, "", HOST)
        except RuleError:
            continue
        assert told == Software() or told.address.startswith("https://")
        assert told.address.isascii()
        assert told.address.isprintable()
        assert " " not in told.address
        assert "@" not in told.address.removeprefix("https://").split("/")[0].split("?")[0].split("#")[0]
