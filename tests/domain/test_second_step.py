"""The second step's rules: the RFC's own vectors, clocks that are wrong, digits of every script."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain import second_step as rules
from governance.domain.signing_in import Role

SECRET = b"12345678901234567890"
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SECRETS = st.binary(min_size=rules.SECRET, max_size=rules.SECRET)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_a_code_is_that_of_the_rfc(seconds: int, shown: str) -> None:
    """RFC 6238, appendix B, whose eight digits end in our six."""
    assert rules.code(SECRET, seconds // rules.STEP) == shown[-rules.DIGITS :]


@given(SECRETS, MOMENTS, st.integers(-4, 4))
def test_a_device_may_be_one_step_off_and_no_more(secret: bytes, now: datetime, off: int) -> None:
    here = rules.step_of(now)
    others = {rules.code(secret, here + near) for near in (-1, 0, 1)}
    typed = rules.code(secret, here + off)

    found = rules.find(secret, typed, now)

    assert (found is not None) == (typed in others)
    assert found is None or rules.code(secret, found) == typed


@given(SECRETS, SECRETS, MOMENTS)
def test_what_is_found_is_the_newest_step(secret: bytes, other: bytes, now: datetime) -> None:
    here = rules.step_of(now)

    assert rules.find(secret, rules.code(secret, here + 1), now) == here + 1
    assert (rules.find(other, rules.code(secret, here), now) is None) or other == secret or _same(secret, other, here)


def _same(secret: bytes, other: bytes, here: int) -> bool:
    return any(rules.code(other, here + near) == rules.code(secret, here) for near in (-1, 0, 1))


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("123 456", "123456"),
        ("123-456\n", "123456"),
        ("١٢٣٤٥٦", "123456"),
        ("۱۲۳۴۵۶", "123456"),
        ("१२३४५६", "123456"),
        ("12345²", "12345"),
        ("no", ""),
        ("", ""),
    ],
    ids=["blank", "dash", "arabic", "persian", "devanagari", "superscript", "letters", "nothing"],
)
def test_digits_of_every_script_are_read(typed: str, digits: str) -> None:
    assert rules.digits(typed) == digits


def test_a_code_without_digits_is_never_right() -> None:
    assert rules.find(SECRET, "", datetime(2026, 3, 1, tzinfo=UTC)) is None


@given(st.integers(0, 10**rules.RECOVERY_DIGITS - 1))
def test_a_recovery_code_is_read_as_it_was_written(number: int) -> None:
    written = rules.recovery_code(number)

    assert len(written.split()) == rules.RECOVERY_DIGITS // rules.GROUP
    assert len(rules.digits(written)) == rules.RECOVERY_DIGITS
    assert int(rules.digits(written)) == number


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.MEMBER])
def test_every_role_needs_it_and_a_member_does_not(role: Role) -> None:
    assert rules.is_needed(frozenset({Role.MEMBER, role}))
    assert not rules.is_needed(frozenset({Role.MEMBER}))


def test_it_is_fresh_for_half_an_hour() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)

    assert rules.is_fresh(now - rules.FRESH + timedelta(seconds=1), now)
    assert not rules.is_fresh(now - rules.FRESH, now)
    assert not rules.is_fresh(None, now)


@pytest.mark.parametrize("issuer", ["Our network", "A:B & C + D?", "شبكة"], ids=["plain", "odd", "arabic"])
def test_the_address_says_what_an_app_needs(issuer: str) -> None:
    parts = urlsplit(rules.address(SECRET, "a+b@example.org", issuer))
    told = parse_qs(parts.query)

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == f"/{issuer.replace(':', ' ')}:a+b@example.org"
    assert "+" not in parts.query
    assert told == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": [issuer.replace(":", " ")],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
