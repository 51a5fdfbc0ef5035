"""A record that is shown as whoever publishes it likes, and what a report says of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from governance.board.checks import Check
from governance.board.verify import Report
from tests.forge.record import Record


@dataclass
class Shown:
    """What somebody shows who may show another record at the second reading, or other sizes."""

    record: Record
    then: Record | None = None
    """At the second reading of the entries, and from then on."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Of blobs by their digest in hex, where they are not those of the bytes."""
    names: tuple[str, ...] = ()
    """Of files for people."""
    _readings: int = 0

    def _now(self) -> Record:
        return self.then if self.then and self._readings > 1 else self.record

    def entries(self) -> Iterator[bytes]:
        self._readings += 1
        return iter(self._now().entries)

    def checkpoint(self) -> bytes:
        return self.record.checkpoint

    def blob_sizes(self) -> dict[bytes, int]:
        return {bytes.fromhex(digest): self.sizes.get(digest, len(blob)) for digest, blob in self.record.blobs.items()}

    def chunks(self, digest: bytes) -> Iterator[bytes]:
        blob = self._now().blobs[digest.hex()]
        yield from (blob[:7], blob[7:])

    def others(self) -> tuple[str, ...]:
        return self.names


def found(report: Report) -> tuple[Check | None, str]:
    failure = report.failure
    assert failure is None or not report.ok
    return (failure.check, failure.detail) if failure else (None, "")
