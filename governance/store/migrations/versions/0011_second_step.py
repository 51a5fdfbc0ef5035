"""A second step of signing in: authenticators, recovery codes, and which sessions have passed it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("signed_in", sa.Column("passed", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signed_in", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "second_step",
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_second_step_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_recovery_code_member_id_member")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_member_id"), "recovery_code", ["member_id"], unique=False)
