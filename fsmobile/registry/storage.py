"""Every question and write of the registry's database, in one transaction at a time."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from fsmobile.registry import schema
from fsmobile.registry.records import DeviceRow, NewLink, NewRow, Revision, StoredOp, WriterRow

LOCK = 0x66736D6F
"""Advisory lock of PostgreSQL: « assign a gsn and commit » is one writer at a time, so that
the order of gsn is the order of visibility."""


class Storage:
    """The database of a registry."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine whose schema is up to date."""
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Run a block as one durable transaction, alone in its turn."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            yield Transaction(connection)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What can be asked and written inside one transaction."""

    connection: Connection

    # Settings and epochs

    def get_setting(self, key: str) -> bytes | None:
        """Return one setting."""
        return self.connection.execute(
            select(schema.setting.c.value).where(schema.setting.c.key == key)
        ).scalar_one_or_none()

    def set_setting(self, key: str, value: bytes) -> None:
        """Keep one new setting."""
        self.connection.execute(insert(schema.setting).values(key=key, value=value))

    def current_epoch(self) -> bytes:
        """Return the epoch of the history being written."""
        e = schema.epoch.c
        return bytes(
            self.connection.execute(select(e.epoch).order_by(e.rank.desc()).limit(1)).scalar_one()
        )

    def open_epoch(self, epoch: bytes, cut: int, now: int, why: str) -> None:
        """Cut the history: cursors of older epochs are good only up to `cut`."""
        rank = self.connection.execute(select(func.count()).select_from(schema.epoch)).scalar_one()
        self.connection.execute(
            insert(schema.epoch).values(rank=rank, epoch=epoch, cut=cut, opened_at=now, why=why)
        )

    def cut_after(self, epoch: bytes) -> int:
        """Return up to which gsn a cursor of an older epoch is still good; 0 if unknown."""
        e = schema.epoch.c
        rank = self.connection.execute(select(e.rank).where(e.epoch == epoch)).scalar_one_or_none()
        if rank is None:
            return 0
        cut = self.connection.execute(select(func.min(e.cut)).where(e.rank > rank)).scalar_one()
        return int(cut or 0)

    # Devices and codes

    def find_device(self, device_id: bytes) -> DeviceRow | None:
        """Return a laptop by its id."""
        row = self.connection.execute(
            select(*_device_columns()).where(schema.device.c.device_id == device_id)
        ).one_or_none()
        return None if row is None else DeviceRow(*row)

    def add_device(self, device: DeviceRow, app: str, now: int) -> None:
        """Make a laptop known."""
        self.connection.execute(
            insert(schema.device).values(
                device_id=device.device_id,
                public_key=device.public_key,
                box_key=device.box_key,
                name=device.name,
                agency=device.agency,
                unit=device.unit,
                role=device.role,
                enrolled_at=now,
                counter=0,
                app=app,
            )
        )

    def touch_device(self, device_id: bytes, counter: int, app: str, now: int) -> None:
        """Note that a laptop spoke."""
        d = schema.device.c
        self.connection.execute(
            update(schema.device)
            .where(d.device_id == device_id)
            .values(counter=counter, app=app, last_seen_at=now)
        )

    def revoke_device(self, device_id: bytes, now: int) -> None:
        """Take a laptop's right to speak."""
        d = schema.device.c
        self.connection.execute(
            update(schema.device).where(d.device_id == device_id).values(revoked_at=now)
        )

    def list_units(self, agency: str) -> list[str]:
        """Return the units of a structure that have a laptop."""
        d = schema.device.c
        return list(
            self.connection.execute(
                select(d.unit).where(d.agency == agency).distinct().order_by(d.unit)
            ).scalars()
        )

    def list_devices(self) -> list[tuple[DeviceRow, int | None]]:
        """Return every laptop, and when it last spoke."""
        d = schema.device.c
        rows = self.connection.execute(
            select(*_device_columns(), d.last_seen_at).order_by(d.unit, d.name)
        )
        return [(DeviceRow(*row[:-1]), row[-1]) for row in rows]

    def add_code(self, values: dict[str, Any]) -> None:
        """Keep an enrolment code's id and key."""
        self.connection.execute(insert(schema.enrol_code).values(**values))

    def find_code(self, code_id: bytes) -> Any | None:
        """Return an enrolment code by its id."""
        c = schema.enrol_code.c
        return self.connection.execute(
            select(schema.enrol_code).where(c.code_id == code_id)
        ).one_or_none()

    def use_code(self, code_id: bytes, now: int) -> None:
        """Mark a code as used; its key is of no more use to anybody."""
        c = schema.enrol_code.c
        self.connection.execute(
            update(schema.enrol_code).where(c.code_id == code_id).values(used_at=now, key=b"")
        )

    # Writers and chains

    def find_writer(self, writer: bytes) -> WriterRow | None:
        """Return a writer."""
        w = schema.writer.c
        row = self.connection.execute(
            select(w.writer, w.device_id, w.acked_seq).where(w.writer == writer)
        ).one_or_none()
        return None if row is None else WriterRow(*row)

    def add_writer(self, row: WriterRow, parent: tuple[bytes, int] | None, now: int) -> None:
        """Make a writer known."""
        self.connection.execute(
            insert(schema.writer).values(
                writer=row.writer,
                device_id=row.device_id,
                acked_seq=0,
                parent=None if parent is None else parent[0],
                parent_seq=None if parent is None else parent[1],
                opened_at=now,
            )
        )

    def chain_after(self, writer: bytes, seq: int) -> bytes | None:
        """Return the chain value held after a sequence."""
        k = schema.link.c
        return self.connection.execute(
            select(k.chain).where(and_(k.writer == writer, k.seq == seq))
        ).scalar_one_or_none()

    def add_links(self, writer: bytes, links: Sequence[NewLink]) -> None:
        """Extend a writer's chain."""
        self.connection.execute(
            insert(schema.link),
            [
                {
                    "writer": writer,
                    "seq": link.seq,
                    "op_id": link.op_id,
                    "hash": link.hash,
                    "chain": link.chain,
                }
                for link in links
            ],
        )
        w = schema.writer.c
        self.connection.execute(
            update(schema.writer).where(w.writer == writer).values(acked_seq=links[-1].seq)
        )

    def last_gsn_of(self, writer: bytes) -> int:
        """Return the greatest gsn of the ops in a writer's chain; 0 for none."""
        k, o = schema.link.c, schema.op.c
        query = select(func.max(o.gsn)).where(k.writer == writer, o.op_id == k.op_id)
        return int(self.connection.execute(query).scalar_one() or 0)

    def op_ids_between(self, writer: bytes, first: int, last: int) -> dict[str, int]:
        """Return op_id → seq of a stretch of a writer's chain."""
        k = schema.link.c
        rows = self.connection.execute(
            select(k.op_id, k.seq).where(and_(k.writer == writer, k.seq.between(first, last)))
        )
        return {str(op_id): int(seq) for op_id, seq in rows}

    # Ops and outcomes

    def last_gsn(self) -> int:
        """Return the greatest gsn given so far."""
        return int(self.connection.execute(select(func.max(schema.op.c.gsn))).scalar_one() or 0)

    def find_hashes(self, op_ids: Sequence[str]) -> dict[str, bytes]:
        """Return op_id → hash of those that are held."""
        o = schema.op.c
        rows = self.connection.execute(select(o.op_id, o.hash).where(o.op_id.in_(op_ids)))
        return {str(op_id): bytes(body_hash) for op_id, body_hash in rows}

    def add_ops(self, rows: Sequence[NewRow]) -> None:
        """Store ops."""
        self.connection.execute(
            insert(schema.op),
            [
                {
                    "gsn": row.gsn,
                    "op_id": row.op_id,
                    "writer": row.writer,
                    "kind": row.kind,
                    "scope": row.scope,
                    "entity": row.entity,
                    "body": row.body,
                    "hash": row.hash,
                    "is_forwarded": int(row.is_forwarded),
                    "received_at": row.received_at,
                }
                for row in rows
            ],
        )

    def add_rejected_body(self, writer: bytes, seq: int, op_id: str, body: bytes) -> None:
        """Keep the body of an op whose id is taken by another content."""
        self.connection.execute(
            insert(schema.rejected_body).values(writer=writer, seq=seq, op_id=op_id, body=body)
        )

    def add_outcome(self, op_id: str, code: str, detail: dict[str, Any]) -> None:
        """Keep what became of an op, once."""
        o = schema.outcome.c
        if self.connection.execute(select(o.op_id).where(o.op_id == op_id)).first() is None:
            self.connection.execute(
                insert(schema.outcome).values(op_id=op_id, code=code, detail=json.dumps(detail))
            )

    def find_outcomes(self, op_ids: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
        """Return op_id → (code, detail); an op without a row was merged."""
        o = schema.outcome.c
        rows = self.connection.execute(select(o.op_id, o.code, o.detail).where(o.op_id.in_(op_ids)))
        return {op_id: (code, json.loads(detail)) for op_id, code, detail in rows}

    def read_page(self, cursors: dict[str, int], *, not_by: bytes, ops_max: int) -> list[StoredOp]:
        """Return what follows the cursors, but for one writer's own, in order of gsn."""
        o = schema.op.c
        rows = self.connection.execute(
            select(o.gsn, o.scope, o.op_id, o.body, o.hash)
            .where(
                or_(*[and_(o.scope == scope, o.gsn > gsn) for scope, gsn in cursors.items()]),
                o.writer != not_by,
                o.is_forwarded == 1,
            )
            .order_by(o.gsn)
            .limit(ops_max)
        )
        return [StoredOp(*row) for row in rows]

    def count_kinds(self, unit_scope: str | None = None) -> dict[str, int]:
        """Return how many ops of each kind are held, of one scope or of all."""
        o = schema.op.c
        query = select(o.kind, func.count()).group_by(o.kind)
        if unit_scope is not None:
            query = query.where(o.scope == unit_scope)
        return {str(kind): int(count) for kind, count in self.connection.execute(query)}

    # Schedules

    def current_revision(self, agency: str) -> Revision | None:
        """Return the revision in force of a structure's schedule."""
        s = schema.schedule_revision.c
        row = self.connection.execute(
            select(s.revision, s.op_id, s.manifest)
            .where(s.agency == agency)
            .order_by(s.revision.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            return None
        return Revision(revision=row[0], op_id=row[1], manifest=json.loads(row[2]))

    def add_revision(self, agency: str, revision: Revision, now: int) -> None:
        """Publish a revision."""
        self.connection.execute(
            insert(schema.schedule_revision).values(
                agency=agency,
                revision=revision.revision,
                op_id=revision.op_id,
                manifest=json.dumps(revision.manifest),
                published_at=now,
            )
        )

    def add_schedule_part(
        self, agency: str, sha256: str, part: int, parts: int, content: str
    ) -> None:
        """Keep a part of a file, once."""
        s = schema.schedule_part.c
        known = self.connection.execute(
            select(s.part).where(s.agency == agency, s.sha256 == sha256, s.part == part)
        ).first()
        if known is None:
            self.connection.execute(
                insert(schema.schedule_part).values(
                    agency=agency, sha256=sha256, part=part, parts=parts, text=content
                )
            )

    def read_schedule_file(self, agency: str, sha256: str) -> str | None:
        """Return a file whose parts are all here, or None."""
        s = schema.schedule_part.c
        rows = self.connection.execute(
            select(s.parts, s.text).where(s.agency == agency, s.sha256 == sha256).order_by(s.part)
        ).all()
        if not rows or len(rows) != rows[0][0]:
            return None
        return "".join(content for _, content in rows)


def _device_columns() -> tuple[ColumnElement[Any], ...]:
    """Return the columns of a laptop, in the order of `DeviceRow`."""
    d = schema.device.c
    return (
        d.device_id,
        d.public_key,
        d.name,
        d.agency,
        d.unit,
        d.role,
        d.revoked_at,
        d.counter,
        d.box_key,
    )
