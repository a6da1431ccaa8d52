"""Which cases one message told of."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bundle", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.create_index("cases_bundle", ["bundle"], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("cases_bundle")
        batch_op.drop_column("bundle")
