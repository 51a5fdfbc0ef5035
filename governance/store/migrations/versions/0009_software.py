"""Where the software of an installation can be had, for whoever checks it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("software", sa.Text(), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("software_hash", sa.Text(), nullable=False, server_default=""))
