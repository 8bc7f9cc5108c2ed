"""What the fleet pages show, to whom, and what they never show."""

import re
from datetime import date, time
from pathlib import Path

import pytest
from fleet_worlds import a_browser, a_fleet_registry, a_signed_in_browser, add_account
from worlds import FakeClock, Laptop, a_laptop, a_visit

from fsmobile.core.ids import PlaceId
from fsmobile.core.passages import PassageReason
from fsmobile.protocol.certificates import device_id_of
from fsmobile.registry.administration import revoke
from fsmobile.registry.fleet.fleet_rows import FleetRows
from fsmobile.registry.fleet.overviews import SILENT_MS
from fsmobile.registry.records import Declaration, DeviceRow
from fsmobile.registry.service import RegistryService
from fsmobile.store import ops
from fsmobile.texts.translation import speaking
from fsmobile.usecases import passages, visits
from fsmobile.usecases.schedule_publishing import publish_schedule
from fsmobile.usecases.timetable import load_timetable

CHARENTE = "/flotte/structure/bus-charente"
TODAY = date(2026, 11, 26)
SCHEDULES = Path(__file__).parents[3] / "schedules"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def registry(tmp_path: Path, clock: FakeClock) -> RegistryService:
    service = a_fleet_registry(tmp_path, clock)
    add_account(service, "ana")
    return service


def rows_of(page: str, caption: str) -> dict[str, list[str]]:
    """Return the cells of the table with this caption, by the text of their row's head."""
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    (table,) = [one for one in tables if caption in one]
    found = {}
    for row in re.findall(r'<tr role="row">(.*?)</tr>', table, re.DOTALL)[1:]:
        head = text_of(re.findall(r"<th.*?</th>", row, re.DOTALL)[0])
        cells = re.findall(r'<span class="value">(.*?)</span></td>', row, re.DOTALL)
        found[head] = [text_of(cell) for cell in cells]
    return found


