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


def test_sixteen_levels_are_read_and_a_lone_surrogate_is_not_written() -> None:
    assert canonical.parse(b"[" * 16 + b"]" * 16)
    with pytest.raises(MalformedError, match="surrogate"):
        canonical.dump({"a": "\ud800"})
    with pytest.raises(MalformedError, match="surrogate"):
        canonical.dump({"\ud800": 1})
