"""Events get a place in the journal, and a chain over all before them."""

import sqlalchemy as sa
from alembic import op

from fsmobile.protocol.event_chain import FIRST_EVENT_CHAIN, next_event_chain

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and chain the events that are there in the order of their ids."""
    op.add_column("event", sa.Column("seq", sa.BigInteger(), nullable=True))
    op.add_column("event", sa.Column("chain", sa.LargeBinary(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT event_id, at, kind, device_id, detail FROM event ORDER BY event_id")
    ).all()
    chain = FIRST_EVENT_CHAIN
    for seq, row in enumerate(rows, start=1):
        chain = next_event_chain(
            *(chain, seq, row.event_id),
            *(row.at, row.kind, None if row.device_id is None else bytes(row.device_id)),
            row.detail,
        )
        connection.execute(
            sa.text("UPDATE event SET seq = :seq, chain = :chain WHERE event_id = :event_id"),
            {"seq": seq, "chain": chain, "event_id": row.event_id},
        )
    with op.batch_alter_table("event") as table:
        table.create_unique_constraint("event_seq", ["seq"])
