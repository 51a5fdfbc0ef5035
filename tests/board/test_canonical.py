"""The one byte form: what others accept and reject, and its laws."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import canonical
from governance.errors import MalformedError
from tests.shared import PROTOCOL, needs_shared

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


def refuses(data: bytes) -> bool:
    try:
        canonical.parse(data)
    except MalformedError:
        return True
    return False


@needs_shared
def test_the_contracts_own_cases() -> None:
    vector = PROTOCOL["json"]
    for text in vector["accept"]:
        data = bytes.fromhex(text)
        assert canonical.dump(canonical.parse(data)) == data
    assert len(vector["reject"]) >= 29
    for case in vector["reject"]:
        assert refuses(bytes.fromhex(case["hex"])), case["why"]


@given(values)
def test_what_is_dumped_is_read_back(value: Any) -> None:
    data = canonical.dump(value)
    assert canonical.parse(data) == value
    assert canonical.dump(canonical.parse(data)) == data


@given(values.filter(lambda value: not isinstance(value, str)), st.sampled_from([b" ", b"\n", b"\xef\xbb\xbf", b"0"]))
def test_other_bytes_are_refused(value: Any, extra: bytes) -> None:
    data = canonical.dump(value)
    for other in (extra + data, data + extra):
        try:
            read = canonical.parse(other)
        except MalformedError:
            continue
        assert canonical.dump(read) == other  # a digit before or after a number is another number


@pytest.mark.parametrize(
    "data",
    [b"[" * 17 + b"]" * 17, b"[" * 200_000, b'{"a":' * 50_000, b"9" * 5000, b"-" * 100, b'"' + b"\\u0000" * 9 + b'"x'],
)
def test_hostile_bytes_are_refused_at_once(data: bytes) -> None:
    with pytest.raises(MalformedError):
        canonical.parse(data)


@pytest.mark.parametrize(
    ("level", "inmost"),
    [((b"[", b"]"), b"[]"), ((b'{"a":', b"}"), b"{}"), ((b'[{"a":', b"}]"), b"[{}]"), ((b"[", b"]"), b"7")],
    ids=["arrays", "objects", "both in turn", "arrays about a number"],
)
def test_sixteen_levels_are_read_and_seventeen_are_not(level: tuple[bytes, bytes], inmost: bytes) -> None:
    def nested(depth: int) -> bytes:
        opened = level[0].count(b"[") + level[0].count(b"{")
        inside = max(1, inmost.count(b"[") + inmost.count(b"{"))
        times, odd = divmod(depth - inside, opened)
        return b"[" * odd + level[0] * times + inmost + level[1] * times + b"]" * odd

    assert canonical.dump(canonical.parse(nested(16))) == nested(16)
    with pytest.raises(MalformedError, match="nested too deep"):
        canonical.parse(nested(17))


def test_keys_are_in_order_of_their_utf_16_code_units() -> None:
    """U+1F600 begins with D83D: before U+FF5E, though its code point is greater (RFC 8785, 3.2.3)."""
    data = '{"a":1,"é":2,"\U0001f600":3,"\uff5e":4}'.encode()

    assert canonical.dump({"\uff5e": 4, "\U0001f600": 3, "é": 2, "a": 1}) == data
    assert canonical.parse(data) == {"a": 1, "é": 2, "\U0001f600": 3, "\uff5e": 4}
    assert refuses('{"a":1,"\uff5e":4,"\U0001f600":3}'.encode())


def test_a_lone_surrogate_is_not_written() -> None:
    with pytest.raises(MalformedError, match="surrogate"):
        canonical.dump({"a": "\ud800"})
    with pytest.raises(MalformedError, match="surrogate"):
        canonical.dump({"\ud800": 1})
