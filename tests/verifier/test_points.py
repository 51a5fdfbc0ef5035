"""Encodings of points and signatures that no vector holds: each was missed until mutation testing (docs/mutation.md)."""

import pytest

from governance.verifier import ed25519, group
from governance.verifier.group import P
from governance.verifier.transcript import ORDER

ENCODINGS = [group.encode(group.multiply(number, group.BASE)) for number in (1, 2, 3, 50, 2**200)]


@pytest.mark.parametrize("good", ENCODINGS)
def test_a_point_has_one_encoding(good: bytes) -> None:
    """Its number s with P, with the highest bit, or -s: an even number above P too would be read as the same point.

    Two encodings of one credential would be two voters, and a ballot could be marked by its spelling.
    """
    assert group.is_valid(good)
    s = int.from_bytes(good, "little")
    for other in (P - s, P + s, 2 * P - s, s + 2**255, 2**256 - 38 - s):
        spelled = other.to_bytes(32, "little")
        assert not group.is_valid(spelled)
        assert group.decode(spelled) is None
        assert group.decode_all(good + spelled) == 1


@pytest.mark.parametrize("good", [*ENCODINGS, group.IDENTITY_BYTES])
def test_an_encoding_has_32_bytes(good: bytes) -> None:
    for other in (good + b"\0", good[:31], b"", good + good):
        assert not group.is_valid(other)
    for rest in (b"\0", bytes(31)):
        assert group.decode_all(good + rest) == 1


def test_what_is_no_point_makes_no_equation_hold() -> None:
    """(0, 0) on no curve swallows whatever it is added to: a sum with it in is not "nothing is wrong"."""
    nothing = group.from_affine(bytes(64))
    for point in (group.BASE, group.IDENTITY, nothing):
        total = group.add(nothing, point)
        assert not group.is_identity(total)
        assert not group.equal(total, total)
        assert not group.equal(point, total)
        assert not group.equal(total, point)
    assert group.is_identity(group.IDENTITY)
    assert group.equal(group.IDENTITY, group.add(group.BASE, group.negate(group.BASE)))


def test_the_identity_of_the_signatures_curve_is_a_point_but_no_key() -> None:
    one = (1).to_bytes(32, "little")
    assert ed25519.decode_point(one) == group.IDENTITY
    assert not ed25519.is_good_key(one)


def test_a_key_that_does_not_decode_verifies_nothing() -> None:
    for key in (b"", bytes(31), (2).to_bytes(32, "little"), P.to_bytes(32, "little")):
        assert not ed25519.verify(key, b"", bytes(64))


def test_a_key_decodes_exactly_where_the_curve_has_a_point() -> None:
    """RFC 8032, 5.1.3: x² = (y² - 1) / (dy² + 1) must be a square; 0 has no negative; 32 bytes."""
    found = 0
    for y in [*range(60), P - 1, P - 2]:
        u, v = y * y - 1, group.D * y * y + 1
        on_curve = pow(u * v, (P - 1) // 2, P) in (0, 1)
        for sign in (0, 1):
            key = (y | sign << 255).to_bytes(32, "little")
            point = ed25519.decode_point(key)
            assert (point is not None) == (on_curve and not (u % P == 0 and sign)), y
            assert ed25519.is_good_key(key) == (point is not None and y not in (0, 1, P - 1))
            if point is not None:
                assert (point[0] % 2, point[1]) == (sign, y)
                assert (v * point[0] ** 2 - u) % P == 0
                assert ed25519.encode_point(point) == key
                found += 1
    assert 40 < found < 80
    for other in (b"", b"\x01", b"\x01" + bytes(30), b"\x01" + bytes(32)):
        assert ed25519.decode_point(other) is None


def test_a_signatures_number_is_below_the_order() -> None:
    """Under the identity as key (0, 0·B) is good; the order itself would be the same number."""
    one = (1).to_bytes(32, "little")
    for number, wanted in ((0, True), (ORDER, False), (2 * ORDER, False), (2**256 - 1, False)):
        assert ed25519.verify(one, b"", one + number.to_bytes(32, "little")) == wanted
