"""Alembic's environment: runs on the connection that `governance.store.schema` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from governance.store.models import Base


def plain(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our column types as their own SQL type, so that the history needs none of our code."""
    del autogen
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=plain,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
