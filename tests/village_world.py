"""A village: a registry with a timetable, two laptops of its bus, its town hall's secretary."""

import re
from hashlib import sha256
from pathlib import Path

import httpx
from fleet_worlds import PASSPHRASE, a_fleet_registry, a_signed_in_browser
from tui.day_samples import TREE
from worlds import FakeClock, Laptop, a_laptop

from fsmobile.protocol import records
from fsmobile.protocol.records import ScheduleFilePart, SchedulePublication
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.registry.fleet import accounts
from fsmobile.registry.service import RegistryService
from fsmobile.store import ops
from fsmobile.usecases.timetable import load_timetable

PAGE = "/flotte/rendez-vous"
LUXE = "16196"


def publish(laptop: Laptop, files: dict[str, str], base: int = 0) -> None:
    """Publish a timetable from a coordinator's laptop."""
    desk = laptop.desk
    manifest = {path: sha256(text.encode()).hexdigest() for path, text in files.items()}
    for path, text in files.items():
        part = ScheduleFilePart(sha256=manifest[path], part=0, parts=1, text=text)
        op = desk.agency_op(records.SCHEDULE_FILE, records.encode_schedule(part))
        ops.append(laptop.replica, op)
    whole = SchedulePublication(agency=desk.agency_id, base=base, manifest=manifest)
    op = desk.agency_op(records.SCHEDULE_PUBLISH, records.encode_schedule(whole), schema=2)
    ops.append(laptop.replica, op)
    assert laptop.sync().refused == []


class Village:
    """A registry with a timetable, two laptops of the bus, the town hall of Luxé."""

    def __init__(self, folder: Path) -> None:
        self.service: RegistryService = a_fleet_registry(folder, FakeClock())
        office = a_laptop(self.service, unit="bus-charente/bureau", role="coordinator", seed=5)
        publish(office, TREE)
        self.bus = [self._laptop(seed) for seed in (6, 7)]
        accounts.add_account(
            self.service.storage,
            self.service.clock,
            name="mairie-luxe",
            role="town_hall",
            agency="bus-charente",
            commune=LUXE,
            passphrase=PASSPHRASE,
        )
        self.secretary = a_signed_in_browser(self.service, "mairie-luxe")

    def _laptop(self, seed: int) -> Laptop:
        laptop = a_laptop(self.service, seed=seed, name=f"porte-{seed}", catalogue=load_catalogue())
        laptop.sync()
        load_timetable(laptop.desk)
        return laptop

    def sync(self) -> None:
        for _round in range(2):
            for laptop in self.bus:
                assert laptop.sync().refused == []

    def slots(self) -> list[str]:
        return re.findall(r'name="slot" required value="([^"]+)"', self.secretary.get(PAGE).text)

    def book(self, slot: str, **fields: str) -> httpx.Response:
        data = {"form_token": self.secretary.form_token(PAGE), "slot": slot, **fields}
        return self.secretary.ask("POST", PAGE, data)
