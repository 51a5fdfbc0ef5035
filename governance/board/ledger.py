"""A board in memory: entries and blobs as they come, each judged before it stands; a `record.Source`.

For rehearsals, demonstrations and tools off the server; the server's own board lies in its database.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import BinaryIO

from governance.board import checkpoint, merkle, record
from governance.board import entries as e
from governance.board.judge import Judge
from governance.crypto import signature


class Ledger:
    """An append-only board of one election, signed by its log's key."""

    def __init__(self, origin: str, seed: bytes) -> None:
        self.origin = origin
        self._seed = seed
        self._entries: list[bytes] = []
        self._tree = merkle.Tree()
        self._blobs: dict[bytes, bytes] = {}
        self.judge = Judge(self._read)

    def key(self) -> checkpoint.VerifierKey:
        """The log's verifier key, for the manifest."""
        return checkpoint.VerifierKey(self.origin, checkpoint.LOG, signature.public_key(self._seed))

    def _read(self, ref: e.Ref) -> bytes:
        return record.read_blob(self, ref)

    def put(self, *blobs: bytes) -> None:
        """Keep blobs that the next entry refers to."""
        self._blobs.update((sha256(blob).digest(), blob) for blob in blobs)

    def append(self, entry: e.Entry | bytes) -> bytes:
        """Judge the next entry and let it stand; gives its bytes.

        Raises:
            MalformedError: Bytes that are no entry.
            CheckError: It may not stand here. A ballot's proof may be checked later, with its batch.
        """
        raw = entry if isinstance(entry, bytes) else e.dump(entry)
        self.judge.take(raw, e.parse(raw))
        self._entries.append(raw)
        self._tree.append(merkle.leaf(raw))
        return raw

    def entries(self) -> Iterator[bytes]:
        """The entries' bytes in order."""
        return iter(self._entries)

    def checkpoint(self) -> bytes:
        """A checkpoint over all entries, signed now."""
        return checkpoint.sign(self.origin, self._tree.size, self._tree.root(), self._seed)

    def blob_sizes(self) -> dict[bytes, int]:
        """The size of each blob."""
        return {digest: len(blob) for digest, blob in self._blobs.items()}

    def chunks(self, digest: bytes) -> Iterator[bytes]:
        """The bytes of one blob, in one piece."""
        return iter([self._blobs[digest]])

    def others(self) -> Iterable[str]:
        """Nothing for people lies here."""
        return ()

    def write(self, file: BinaryIO, people: Mapping[str, bytes]) -> None:
        """Write the record as a file."""
        record.write(file, self._entries, self.checkpoint(), self._blobs.values(), people)
