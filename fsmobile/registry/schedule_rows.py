"""Rows of published schedules: parts of files, revisions."""

import json

from sqlalchemy import and_, func, insert, select

from fsmobile.registry import schema
from fsmobile.registry.records import Revision
from fsmobile.registry.rows import Rows


class ScheduleRows(Rows):
    """The schedule trees of the structures."""

    __slots__ = ()

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

    def list_current_revisions(self) -> dict[str, tuple[int, int]]:
        """Return the revision in force of each structure, and when it was published, in ms."""
        s = schema.schedule_revision.c
        newest = (
            select(s.agency, func.max(s.revision).label("revision")).group_by(s.agency).subquery()
        )
        rows = self.connection.execute(
            select(s.agency, s.revision, s.published_at)
            .join(newest, and_(newest.c.agency == s.agency, newest.c.revision == s.revision))
            .order_by(s.agency)
        )
        return {agency: (revision, published_at) for agency, revision, published_at in rows}

    def list_past_revisions(self, agency: str, count: int) -> list[Revision]:
        """Return the newest revisions of a structure before the one in force."""
        s = schema.schedule_revision.c
        rows = self.connection.execute(
            select(s.revision, s.op_id, s.manifest)
            .where(s.agency == agency)
            .order_by(s.revision.desc())
            .offset(1)
            .limit(count)
        )
        return [
            Revision(revision=revision, op_id=op_id, manifest=json.loads(manifest))
            for revision, op_id, manifest in rows
        ]

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
