"""The base of all tables, and the column types that carry a check."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, Date, DateTime, Dialect, LargeBinary, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

from governance.domain.capacity import Kind
from governance.domain.membership import Status
from governance.domain.nominations.record import Kind as Step
from governance.domain.signing_in import Purpose, Role

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment; one without a time zone is refused on its way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a moment needs its time zone"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """One of the words of an enumeration, as text."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        del dialect
        return None if value is None else self.kind(value)


class Base(DeclarativeBase):
    """Every table's base; a plain one, so that the store needs no Flask."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            str: Text(),
            bytes: LargeBinary(),
            date: Date(),
            datetime: UtcDateTime(),
            dict[str, Any]: JSON(),
            Kind: Word(Kind),
            Step: Word(Step),
            Status: Word(Status),
            Role: Word(Role),
            Purpose: Word(Purpose),
        },
    )


Id = Annotated[str, mapped_column(String(64))]
"""An id of section 1 of docs/protocol.md, or one of ours of the same form."""
Digest = Annotated[bytes, mapped_column(LargeBinary(32))]
"""A SHA-256, or a keyed hash of that size."""
