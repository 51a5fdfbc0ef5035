"""The tree over the entries (protocol.md, section 13): RFC 6962 with SHA-256."""

from collections.abc import Sequence
from hashlib import sha256

from governance.errors import ProofError

EMPTY = sha256(b"").digest()
"""The root of no entries."""


def leaf(entry: bytes) -> bytes:
    """The hash of one entry (RFC 6962, 2.1)."""
    return sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A growing tree that remembers only the roots of its complete subtrees: logarithmic memory."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf_hash: bytes) -> None:
        """Add the hash of one more entry."""
        size = self.size
        while size & 1:
            leaf_hash = node(self._peaks.pop(), leaf_hash)
            size >>= 1
        self._peaks.append(leaf_hash)
        self.size += 1

    def root(self) -> bytes:
        """The root of all entries so far."""
        if not self._peaks:
            return EMPTY
        result = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            result = node(peak, result)
        return result


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over some leaf hashes."""
    tree = Tree()
    for leaf_hash in leaves:
        tree.append(leaf_hash)
    return tree.root()


def _split(size: int) -> int:
    """The largest power of two smaller than size."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf (RFC 6962, 2.1.1)."""
    if len(leaves) <= 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion(leaves[:k], index), root(leaves[k:])]
    return [*inclusion(leaves[k:], index - k), root(leaves[:k])]


def consistency(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """The proof that the tree of the first `old` leaves (1..len) is a beginning of this one (RFC 6962, 2.1.2)."""

    def subproof(part: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
        if size == len(part):
            return [] if whole else [root(part)]
        k = _split(len(part))
        if size <= k:
            return [*subproof(part[:k], size, whole=whole), root(part[k:])]
        return [*subproof(part[k:], size - k, whole=False), root(part[:k])]

    return subproof(leaves, old, whole=True)


def check_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Check an audit path (RFC 9162, 2.1.3.2).

    Raises:
        ProofError: The leaf is not at that index of the tree with that root.
    """
    msg = "the entry is not in the tree that the checkpoint signs"
    if not 0 <= index < size or len(leaf_hash) != len(EMPTY):
        raise ProofError(msg)
    last, result = size - 1, leaf_hash
    for step in proof:
        if last == 0:
            raise ProofError(msg)
        if index & 1 or index == last:
            result = node(step, result)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            result = node(result, step)
        index >>= 1
        last >>= 1
    if last != 0 or result != expected:
        raise ProofError(msg)


def check_consistency(  # noqa: C901  the RFC's algorithm, step by step
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that one tree extends another (RFC 9162, 2.1.4.2); 0 <= old <= new.

    Raises:
        ProofError: It does not.
    """
    msg = "the later tree does not extend the earlier one"
    if not 0 <= old <= new or (old == 0 and old_root != EMPTY) or (new == 0 and new_root != EMPTY):
        raise ProofError(msg)
    if old in (0, new):
        if proof or (old == new and old_root != new_root):
            raise ProofError(msg)
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise ProofError(msg)
    first, last = old - 1, new - 1
    while first & 1:
        first >>= 1
        last >>= 1
    left = right = path[0]
    for step in path[1:]:
        if last == 0:
            raise ProofError(msg)
        if first & 1 or first == last:
            left, right = node(step, left), node(step, right)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            right = node(right, step)
        first >>= 1
        last >>= 1
    if last != 0 or left != old_root or right != new_root:
        raise ProofError(msg)