def text_of(html: str) -> str:
    """Return the words of a piece of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).replace("&#39;", "'").split())


def device_path(page: str, name: str) -> str:
    """Return where the page of a laptop is."""
    return re.findall(rf'href="(/flotte/poste/\w+)"><bdi>{re.escape(name)}<', page)[0]


def test_an_empty_registry_says_what_to_do(registry: RegistryService) -> None:
    page = a_signed_in_browser(registry, "ana").get("/flotte").text
    assert "Aucun poste n&#39;est encore inscrit." in page
    assert "fsmobile registry enrol-code" in page


def test_a_laptop_that_never_spoke_is_shown_as_such(registry: RegistryService) -> None:
    a_laptop(registry, name="neuf")
    page = a_signed_in_browser(registry, "ana").get(CHARENTE).text
    assert rows_of(page, "déclaré")["neuf"] == [
        "bus-1",
        "agent",
        "jamais",
        "inconnu",
        "inconnue",
        "0.1.0",
        "0",
        "aucun",
        "▲ jamais venu",
    ]


def test_a_laptop_in_order_has_nothing_to_look_into(
    registry: RegistryService, clock: FakeClock
) -> None:
    laptop = a_laptop(registry, name="portable")
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    clock.ms += 5 * 60_000
    cells = rows_of(a_signed_in_browser(registry, "ana").get(CHARENTE).text, "déclaré")["portable"]
    assert cells[2:] == [
        "il y a 5 min 26/11/2026 09:00",
        "0",
        "à l'heure",
        "0.1.0",
        "0",
        "aucun",
        "rien",
    ]


def test_what_a_laptop_still_has_to_send_is_what_it_declared(registry: RegistryService) -> None:
    laptop = a_laptop(registry)
    for _ in range(3):
        visits.record_visit(laptop.desk, a_visit())
    # The first page of work is lost on the way: the registry hears of it, and holds nothing.
    device = device_id_of(laptop.key.public)
    with registry.storage.transaction() as transaction:
        transaction.touch_device(
            device, 1, "0.1.0", registry.clock.now_ms(), declared=Declaration(b"w" * 16, 3, 0)
        )
    cells = rows_of(a_signed_in_browser(registry, "ana").get(CHARENTE).text, "déclaré")["portable"]
    assert cells[3] == "3"
    assert cells[-1] == "▲ reste à envoyer"
    laptop.sync()
    cells = rows_of(a_signed_in_browser(registry, "ana").get(CHARENTE).text, "déclaré")["portable"]
    assert cells[3] == "0"


def test_a_clock_that_is_wrong_is_measured_and_told(registry: RegistryService) -> None:
    ahead = FakeClock(registry.clock.now_ms() + 12 * 60_000)
    a_laptop(registry, clock=ahead, name="rapide").sync()
    behind = FakeClock(registry.clock.now_ms() - 3 * 86_400_000)
    a_laptop(registry, clock=behind, name="lent", seed=3).sync()
    page = a_signed_in_browser(registry, "ana").get(CHARENTE).text
    rows = rows_of(page, "déclaré")
    assert rows["rapide"][4:] == [
        "en avance de 12 min",
        "0.1.0",
        "0",
        "aucun",
        "▲ horloge fausse",
    ]
    assert rows["lent"][4] == "en retard de 3 j"


def test_a_silent_and_a_revoked_laptop_are_told(
    registry: RegistryService, clock: FakeClock
) -> None:
    a_laptop(registry, name="ancien").sync()
    a_laptop(registry, name="perdu", seed=3).sync()
    revoke(registry, "perdu")
    clock.ms += SILENT_MS
    browser = a_signed_in_browser(registry, "ana")
    rows = rows_of(browser.get(CHARENTE).text, "déclaré")
    assert rows["ancien"][2] == "il y a 7 jours 26/11/2026 09:00"
    assert rows["ancien"][-1] == "▲ silencieux"
    assert rows["perdu"][-1] == "▲ révoqué"
    counts = rows_of(browser.get("/flotte").text, "par structure")["bus-charente"]
    assert counts[:3] == ["1", "1", "0"]
    page = browser.get(CHARENTE).text
    assert "Poste révoqué." in page


def test_the_day_counts_passages_and_visits_and_names_nobody(
    registry: RegistryService, clock: FakeClock
) -> None:
    coordinator = a_laptop(registry, role="coordinator", name="coordination")
    publish_schedule(coordinator.desk, SCHEDULES / "bus-charente", why="")
    coordinator.sync()
    bus = a_laptop(registry, name="portable", seed=3)
    bus.sync()
    bus.desk.tree = load_timetable(bus.desk)
    first, other = (line.passage_id for line in passages.load_day(bus.desk, TODAY).lines)
    passages.open_passage(bus.desk, first)
    visits.record_visit(bus.desk, a_visit(people=3, note="Mme Fontaine, rue des Lilas"))
    voided = visits.record_visit(bus.desk, a_visit())
    visits.void_visit(bus.desk, voided, "erreur")
    visits.record_visit(bus.desk, a_visit(service_date=date(2026, 11, 25), starts=time(10)))
    passages.open_unplanned(bus.desk, PlaceId("ruffec"))
    passages.cancel_passage(bus.desk, other, PassageReason.BREAKDOWN)
    bus.sync()
    browser = a_signed_in_browser(registry, "ana")
    page = browser.get(CHARENTE).text
    assert "Journée du jeudi 26 novembre 2026" in page
    assert "Planning\xa0: révision 1, publiée le 26/11/2026 09:00." in page
    assert rows_of(page, "le registre tient")["bus-1"] == [
        "2 + 1 imprévu",
        "2",
        "0",
        "1",
        "1",
        "3",
        "2",
    ]
    laptop = browser.get(device_path(page, "portable")).text
    for shown in (page, laptop):
        assert "Fontaine" not in shown
        assert "Lilas" not in shown
        assert "retraite-dossier" not in shown
    clock.ms += 86_400_000
    tomorrow = rows_of(browser_again(registry).get(CHARENTE).text, "le registre tient")
    assert tomorrow["bus-1"][4:] == ["0", "0", "0"]


def browser_again(registry: RegistryService):
    """Sign in on another day."""
    return a_signed_in_browser(registry, "ana")


def test_what_was_refused_is_told_with_its_reason_and_without_its_content(
    registry: RegistryService,
) -> None:
    laptop = a_laptop(registry, name="portable")
    fact = laptop.desk.record("visit.record", b'{"note": "Mme Fontaine"}')
    assert fact.op_id
    laptop.sync()
    browser = a_signed_in_browser(registry, "ana")
    page = browser.get(CHARENTE).text
    assert rows_of(page, "déclaré")["portable"][-3:] == ["1", "aucun", "▲ actes refusés"]
    laptop_page = browser.get(device_path(page, "portable")).text
    (cells,) = rows_of(laptop_page, "Rien n&#39;est effacé").values()
    assert cells == [
        "visite",
        "26/11/2026 09:00",
        "Le contenu n'a pas la forme attendue : prévenir le support.",
    ]
    assert "Fontaine" not in laptop_page


def test_the_writers_of_a_laptop_and_what_they_go_on_from(registry: RegistryService) -> None:
    laptop = a_laptop(registry, name="portable")
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    first = open_writer(laptop)
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    browser = a_signed_in_browser(registry, "ana")
    page = browser.get(device_path(browser.get(CHARENTE).text, "portable")).text
    rows = rows_of(page, "Un journal")
    assert rows[first.hex()[:8]][1] == "1"
    (second,) = [cells for writer, cells in rows.items() if writer != first.hex()[:8]]
    assert second[-1] == f"{first.hex()[:8]}, au n° 1"


def open_writer(laptop: Laptop) -> bytes:
    """Open a new writer on a laptop, as after a restoration; return the one before."""
    before = ops.list_writers(laptop.replica)[-1]
    ops.open_writer(laptop.replica, before.writer, before.acked_seq, "restored")
    return before.writer


def test_a_coordinator_sees_one_structure_and_no_other(registry: RegistryService) -> None:
    a_laptop(registry, name="portable")
    a_laptop(registry, name="secret", unit="bus-manche/bus-1", seed=3)
    add_account(registry, "carole", "coordinator", "bus-charente")
    browser = a_signed_in_browser(registry, "carole")
    assert str(browser.get("/flotte").url).endswith(CHARENTE)
    assert "secret" not in browser.get("/flotte").text
    other = browser.get("/flotte/structure/bus-manche")
    nowhere = browser.get("/flotte/structure/bus-nulle-part")
    assert other.status_code == nowhere.status_code == 404
    assert other.text == nowhere.text
    everything = a_signed_in_browser(registry, "ana")
    path = device_path(everything.get("/flotte/structure/bus-manche").text, "secret")
    assert everything.get(path).status_code == 200
    assert browser.get(path).status_code == 404
    assert browser.get(device_path(browser.get(CHARENTE).text, "portable")).status_code == 200


def test_a_reader_sees_counts_and_no_laptop_by_itself(registry: RegistryService) -> None:
    laptop = a_laptop(registry, name="portable")
    laptop.sync()
    add_account(registry, "lea", "reader", "bus-charente")
    browser = a_signed_in_browser(registry, "lea")
    page = browser.get(CHARENTE).text
    assert "portable" in rows_of(page, "déclaré")
    assert "/flotte/poste/" not in page
    assert "Événements" not in page
    assert browser.get(f"/flotte/poste/{device_id_of(laptop.key.public).hex()}").status_code == 404


def test_a_reader_of_all_structures_sees_their_list_without_the_events(
    registry: RegistryService,
) -> None:
    a_laptop(registry, name="portable")
    add_account(registry, "lea", "reader")
    page = a_signed_in_browser(registry, "lea").get("/flotte").text
    assert "bus-charente" in page
    assert "Événements" not in page


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "a" * 200],
)
def test_a_hostile_name_of_a_laptop_is_only_text(registry: RegistryService, name: str) -> None:
    a_laptop(registry, name=name[:100])
    browser = a_signed_in_browser(registry, "ana")
    page = browser.get(CHARENTE).text
    (path,) = set(re.findall(r'href="(/flotte/poste/\w+)"', page))
    for shown in (page, browser.get(path).text):
        assert "<script" not in shown
        assert "<img" not in shown
        assert ">49<" not in shown


def test_a_name_that_turns_the_text_round_is_defused(registry: RegistryService) -> None:
    laptop = a_laptop(registry)
    with registry.storage.transaction() as transaction:
        transaction.connection.exec_driver_sql(
            "UPDATE device SET name = ?", ("po\u202este\u0000\n2",)
        )
    browser = a_signed_in_browser(registry, "ana")
    page = browser.get(f"/flotte/poste/{device_id_of(laptop.key.public).hex()}").text
    assert "\u202e" not in page
    assert "po\N{REPLACEMENT CHARACTER}ste" in page


@pytest.mark.parametrize(
    "path",
    [
        "/flotte/poste/zz",
        "/flotte/poste/" + "00" * 16,
        "/flotte/poste/" + "0" * 5_000,
        "/flotte/structure/%3Cb%3E",
        "/flotte/structure/..%2f..",
        "/flotte/rien",
        "/flotte/structure/%00",
    ],
)
def test_a_page_that_is_not_there_is_a_404_in_words(registry: RegistryService, path: str) -> None:
    answer = a_signed_in_browser(registry, "ana").get(path)
    assert answer.status_code == 404
    assert "Page introuvable" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "9999999", "abc", "٣", "1e9", ""])
def test_a_page_number_that_cannot_be_is_a_page_that_can(
    registry: RegistryService, page: str
) -> None:
    a_laptop(registry)
    browser = a_signed_in_browser(registry, "ana")
    for path in ("/flotte", CHARENTE):
        assert browser.get(f"{path}?page={page}").status_code == 200


def test_many_laptops_are_shown_page_by_page(registry: RegistryService) -> None:
    with registry.storage.transaction() as transaction:
        for number in range(250):
            unit = f"bus-charente/bus-{number}"
            key = number.to_bytes(32, "big")
            device = DeviceRow(key[-16:], key, f"poste-{number:03}", "bus-charente", unit, "agent")
            transaction.add_device(device, "0.1.0", 0)
    browser = a_signed_in_browser(registry, "ana")
    first, second = browser.get(CHARENTE).text, browser.get(f"{CHARENTE}?page=2").text
    counts = [len(rows_of(page, "déclaré")) for page in (first, second)]
    assert counts == [200, 50]
    assert "Page 1 sur 2" in first
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


def test_the_first_op_of_a_day_is_found_whatever_the_gaps(registry: RegistryService) -> None:
    with registry.storage.transaction() as transaction:
        for gsn, at in ((1, 10), (2, 10), (5, 20), (9, 30), (10, 30)):
            transaction.connection.exec_driver_sql(
                "INSERT INTO op (gsn, op_id, writer, kind, scope, entity, hash, is_forwarded,"
                " received_at, history) VALUES (?, ?, x'00', '', '', '', x'00', 1, ?, x'00')",
                (gsn, f"op-{gsn}", at),
            )
        rows = FleetRows(transaction.connection)
        found = {at: rows.first_gsn_since(at) for at in (0, 10, 11, 20, 21, 30, 31)}
    assert found[0] == found[10] == 1
    assert 2 < found[11] <= 5
    assert found[20] == found[11]
    assert 5 < found[21] <= 9
    assert found[30] == found[21]
    assert found[31] == 11


def test_the_pages_speak_english_too(registry: RegistryService) -> None:
    a_laptop(registry)
    with speaking("en"):
        page = a_browser(registry).get("/flotte/connexion").text
    assert '<html lang="en">' in page
    assert "Sign in" in page
