"""`fsmobile schedule export` as a coordinator types it: every form, and what is refused."""

import json
import re
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from icalendar import Calendar
from worlds import a_laptop, a_registry

from fsmobile.cli import schedule_export
from fsmobile.cli.main import run
from fsmobile.texts.translation import speaking
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.schedule_publishing import publish_schedule
from fsmobile.usecases.timetable import load_timetable

ROOT = Path(__file__).parents[2]
CHARENTE = str(ROOT / "schedules" / "bus-charente")
CREUSE = str(ROOT / "tests" / "validation" / "exemple-creuse")
INVALID, ABSENT = 3, 4


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laptop's folder where nothing is enrolled."""
    monkeypatch.setenv("FSMOBILE_HOME", str(tmp_path / "home"))
    return tmp_path


def export(*words: str) -> int:
    return run(["schedule", "export", *words])


def test_everything_is_written_into_a_folder(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = home / "public"
    assert export("tout", CHARENTE, "--date", "2026-11-22", "--to", str(out)) == 0
    files = {one.relative_to(out).as_posix() for one in out.rglob("*") if one.is_file()}
    assert f"{len(files)} fichiers écrits dans {out}" in capsys.readouterr().out
    assert {"passages.json", "opening-hours.csv", "mobile-library.csv"} <= files
    assert "lieux-mediation-numerique.csv" in files
    assert len([one for one in files if one.startswith("arrets/")]) == 12
    assert len([one for one in files if one.startswith("affiches/")]) == 12
    assert {"tournees/charente.ics", "bus/bus-1.ics", "communes/16196.ics"} <= files
    lines = (out / "tournees/charente.ics").read_bytes().split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_one_stop_is_printed_as_a_calendar(capsys: pytest.CaptureFixture[str]) -> None:
    day = ("--date", "2026-11-22")
    assert export("ics", CREUSE, "--tour", "nord", "--stop", "dun", *day) == 0
    events = Calendar.from_ical(capsys.readouterr().out).walk("VEVENT")
    assert {str(one["UID"]).split("/")[2] for one in events} == {"dun"}
    first = events[0]
    assert str(first["STATUS"]) == "CANCELLED"
    assert str(first["SUMMARY"]).startswith("ANNULÉ — Dun-le-Palestel")
    assert export("ics", CREUSE, "--stop", "dun", "--keep-cancelled", *day) == 0
    kept = Calendar.from_ical(capsys.readouterr().out).walk("VEVENT")[0]
    assert str(kept["STATUS"]) == "CONFIRMED"
    assert kept["SUMMARY"] == first["SUMMARY"]


def test_a_bus_is_named_with_or_without_its_structure(capsys: pytest.CaptureFixture[str]) -> None:
    assert export("ics", CHARENTE, "--unit", "bus-1", "--date", "2026-11-22") == 0
    short = capsys.readouterr().out
    assert export("ics", CHARENTE, "--unit", "bus-charente/bus-1", "--date", "2026-11-22") == 0
    stamps = re.compile(r"^(SEQUENCE|DTSTAMP|LAST-MODIFIED).*$", re.MULTILINE)
    assert stamps.sub("", capsys.readouterr().out) == stamps.sub("", short)


@pytest.mark.parametrize(
    ("form", "head"),
    [
        ("osm", "tour,stop,name,commune,insee,lat,lon,osm,opening_hours"),
        ("mediation", "id,pivot,nom,commune,code_postal,code_insee"),
        ("bibliobus", "organisation,mobile,route,community,stop"),
    ],
)
def test_a_table_is_printed(form: str, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(form, CHARENTE, "--date", "2026-11-22") == 0
    assert capsys.readouterr().out.startswith(head)


def test_the_passages_are_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert export("json", CHARENTE, "--date", "2026-11-22") == 0
    content = json.loads(capsys.readouterr().out)
    assert (content["first"], content["last"]) == ("2026-11-22", "2027-11-21")
    assert len(content["next"]) == 12


def test_a_notice_is_french_whoever_exports_it(home: Path) -> None:
    page = home / "dun.html"
    words = ("--commune", "23075", "--date", "2026-11-22", "--address", "https://bus.example.fr/")
    with speaking("en"):
        assert export("affiche", CREUSE, *words, "--to", str(page)) == 0
    text = page.read_text(encoding="utf-8")
    assert '<html lang="fr">' in text
    assert "Quand passe le bus à Dun-le-Palestel\N{NO-BREAK SPACE}?" in text
    assert "https://bus.example.fr/bus/commune/23075" in text
    assert "05\N{NO-BREAK SPACE}00" in text


def test_a_notice_without_an_address_has_no_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert export("affiche", CREUSE, "--commune", "23075", "--date", "2026-11-22") == 0
    assert "<svg" not in capsys.readouterr().out


@pytest.mark.parametrize("commune", ["23075", "23039", "23100"])
def test_a_notice_is_one_sheet_of_tagged_pdf(home: Path, commune: str) -> None:
    page = home / "dun.pdf"
    words = ("--commune", commune, "--date", "2026-11-22", "--address", "https://bus.example.fr")
    assert export("affiche", CREUSE, *words, "--pdf", "--to", str(page)) == 0
    content = page.read_bytes()
    assert content.startswith(b"%PDF")
    assert re.findall(rb"/Type\s*/Pages\b[^>]*/Count (\d+)", content) == [b"1"]
    assert b"/MarkInfo" in content
    assert b"/Lang" in content


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("tout", CHARENTE), INVALID, "Dites dans quel dossier"),
        (("affiche", CHARENTE), INVALID, "16196"),
        (("affiche", CHARENTE, "--commune", "16196", "--pdf"), INVALID, "Dites dans quel fichier"),
        (("affiche", CHARENTE, "--commune", "75056"), ABSENT, "75056"),
        (("ics", CHARENTE, "--stop", "rien"), ABSENT, "n'a pas l'arrêt « rien »"),
        (("ics", CHARENTE, "--tour", "rien"), ABSENT, "rien"),
        (("ics", CHARENTE, "--unit", "rien"), ABSENT, "n'a pas le véhicule « rien »"),
        (("ics", str(ROOT / "schedules")), INVALID, "Donnez le dossier d'une seule structure"),
        (("ics", str(ROOT / "absent")), INVALID, "absent"),
        (("ics", CHARENTE, "--to", "/nulle/part/x.ics"), ABSENT, "/nulle/part"),
    ],
)
def test_what_cannot_be_exported_is_said_with_what_to_do(
    words: tuple[str, ...], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(*words) == code
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["bus.example.fr", "ftp://bus", "https://", "https://a b", "https://x?y", "é"]
)
def test_an_address_that_nobody_could_follow_is_refused(address: str) -> None:
    with pytest.raises(SystemExit) as refused:
        export("affiche", CREUSE, "--commune", "23075", "--address", address)
    assert refused.value.code == 64


def test_without_a_folder_the_timetable_received_here_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop = a_laptop(a_registry(), role="coordinator")
    publish_schedule(laptop.desk, Path(CHARENTE), why="")
    laptop.sync()
    load_timetable(laptop.desk)

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield laptop.desk

    monkeypatch.setattr(schedule_export, "working_desk", sit_down)
    assert export("ics", "--commune", "16196", "--date", "2026-11-22") == 0
    printed = capsys.readouterr().out
    events = Calendar.from_ical(printed).walk("VEVENT")
    assert {int(one["SEQUENCE"]) for one in events} == {1}
    assert "URL:http://registry/bus/commune/16196" in printed
