"""The register of declarations of interest: each answer a line, none changed; the newest one holds."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Id


class Declaration(Base):
    """One answer to one question."""

    __tablename__ = "declaration"
    __table_args__ = (Index("ix_declaration_of", "member_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    question: Mapped[Id]
    """Id of the question, as in the terms of nominations or the rules of a body."""
    answer: Mapped[bytes] = mapped_column(LargeBinary())
    """JSON {question, yes, text}: the question as it was put, encrypted."""
    published: Mapped[bool]
    """Whether it may be shown, as the question said when it was answered."""
    made: Mapped[datetime]
