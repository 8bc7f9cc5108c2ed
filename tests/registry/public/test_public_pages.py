"""« Quand passe le bus ? » for whoever looks: found by any name, changes first, nothing private."""

import shutil
from pathlib import Path

import html5lib
import pytest
from icalendar import Calendar
from public_worlds import (
    CHARENTE,
    CREUSE,
    NOVEMBER_MS,
    Visitor,
    a_public_app,
    a_public_registry,
    publish,
    publish_again,
)
from sqlalchemy import Engine, event
from worlds import FakeClock, a_laptop, a_registry, a_visit

from fsmobile.registry.pace import BURST, Pace
from fsmobile.registry.public.answers import KEPT_MAX
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import visits

DAY_MS = 86_400_000
PAGES = (
    "/bus",
    "/bus/recherche?q=saint",
    "/bus/recherche",
    "/bus/commune/16196",
    "/bus/commune/23075",
    "/bus/commune/75056",
    "/bus/service/bus-charente",
    "/bus/service/mediabus-dracenie",
    "/bus/affiche/bus-charente/16196",
    "/bus/affiche/fsi-exemple-23/23075",
)


@pytest.fixture(scope="module")
def registry() -> RegistryService:
    return a_public_registry()


@pytest.fixture
def visitor(registry: RegistryService) -> Visitor:
    return Visitor(a_public_app(registry))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_html_and_asks_for_nothing_elsewhere(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert "<script" not in answer.text
    assert "http" not in answer.text.replace("https://registre.test/bus", "")
    assert "Set-Cookie" not in answer.headers
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_commune_says_its_next_passages(visitor: Visitor) -> None:
    page = visitor.get("/bus/commune/16196").text
    assert "Quand passe le bus à Luxé\N{NO-BREAK SPACE}?" in page
    assert "jeudi 26 novembre 2026" in page
    assert "de 13\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30 à 16\N{NO-BREAK SPACE}h" in page
    assert "Les jeudis des semaines paires, hors jours fériés" in page
    assert 'href="/bus/commune/16196.ics"' in page
    assert '<svg class="map"' in page


def test_what_is_cancelled_is_told_before_everything_else(visitor: Visitor) -> None:
    page = visitor.get("/bus/commune/23075").text
    notice = page.index("Le minibus est en panne")
    assert notice < page.index("<table>")
    assert page.index("<s>mardi 24 novembre 2026</s>") < page.index("vendredi 27 novembre 2026")
    assert "<strong>Annulé</strong>" in page


@pytest.mark.parametrize(
    ("query", "insee"),
    [
        ("luxe", "16196"),
        ("LUXÉ", "16196"),
        ("val de bonnieure", "16300"),
        ("nanteuil en v", "16242"),
        ("foret de tesse", "16142"),
    ],
)
def test_a_commune_is_found_without_accents_or_by_its_start(
    visitor: Visitor, query: str, insee: str
) -> None:
    answer = visitor.get(f"/bus/recherche?q={query}")
    if answer.status_code == 303:
        assert answer.headers["Location"] == f"/bus/commune/{insee}"
    else:
        assert answer.text.index(f"/bus/commune/{insee}") < answer.text.index("</li>")


def test_a_village_absorbed_since_is_found_by_the_name_people_say(visitor: Visitor) -> None:
    answer = visitor.get("/bus/recherche?q=fontclaireau")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/bus/commune/16206"
    several = visitor.get("/bus/recherche?q=bonneville").text.replace("&#39;", "'")
    assert 'href="/bus/commune/16339">Bonneville</a>' in several
    assert "aujourd'hui Val-d'Auge" in several
    old_code = visitor.get("/bus/commune/16140")
    assert old_code.status_code == 303
    assert old_code.headers["Location"] == "/bus/commune/16206"


def test_a_search_puts_the_communes_with_a_bus_first(visitor: Visitor) -> None:
    page = visitor.get("/bus/recherche?q=valence").text
    first, *_ = page.split('<ul class="hits">')[1].split("</li>")
    assert "/bus/commune/16392" in first
    assert "le bus y passe" in first


@pytest.mark.parametrize("query", ["", "   ", "zzzzzz", "%00", "<zz>", "é" * 500, "%", "_"])
def test_a_search_for_nothing_that_exists_says_so(visitor: Visitor, query: str) -> None:
    answer = visitor.ask("GET", "/bus/recherche?q=" + query.replace("<", "%3C"))
    assert answer.status_code == 200
    assert "<zz>" not in answer.text
    assert "Aucune commune" in answer.text or "Écrivez au moins" in answer.text


def test_a_commune_without_a_bus_says_so_and_names_the_nearest_stop(visitor: Visitor) -> None:
    page = visitor.get("/bus/commune/16015").text.replace("&#39;", "'")
    assert "Aucun bus ne s'arrête dans cette commune." in page
    nearest = page.split("Le plus près")[1]
    assert "/bus/commune/16295" in nearest.split("</li>")[0]
    assert "km à vol d'oiseau" in nearest
    assert visitor.get("/bus/commune/16015.ics").status_code == 200


def test_pages_and_feeds_that_do_not_exist_are_refused_in_words(visitor: Visitor) -> None:
    for path in ("/bus/rien", "/bus/commune/99999", "/bus/commune/99999.ics", "/bus/service/rien",
                 "/bus/service/bus-charente/rien.csv", "/bus/arret/bus-charente/charente/rien",
                 "/bus/arret/bus-charente/charente/rien.ics", "/bus/affiche/bus-charente/23075",
                 "/bus/commune/..%2F..%2Fetc"):  # fmt: skip
        answer = visitor.get(path)
        assert answer.status_code == 404, path
        assert "Page introuvable" in answer.text


def test_each_feed_named_by_a_page_is_given(visitor: Visitor) -> None:
    page = visitor.get("/bus/service/bus-charente").text
    paths = [part.split('"')[0] for part in page.split('href="')[1:]]
    feeds = [path for path in paths if path.endswith((".ics", ".csv", ".json"))]
    assert len(feeds) == 12 + 1 + 1 + 4
    for path in feeds:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        if path.endswith(".ics"):
            assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
            assert Calendar.from_ical(answer.text).walk("VEVENT"), path
    stop = visitor.get("/bus/arret/bus-charente/charente/luxe")
    assert stop.headers["Location"] == "/bus/commune/16196"


def test_a_calendar_for_google_tells_what_is_cancelled_by_its_title(visitor: Visitor) -> None:
    page = visitor.get("/bus/commune/23075").text
    assert 'href="/bus/commune/23075.ics?annules=visibles"' in page
    for path in ("/bus/commune/23075.ics", "/bus/arret/fsi-exemple-23/nord/dun.ics"):
        first = Calendar.from_ical(visitor.get(path).text).walk("VEVENT")[0]
        kept = Calendar.from_ical(visitor.get(f"{path}?annules=visibles").text).walk("VEVENT")[0]
        assert first["UID"] == kept["UID"]
        assert str(first["SUMMARY"]) == str(kept["SUMMARY"])
        assert str(kept["SUMMARY"]).startswith("ANNULÉ — ")
        assert (str(first["STATUS"]), str(kept["STATUS"])) == ("CANCELLED", "CONFIRMED")


def test_an_answer_is_kept_until_somebody_publishes(tmp_path: Path) -> None:
    folder = tmp_path / "charente"
    shutil.copytree(CHARENTE, folder)
    clock = FakeClock(NOVEMBER_MS)
    registry = a_registry(clock)
    laptop = publish(registry, folder, "bus-charente")
    visitor = Visitor(a_public_app(registry))
    first = visitor.get("/bus/commune/16196")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    tag = first.headers["ETag"]
    again = visitor.get("/bus/commune/16196", If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")
    _cancel_luxe(folder)
    clock.ms += 10_000
    publish_again(laptop, folder)
    clock.ms += 10_000
    after = visitor.get("/bus/commune/16196", If_None_Match=tag)
    assert after.status_code == 200
    assert "En raison de la météo, pas de passage à Luxé" in after.text
    events = Calendar.from_ical(visitor.get("/bus/commune/16196.ics").text).walk("VEVENT")
    assert str(events[0]["STATUS"]) == "CANCELLED"
    assert int(events[0]["SEQUENCE"]) == 2


def _cancel_luxe(folder: Path) -> None:
    override = folder / "surcharges" / "2026" / "2026-11-26-charente-luxe.toml"
    override.parent.mkdir(parents=True)
    override.write_text(
        'format = "surcharge/1"\naction = "annule"\nmotif = "meteo"\n', encoding="utf-8"
    )


def test_a_stop_that_is_gone_says_so_and_its_calendar_is_emptied(tmp_path: Path) -> None:
    folder = tmp_path / "charente"
    shutil.copytree(CHARENTE, folder)
    clock = FakeClock(NOVEMBER_MS)
    registry = a_registry(clock)
    laptop = publish(registry, folder, "bus-charente")
    tour = folder / "tournees" / "charente" / "2026-01-05.toml"
    text = tour.read_text(encoding="utf-8")
    start = text.index("[sorties.vendredi-paire]")
    tour.write_text(text[:start], encoding="utf-8")
    clock.ms += 10_000
    publish_again(laptop, folder)
    clock.ms += 10_000
    visitor = Visitor(a_public_app(registry))
    page = visitor.get("/bus/arret/bus-charente/charente/verteuil-sur-charente")
    assert page.status_code == 410
    assert "le bus ne s&#39;y arrête plus" in page.text
    assert "/bus/commune/16400" in page.text
    feed = visitor.get("/bus/arret/bus-charente/charente/verteuil-sur-charente.ics")
    assert feed.status_code == 200
    assert Calendar.from_ical(feed.text).walk("VEVENT") == []
    commune = visitor.get("/bus/commune/16400").text
    assert (
        "s&#39;arrêtait ici ; il n&#39;y passe plus".replace(" ;", "\N{NO-BREAK SPACE};") in commune
    )
    assert "Le plus près" in commune


def test_an_added_passage_that_is_taken_back_is_told_as_cancelled(tmp_path: Path) -> None:
    folder = tmp_path / "charente"
    shutil.copytree(CHARENTE, folder)
    clock = FakeClock(NOVEMBER_MS)
    registry = a_registry(clock)
    override = folder / "surcharges" / "2026" / "2026-11-28-charente-luxe.toml"
    override.parent.mkdir(parents=True)
    override.write_text(
        'format = "surcharge/1"\naction = "ajoute"\nouvert = "09:00-10:00"\n', encoding="utf-8"
    )
    laptop = publish(registry, folder, "bus-charente")
    visitor = Visitor(a_public_app(registry))
    before = visitor.get("/bus/commune/16196").text
    assert "samedi 28 novembre" in before
    override.unlink()
    clock.ms += 10_000
    publish_again(laptop, folder)
    clock.ms += 10_000
    after = visitor.get("/bus/commune/16196").text
    assert "samedi 28 novembre" in after
    assert after.lower().count("annulé") > before.lower().count("annulé")
    feed = Calendar.from_ical(visitor.get("/bus/commune/16196.ics").text)
    (event,) = [one for one in feed.walk("VEVENT") if one["DTSTART"].dt.day == 28
                and one["DTSTART"].dt.month == 11]  # fmt: skip
    assert event["STATUS"] == "CANCELLED"


def test_names_that_would_be_markup_are_shown_as_they_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "charente"
    shutil.copytree(CHARENTE, folder)
    name = "Bus <script>alert(1)</script> & ]]> l'autre"
    for file, known in (("structure.toml", "Bus France services de la Charente"),
                        ("lieux.toml", "Luxé — place de la mairie")):  # fmt: skip
        text = (folder / file).read_text(encoding="utf-8")
        assert known in text
        (folder / file).write_text(text.replace(known, name), encoding="utf-8")
    registry = a_registry(FakeClock(NOVEMBER_MS))
    publish(registry, folder, "bus-charente")
    visitor = Visitor(a_public_app(registry))
    for path in ("/bus", "/bus/commune/16196", "/bus/service/bus-charente", "/bus/commune/16015",
                 "/bus/affiche/bus-charente/16196"):  # fmt: skip
        page = visitor.get(path).text
        html5lib.HTMLParser(strict=True).parse(page)
        assert "<script" not in page
        assert "&lt;script&gt;" in page or path == "/bus/commune/16015"


def test_before_its_first_day_a_service_says_when_it_begins() -> None:
    clock = FakeClock(NOVEMBER_MS - 360 * DAY_MS)
    registry = a_registry(clock)
    publish(registry, CHARENTE, "bus-charente")
    page = Visitor(a_public_app(registry)).get("/bus/commune/16317").text
    assert "Le bus commence bientôt" in page
    assert "premier passage lundi 12 janvier 2026" in page


def test_the_day_after_the_passage_of_yesterday_is_gone(tmp_path: Path) -> None:
    clock = FakeClock(NOVEMBER_MS)
    registry = a_registry(clock)
    publish(registry, CHARENTE, "bus-charente")
    visitor = Visitor(a_public_app(registry))
    assert "jeudi 26 novembre 2026" in visitor.get("/bus/commune/16196").text
    clock.ms += 5 * DAY_MS
    later = visitor.get("/bus/commune/16196").text
    assert "jeudi 26 novembre 2026" not in later
    assert "jeudi 10 décembre 2026" in later


def test_a_registry_where_nobody_published_has_pages_all_the_same() -> None:
    visitor = Visitor(a_public_app(a_registry(FakeClock(NOVEMBER_MS))))
    assert "Aucun service n&#39;a encore publié" in visitor.get("/bus").text
    assert "Aucun bus ne s&#39;arrête" in visitor.get("/bus/commune/16196").text


@pytest.fixture
def asked_tables(sqlite_engine: Engine) -> list[str]:
    statements: list[str] = []

    @event.listens_for(sqlite_engine, "before_cursor_execute")
    def note(_c, _cursor, statement, *_rest):
        statements.append(statement)

    return statements


def test_only_published_timetables_are_read(sqlite_engine: Engine, asked_tables: list[str]) -> None:
    registry = a_public_registry(engine=sqlite_engine)
    bus = a_laptop(registry, name="portable", seed=9)
    visits.record_visit(bus.desk, a_visit(note="une remarque"))
    bus.sync()
    visitor = Visitor(a_public_app(registry))
    asked_tables.clear()
    for path in (*PAGES, "/bus/commune/16196.ics", "/bus/service/bus-charente/passages.json"):
        assert "une remarque" not in visitor.get(path).text
    assert asked_tables
    read = " ".join(asked_tables)
    for table in ("op", "device", "outcome", "visit", "event", "account", "quarantine", "session"):
        assert f"FROM {table} " not in f"{read} ".replace("\n", " "), table
    for statement in asked_tables:
        if statement.startswith("SELECT"):
            assert "schedule_revision" in statement or "schedule_part" in statement


def test_pages_are_read_from_each_database(engine: Engine) -> None:
    registry = a_public_registry(engine=engine)
    visitor = Visitor(a_public_app(registry))
    for path in PAGES:
        assert visitor.get(path).status_code == 200


def test_whoever_asks_too_often_is_told_when_to_come_back(registry: RegistryService) -> None:
    app = a_public_app(registry)
    greedy, other = Visitor(app), Visitor(app, host="203.0.113.10")
    answers = [greedy.get("/bus/style.css") for _ in range(BURST + 20)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert other.get("/bus").status_code == 200


def test_a_pace_gives_back_what_time_brings_and_forgets_who_left() -> None:
    seconds = [0.0]
    pace = Pace(now=lambda: seconds[0])
    assert [pace.wait("a") for _ in range(BURST)] == [0] * BURST
    assert pace.wait("a") == 1
    seconds[0] += 1
    assert [pace.wait("a"), pace.wait("a")] == [0, 0]
    assert pace.wait("a") == 1
    for number in range(10_001):
        pace.wait(f"other-{number}")
    assert pace.wait("a") == 0


def test_many_different_questions_do_not_fill_the_memory(visitor: Visitor) -> None:
    pages = next(one for one in visitor.app.routes if getattr(one, "path", "") == "/bus")
    answers = pages.routes[0].endpoint.__self__.answers
    answers.pace.now = lambda: 0.0
    for number in range(KEPT_MAX + 50):
        visitor.host = f"198.51.100.{number % 250}-{number}"
        visitor.get(f"/bus/recherche?q=zz{number}")
    assert len(answers._kept) <= KEPT_MAX


def test_the_notice_holds_its_style_and_a_code_to_the_calendar(visitor: Visitor) -> None:
    answer = visitor.get("/bus/affiche/fsi-exemple-23/23075")
    assert "'sha256-" in answer.headers["Content-Security-Policy"]
    assert "https://registre.test/bus/commune/23075" in answer.text
    assert 'role="img"' in answer.text
    assert CREUSE.name not in answer.text
