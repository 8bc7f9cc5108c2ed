"""Passages out and back in, with the visits: every figure of a period is the same again."""

import csv
import io

import pytest
from two_years import live_two_years
from worlds import FakeClock, Laptop, a_laptop, a_registry

from fsmobile.core.period_reports import figures_of
from fsmobile.core.periods import read_period
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.texts.problems import explain_problem
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.report_exports import list_exports
from fsmobile.usecases.reports import make_report
from fsmobile.usecases.table_imports import Contents, carry_out, plan_import
from fsmobile.usecases.timetable import load_timetable
from fsmobile.usecases.visit_exports import PASSAGES, export_visits

YEAR = read_period("2026")


class World:
    """A bus that has worked for some weeks, and a laptop that holds the timetable alone."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.bus: Laptop = live_two_years(a_registry(self.clock), self.clock, days=90)
        self.copy = a_laptop(self.bus.registry, name="copie", seed=9, catalogue=load_catalogue())
        self.copy.sync()
        load_timetable(self.copy.desk)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("is_visits_first", [True, False])
def test_a_wiped_laptop_has_every_figure_again(world: World, is_visits_first: bool) -> None:
    here, there = world.bus.desk, world.copy.desk
    files = [
        export_visits(here, YEAR, Form.CSV, is_complete=True),
        export_visits(here, YEAR, Form.CSV, shape=PASSAGES),
    ]
    assert list_exports(here)[-1].detail == "visits passages csv 2026-01-01..2026-12-31"
    wanted = figures_of(make_report(here, YEAR))
    assert figures_of(make_report(there, YEAR)) != wanted
    for data in files if is_visits_first else reversed(files):
        assert not carry_out(there, data).refused.count
    assert figures_of(make_report(there, YEAR)) == wanted
    for data in files:
        again = plan_import(there, data)
        assert again.new == 0
        assert again.known > 50


def test_the_lines_of_passages_add_up_to_the_report(world: World) -> None:
    desk = world.bus.desk
    data = export_visits(desk, YEAR, Form.CSV, shape=PASSAGES).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(data), delimiter=";"))
    figures = figures_of(make_report(desk, YEAR))
    assert len(lines) == figures["planned"]
    assert sum(int(line["visites"]) for line in lines) == figures["visits"]
    assert sum(int(line["venues"]) for line in lines) == figures["met"]
    assert sum(line["etat"] == "annulé" for line in lines) == figures["cancelled"]
    held = [line for line in lines if line["ouverture"]]
    assert len(held) == figures["done"]
    assert sum(line["visites"] == "0" for line in held) == figures["without_visit"]


PASSAGE = "bus-charente/charente/luxe/2026-11-26"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nulle part;fermé;;;;", "import_value_unknown"),
        (f"{PASSAGE};peut-être;;;;", "import_value_unknown"),
        (f"{PASSAGE};annulé;;;;", "import_value_unknown"),
        (f"{PASSAGE};fermé;;9h;25h;", "import_hour_wrong"),
        (f"{PASSAGE};fermé;;9h;12h;beaucoup", "import_number_wrong"),
    ],
)
def test_a_wrong_line_of_a_passage_is_named(line: str, code: str) -> None:
    desk = a_laptop(a_registry()).desk
    good = "bus-charente/charente/tusson/2026-11-26;annulé;panne;;;\n"
    text = f"passage;etat;motif;ouverture;fermeture;venues\n{good}{line}\n{good}"
    report = carry_out(desk, text.encode("cp1252"))
    assert (report.contents, report.new) == (Contents.PASSAGES, 1)
    assert [(one.line, one.code) for one in report.refused.told] == [
        (3, code),
        (4, "import_passage_twice"),
    ]
    assert figures_of(make_report(desk, YEAR))["cancelled"] == 1


def test_each_fault_of_a_line_has_words() -> None:
    line = f"passage;etat\n{PASSAGE};ouvert\n{PASSAGE};ouvert\n"
    report = plan_import(a_laptop(a_registry()).desk, f"{line}x;annulé\n".encode())
    told = [explain_problem(one) for one in report.refused.told]
    assert f"Le passage « {PASSAGE} » est déjà plus haut dans ce fichier." in told
    # Open since nobody knows when: no fact can be made of it.
    assert (report.new, report.known) == (0, 0)
