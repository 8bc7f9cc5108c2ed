"""Whose commune an account books for."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the commune; those that are here read the fleet, and book for none."""
    op.add_column("account", sa.Column("commune", sa.Text(), nullable=True))
