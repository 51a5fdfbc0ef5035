"""How long decisions can be challenged at least; nominations without the people in them; an upheld objection left as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("challenge_days", sa.Integer(), nullable=False, server_default="2"))
    op.add_column("roll_objection", sa.Column("left", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("nomination_event") as table:
        table.alter_column("by_id", existing_type=sa.String(length=64), nullable=True)
