"""Each act of the pages, tried by each role in its own structure and in another's."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fleet_worlds import PASSPHRASE, Browser, a_browser, a_fleet_registry
from worlds import Laptop, a_laptop, a_visit

from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.fleet import accounts
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.registry.fleet.rights import RIGHTS, AccountRole, Right
from fsmobile.registry.journal import verify_journal
from fsmobile.registry.records import Event, EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import visits

HERE, THERE = "bus-charente", "bus-creuse"


@dataclass
class Land:
    """A registry with a laptop in each of two structures, each with a visit."""

    registry: RegistryService
    laptops: dict[str, Laptop]
    ids: dict[str, str]
    visits: dict[str, str]


@pytest.fixture
def land(tmp_path: Path) -> Land:
    registry = a_fleet_registry(tmp_path)
    laptops, ids, recorded = {}, {}, {}
    for seed, agency in enumerate((HERE, THERE), start=10):
        laptop = a_laptop(registry, unit=f"{agency}/bus-1", name=agency, seed=seed)
        recorded[agency] = str(visits.record_visit(laptop.desk, a_visit()))
        laptop.sync()
        laptops[agency] = laptop
    with registry.storage.reading() as transaction:
        for device, _seen in transaction.list_devices():
            ids[device.agency] = device.device_id.hex()
    return Land(registry, laptops, ids, recorded)


def a_person(land: Land, role: AccountRole, agency: str | None) -> Browser:
    accounts.add_account(
        land.registry.storage, land.registry.clock, name="ana", role=role, agency=agency,
        passphrase=PASSPHRASE, commune="16196" if role == AccountRole.TOWN_HALL else None,
    )  # fmt: skip
    browser = a_browser(land.registry)
    assert browser.sign_in("ana").status_code == 200
    return browser


Act = Callable[[Land, Browser, str], httpx.Response]


def post(browser: Browser, path: str, **fields: str) -> httpx.Response:
    token = browser.form_token("/flotte")
    return browser.ask("POST", f"/flotte{path}", {"form_token": token, **fields})


ACTS: dict[Right, Act] = {
    Right.SEE_FLEET: lambda land, one, agency: one.get(f"/flotte/structure/{agency}"),
    Right.SEE_LAPTOPS: lambda land, one, agency: one.get(f"/flotte/poste/{land.ids[agency]}"),
    Right.SEE_ERASURES: lambda land, one, agency: one.get("/flotte/effacements"),
    Right.REVOKE: lambda land, one, agency: post(one, f"/poste/{land.ids[agency]}/revocation"),
    Right.MOVE: lambda land, one, agency: post(
        one, f"/poste/{land.ids[agency]}/affectation", unit=f"{agency}/bus-9", role="coordinator"
    ),
    Right.ERASE: lambda land, one, agency: post(
        one, "/effacements", acts=land.visits[agency], ground="demande"
    ),
    Right.BOOK: lambda land, one, agency: post(one, "/rendez-vous", slot="x|10:00"),
}
"""How each right is used; that to see events is a part of another page."""
OF_ONE_STRUCTURE = {AccountRole.COORDINATOR, AccountRole.TOWN_HALL}
PEOPLE = [
    *[(role, HERE) for role in AccountRole if role != AccountRole.ADMINISTRATOR],
    *[(role, None) for role in AccountRole if role not in OF_ONE_STRUCTURE],
]


def state_of(land: Land) -> tuple[object, ...]:
    """Return what no refused act may change."""
    with land.registry.storage.reading() as transaction:
        devices = [device for device, _seen in transaction.list_devices()]
        rows = {one.op_id: one.kind for one in transaction.find_targets([*land.visits.values()])}
        held = transaction.list_bodies("visit.record")
        return (
            sorted((one.device_id, one.unit, one.role, one.revoked_at) for one in devices),
            rows, held, transaction.count_kinds(),
        )  # fmt: skip


def forbidden(land: Land) -> list[Event]:
    with land.registry.storage.reading() as transaction:
        return [one for one in transaction.list_events(50) if one.kind == EventKind.FORBIDDEN]


def test_each_right_but_that_to_see_events_is_tried_and_each_role_has_a_row() -> None:
    assert set(ACTS) == set(Right) - {Right.SEE_EVENTS}
    assert set(RIGHTS) == set(AccountRole)


@pytest.mark.parametrize("right", list(ACTS))
@pytest.mark.parametrize(("role", "agency"), PEOPLE)
def test_what_a_role_may_not_do_is_refused_changes_nothing_and_is_in_the_journal(
    land: Land, role: AccountRole, agency: str | None, right: Right
) -> None:
    browser = a_person(land, role, agency)
    for target in (THERE, HERE):
        is_anywhere = agency is None or right in (Right.SEE_ERASURES, Right.BOOK)
        if right in RIGHTS[role] and (is_anywhere or target == agency):
            continue
        before, noted = state_of(land), len(forbidden(land))
        answer = ACTS[right](land, browser, target)
        assert answer.status_code == 404
        for said in (land.ids[target], target, f"{target}/bus-1"):
            assert said not in answer.text.replace(str(agency), "")
        assert state_of(land) == before
        events = forbidden(land)
        assert len(events) == noted + 1
        assert events[0].detail == f"ana ({role}) : {right}"
    assert verify_journal(land.registry.storage).faults == []


@pytest.mark.parametrize("right", [one for one in ACTS if one != Right.BOOK])
@pytest.mark.parametrize(("role", "agency"), PEOPLE)
def test_what_a_role_may_do_is_done_and_noted_as_no_trespass(
    land: Land, role: AccountRole, agency: str | None, right: Right
) -> None:
    if right not in RIGHTS[role]:
        browser = a_browser(land.registry)
        assert ACTS[Right.SEE_FLEET](land, browser, HERE).url.path == "/flotte/connexion"
        return
    browser = a_person(land, role, agency)
    before = state_of(land)
    answer = ACTS[right](land, browser, HERE)
    assert answer.status_code == 200, answer.text
    assert forbidden(land) == []
    acts = {Right.REVOKE, Right.MOVE, Right.ERASE}
    assert (state_of(land) != before) == (right in acts)
    if right in acts:
        with land.registry.storage.reading() as transaction:
            assert "ana" in transaction.list_events(1)[0].detail


@pytest.mark.parametrize("right", [Right.REVOKE, Right.MOVE, Right.ERASE])
def test_a_form_that_our_page_did_not_show_does_nothing(land: Land, right: Right) -> None:
    role = AccountRole.PROTECTION_OFFICER if right == Right.ERASE else AccountRole.ADMINISTRATOR
    browser = a_person(land, role, None)
    paths = {
        Right.REVOKE: f"/flotte/poste/{land.ids[HERE]}/revocation",
        Right.MOVE: f"/flotte/poste/{land.ids[HERE]}/affectation",
        Right.ERASE: "/flotte/effacements",
    }
    before = state_of(land)
    fields = {"acts": land.visits[HERE], "ground": "x", "unit": f"{HERE}/bus-9", "form_token": "x"}
    assert browser.ask("POST", paths[right], fields).status_code == 409
    assert state_of(land) == before


def test_what_an_officer_erases_is_written_down_outside_the_database(land: Land) -> None:
    browser = a_person(land, AccountRole.PROTECTION_OFFICER, HERE)
    written: list[str] = []
    pages = FleetPages(
        land.registry, None, lambda erasures: written.extend(one.op_id for one in erasures)
    )
    browser.app = make_app(
        land.registry, load_wire_dictionary(), DICTIONARY_ID, more_routes=pages.routes()
    )
    assert ACTS[Right.ERASE](land, browser, HERE).status_code == 200
    assert len(written) == 1
    land.laptops[HERE].sync()
    assert visits.list_visits(land.laptops[HERE].desk) == []
