"""Rows of settings, epochs, laptops and enrolment codes."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, union, update

from fsmobile.protocol.orders import ERASE, POLICY, SCOPE_DROP
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry import schema
from fsmobile.registry.records import Declaration, DeviceRow
from fsmobile.registry.rows import Rows

NOTHING_DONE: Mapping[str, int] = MappingProxyType({})
_d = schema.device.c
_e = schema.epoch.c
_f = schema.former_scope.c
_DEVICE = (
    _d.device_id,
    _d.public_key,
    _d.name,
    _d.agency,
    _d.unit,
    _d.role,
    _d.revoked_at,
    _d.counter,
    _d.box_key,
    _d.erased_upto,
    _d.policy_upto,
    _d.dropped_upto,
    _d.enrolled_at,
    _d.former_keys,
)
"""In the order of `DeviceRow`."""

# Built once: SQLAlchemy spends more on building a statement than SQLite on running it.
_FIND_DEVICE = select(*_DEVICE).where(_d.device_id == bindparam("id"))
_TOUCH_DEVICE = (
    update(schema.device)
    .where(_d.device_id == bindparam("id"))
    .values(
        counter=bindparam("n"),
        app=bindparam("program"),
        last_seen_at=bindparam("now"),
        erased_upto=bindparam(ERASE),
        policy_upto=bindparam(POLICY),
        dropped_upto=bindparam("drop"),
    )
)
_TOUCH_DECLARING_DEVICE = _TOUCH_DEVICE.values(
    declared_writer=bindparam("writer"),
    declared_seq=bindparam("seq"),
    clock_ahead_ms=bindparam("ahead"),
)
# Those that no laptop is left of too, once it was given to another: their acts stay.
_LIST_UNITS = union(
    select(_d.unit).where(_d.agency == bindparam("id")),
    select(func.substr(_f.scope, len(unit_scope("")) + 1)).where(
        _f.scope.like(bindparam("scopes"))
    ),
).order_by("unit")
_CURRENT_EPOCH = select(_e.epoch).order_by(_e.rank.desc()).limit(1)


class DeviceRows(Rows):
    """Who may speak, and in which history."""

    __slots__ = ()

    def get_setting(self, key: str) -> bytes | None:
        """Return one setting."""
        return self.connection.execute(
            select(schema.setting.c.value).where(schema.setting.c.key == key)
        ).scalar_one_or_none()

    def set_setting(self, key: str, value: bytes) -> None:
        """Keep one setting, in the place of the one that there was."""
        self.connection.execute(delete(schema.setting).where(schema.setting.c.key == key))
        self.connection.execute(insert(schema.setting).values(key=key, value=value))

    def current_epoch(self) -> bytes:
        """Return the epoch of the history being written."""
        return bytes(self.connection.execute(_CURRENT_EPOCH).scalar_one())

    def open_epoch(self, epoch: bytes, cut: int, now: int, why: str) -> None:
        """Cut the history: cursors of older epochs are good only up to `cut`."""
        self._position = None
        rank = self.connection.execute(select(func.count()).select_from(schema.epoch)).scalar_one()
        self.connection.execute(
            insert(schema.epoch).values(rank=rank, epoch=epoch, cut=cut, opened_at=now, why=why)
        )
        # Numbers after the cut will be given again, to other orders.
        for upto in (_d.erased_upto, _d.policy_upto, _d.dropped_upto):
            self.connection.execute(update(schema.device).where(upto > cut).values({upto: cut}))

    def knows_epoch(self, epoch: bytes) -> bool:
        """Tell whether an epoch is one of this history."""
        found = self.connection.execute(select(_e.rank).where(_e.epoch == epoch)).first()
        return found is not None

    def cut_after(self, epoch: bytes) -> int:
        """Return up to which gsn a cursor of an older epoch is still good; 0 if unknown."""
        rank = self.connection.execute(
            select(_e.rank).where(_e.epoch == epoch)
        ).scalar_one_or_none()
        if rank is None:
            return 0
        cut = self.connection.execute(select(func.min(_e.cut)).where(_e.rank > rank)).scalar_one()
        return int(cut or 0)

    def find_device(self, device_id: bytes) -> DeviceRow | None:
        """Return a laptop by its id."""
        row = self.beside.execute(_FIND_DEVICE, {"id": device_id}).one_or_none()
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

    def assign_device(self, device: DeviceRow) -> None:
        """Give a known laptop the name, unit and role of a new code."""
        self.connection.execute(
            update(schema.device)
            .where(_d.device_id == device.device_id)
            .values(
                box_key=device.box_key,
                name=device.name,
                agency=device.agency,
                unit=device.unit,
                role=device.role,
            )
        )

    def renew_device_key(self, device: DeviceRow) -> None:
        """Keep the keys of a laptop, in the place of those that it had."""
        self.connection.execute(
            update(schema.device)
            .where(_d.device_id == device.device_id)
            .values(public_key=device.public_key, box_key=device.box_key, former_keys=device.former)
        )

    def leave_scopes(self, device_id: bytes, scopes: Iterable[str], gsn: int) -> None:
        """Note what a laptop worked for before, and the order that tells it."""
        for scope in scopes:
            self.return_to_scopes(device_id, [scope])
            row = insert(schema.former_scope)
            self.connection.execute(row.values(device_id=device_id, scope=scope, gsn=gsn))

    def return_to_scopes(self, device_id: bytes, scopes: Iterable[str]) -> None:
        """Forget that a laptop had left scopes in which it works again."""
        self.connection.execute(
            delete(schema.former_scope).where(_f.device_id == device_id, _f.scope.in_(list(scopes)))
        )

    def find_former_scopes(self, device_id: bytes, dropped_upto: int) -> frozenset[str]:
        """Return what a laptop has left, and has not said that it sent all of."""
        query = select(_f.scope).where(_f.device_id == device_id, _f.gsn > dropped_upto)
        return frozenset(self.beside.execute(query).scalars())

    def touch_device(
        self,
        device_id: bytes,
        counter: int,
        app: str,
        now: int,
        *,
        confirmed: Mapping[str, int] = NOTHING_DONE,
        declared: Declaration | None = None,
    ) -> None:
        """Note that a laptop spoke, and what it said of itself."""
        values: dict[str, object] = {"id": device_id, "n": counter, "program": app, "now": now}
        values |= {
            ERASE: confirmed.get(ERASE, 0),
            POLICY: confirmed.get(POLICY, 0),
            "drop": confirmed.get(SCOPE_DROP, 0),
        }
        if declared is None:
            self.beside.execute(_TOUCH_DEVICE, values)
            return
        values |= {
            "writer": declared.writer,
            "seq": declared.last_seq,
            "ahead": declared.clock_ahead_ms,
        }
        self.beside.execute(_TOUCH_DECLARING_DEVICE, values)

    def revoke_device(self, device_id: bytes, now: int) -> None:
        """Take a laptop's right to speak."""
        self.connection.execute(
            update(schema.device).where(_d.device_id == device_id).values(revoked_at=now)
        )

    def list_units(self, agency: str) -> list[str]:
        """Return the units of a structure that have or had a laptop."""
        values = {"id": agency, "scopes": unit_scope(f"{agency}/%")}
        return list(self.beside.execute(_LIST_UNITS, values).scalars())

    def list_names(self, unit: str, *, besides: bytes) -> set[str]:
        """Return the names of a unit's laptops, revoked ones too, without one of them."""
        query = select(_d.name).where(_d.unit == unit, _d.device_id != besides)
        return set(self.connection.execute(query).scalars())

    def list_devices(self) -> list[tuple[DeviceRow, int | None]]:
        """Return every laptop, and when it last spoke."""
        rows = self.connection.execute(select(*_DEVICE, _d.last_seen_at).order_by(_d.unit, _d.name))
        return [(DeviceRow(*row[:-1]), row[-1]) for row in rows]

    def count_devices(self) -> int:
        """Return how many laptops may speak."""
        query = select(func.count()).select_from(schema.device).where(_d.revoked_at.is_(None))
        return int(self.connection.execute(query).scalar_one())

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
        """Mark a code as used; its key stays, for the laptop that missed the answer."""
        c = schema.enrol_code.c
        self.connection.execute(
            update(schema.enrol_code).where(c.code_id == code_id).values(used_at=now)
        )
