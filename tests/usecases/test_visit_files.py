"""Visits out and back in: nothing twice, nothing guessed, the same figures."""

import csv
import io
import random
import tracemalloc
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from worlds import PASSAGE, Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.ids import OperatorId, ProcedureId
from fsmobile.core.period_reports import figures_of
from fsmobile.core.periods import read_period
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    Enquiry,
    FirstContact,
    HelpKind,
    Mandate,
    Obstacle,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.errors import InvalidInput
from fsmobile.formats.csv_reading import read_csv
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.texts.translation import speaking
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.report_exports import list_exports
from fsmobile.usecases.reports import make_report
from fsmobile.usecases.table_imports import carry_out, plan_import
from fsmobile.usecases.visit_exports import COOP, export_visits
from fsmobile.usecases.visits import list_visits, record_visit, void_visit

YEAR = read_period("2026")
CATALOGUE = load_catalogue()
CODES = sorted(CATALOGUE.procedures)
COMMUNES = ("16196", "16002", "16106", None)
enquiries = st.builds(
    lambda code, kind, outcome, obstacle: Enquiry(
        procedure=code,
        operator=CATALOGUE.procedures[code].operator,
        help=kind,
        outcome=outcome,
        referred_to="caf" if outcome is Outcome.REFERRED else None,
        obstacle=obstacle,
    ),
    st.sampled_from(CODES),
    st.sampled_from(HelpKind),
    st.sampled_from(Outcome),
    st.sampled_from([None, *Obstacle]),
)
some_visits = st.lists(
    st.builds(
        a_visit,
        service_date=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        starts=st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
        minutes=st.integers(1, 600),
        people=st.integers(1, 99),
        channel=st.sampled_from(Channel),
        first_contact=st.sampled_from(FirstContact),
        age_band=st.sampled_from(AgeBand),
        residence=st.sampled_from(COMMUNES),
        mandate=st.sampled_from(Mandate),
        note=st.text("aé;\"'=+-@\n<>|é œ", max_size=30).map(str.strip),
        enquiries=st.lists(enquiries, min_size=1, max_size=4).map(tuple),
    ),
    max_size=6,
)


def laptop() -> Laptop:
    return a_laptop(a_registry(), catalogue=CATALOGUE)


def take_in(desk, data: bytes) -> int:  # type: ignore[no-untyped-def]
    report = carry_out(desk, data)
    assert not report.refused.count
    return report.new


def lines_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(visits=some_visits, language=st.sampled_from(["fr", "en"]))
def test_what_leaves_whole_comes_back_whole_and_once(visits: list[Visit], language: str) -> None:
    here, there = laptop(), laptop()
    for visit in visits:
        record_visit(here.desk, visit)
    with speaking(language):
        data = export_visits(here.desk, YEAR, Form.CSV, is_complete=True)
    assert take_in(there.desk, data) == len(visits)
    found = [replace(row.state.visit, origin="") for row in list_visits(there.desk)]
    assert sorted(found, key=repr) == sorted(visits, key=repr)
    assert figures_of(make_report(there.desk, YEAR)) == figures_of(make_report(here.desk, YEAR))
    again = plan_import(there.desk, data)
    assert (again.new, again.known) == (0, len(visits))
    # Where they come from, they are known by their own ids.
    assert plan_import(here.desk, data).known == len(visits)
    assert plan_import(here.desk, export_visits(there.desk, YEAR, Form.CSV)).known == len(visits)


def test_sums_over_the_columns_are_those_of_the_report() -> None:
    here = laptop()
    two = (a_visit().enquiries[0], a_visit().enquiries[0])
    record_visit(here.desk, a_visit(people=2, minutes=40, enquiries=two))
    void_visit(here.desk, record_visit(here.desk, a_visit(people=9)), "erreur")
    lines = lines_of(export_visits(here.desk, YEAR, Form.CSV))
    assert [line["demande"] for line in lines] == ["1", "2"]
    assert sum(int(line["personnes"] or 0) for line in lines) == 2
    assert sum(int(line["duree_minutes"] or 0) for line in lines) == 40


def test_what_tells_of_a_person_leaves_only_when_it_is_asked_for_and_is_logged() -> None:
    here = laptop()
    record_visit(here.desk, a_visit(note="chez Mme X", residence="16106", age_band=AgeBand.FROM_70))
    shared = export_visits(here.desk, YEAR, Form.CSV).decode()
    assert not any(word in shared for word in ("Mme X", "16106", "70"))
    whole = export_visits(here.desk, YEAR, Form.CSV, is_complete=True).decode()
    assert all(word in whole for word in ("Mme X", "16106", "70 ans et plus"))
    coop = export_visits(here.desk, YEAR, Form.CSV, shape=COOP).decode()
    assert not any(word in coop for word in ("Mme X", "70 ans"))
    assert [one.detail.split()[1:] for one in list_exports(here.desk)] == [
        ["fsmobile", "csv", "2026-01-01..2026-12-31"],
        ["fsmobile", "csv", "2026-01-01..2026-12-31", "complet"],
        ["coop", "csv", "2026-01-01..2026-12-31"],
    ]


def test_the_coop_s_sheet_goes_out_and_comes_back_with_the_same_counts() -> None:
    here, there = laptop(), laptop()
    chance = random.Random(5)
    for _turn in range(40):
        codes = chance.sample([code for code in CODES if not code.startswith("acte-")], 2)
        asked = tuple(
            Enquiry(
                procedure=ProcedureId(code),
                operator=CATALOGUE.procedures[ProcedureId(code)].operator,
                help=CATALOGUE.procedures[ProcedureId(code)].help,
                outcome=Outcome.RESOLVED,
            )
            for code in codes
        )
        record_visit(here.desk, a_visit(minutes=chance.randint(5, 90), enquiries=asked))
    data = export_visits(here.desk, YEAR, Form.CSV, shape=COOP)
    assert take_in(there.desk, data) == 40
    now, past = (figures_of(make_report(one.desk, YEAR)) for one in (there, here))
    for code in ("visits", "people", "enquiries", "minutes", "minutes_median"):
        assert now[code] == past[code]
    assert take_in(there.desk, data) == 0


COOP_EXPORT = """\
Export d'activités;;;;
;;;;
Date;Type;Nombre de participants;Bénéficiaire;Lieu;Durée (min);Thématique(s) d’accompagnement;\
Nom de la démarche administrative;Notes supplémentaires
21/11/2026;Accompagnement individuel;1;Jeanne Martin;16140 Aigre;30;"Argent - Impôts
Social - Santé";;"A rappeler"
21/11/2026;Accompagnement individuel;1;Jeanne Martin;16140 Aigre;30;"Argent - Impôts
Social - Santé";;"A rappeler"
22/11/2026;Atelier collectif;12;;Salle des fêtes;120;Bureautique;;
31/02/2026;Accompagnement individuel;1;;;30;E-mail;;
""".replace("\\\n", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_coop_s_own_export_is_read_and_no_name_with_it(encoding: str) -> None:
    there = laptop()
    plan = carry_out(there.desk, COOP_EXPORT.encode(encoding))
    assert [(one.line, one.code) for one in plan.refused.told] == [(9, "import_day_wrong")]
    assert list(plan.ignored) == ["Bénéficiaire", "Notes supplémentaires"]
    assert [one.params["value"] for one in plan.doubts.told] == ["Salle des fêtes"]
    states = [row.state.visit for row in list_visits(there.desk)]
    # The same line twice is two activities: two people came for the same thing.
    assert [(one.minutes, one.people, one.insee_code) for one in states] == [
        (120, 12, None),
        (30, 1, "16005"),
        (30, 1, "16005"),
    ]
    assert {one.whereabouts for one in states} == {Whereabouts.BASE}
    assert "Martin" not in repr(states)
    assert "rappeler" not in repr(states)


PLAIN = "date;heure;demarche;personnes;duree_minutes;note;issue\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("30/02/2026;;retraite-dossier;1;15;;", "import_day_wrong"),
        ("hier;;retraite-dossier;1;15;;", "import_day_wrong"),
        ("21/11/2026;25:00;retraite-dossier;1;15;;", "import_hour_wrong"),
        ("21/11/2026;;n-existe-pas;1;15;;", "import_procedure_unknown"),
        ("21/11/2026;;retraite-dossier;deux;15;;", "import_number_wrong"),
        ("21/11/2026;;retraite-dossier;120;15;;", "people_out_of_range"),
        ("21/11/2026;;retraite-dossier;1;9999;;", "duration_out_of_range"),
        ("21/11/2026;;retraite-dossier;1;15;;peut-être", "import_value_unknown"),
    ],
)
def test_a_wrong_line_is_named_and_the_others_are_taken(line: str, code: str) -> None:
    there = laptop()
    good = "21/11/2026;9h30;Retraite · dossier;1,0;15;;résolu\n"
    plan = carry_out(there.desk, (PLAIN + good + line + "\n").encode("cp1252", "replace"))
    assert [(one.line, one.code) for one in plan.refused.told] == [(3, code)]
    assert plan.new == 1
    (row,) = list_visits(there.desk)
    assert row.state.visit.starts == time(9, 30)


def test_a_note_with_a_number_of_a_person_is_left_out() -> None:
    there = laptop()
    text = PLAIN + "21/11/2026;;retraite-dossier;1;15;n° 1 85 05 78 006 084 91;\n"
    plan = carry_out(there.desk, text.encode())
    assert [one.code for one in plan.doubts.told] == ["import_note_left_out"]
    assert [row.state.visit.note for row in list_visits(there.desk)] == [""]


@pytest.mark.parametrize(
    "data",
    [b"", b"\0\0\0", b"a;b\n1;2\n", b'date;demarche\n"jamais fermee', b"%PDF-1.7\n", b"PK\x03\x04"],
)
def test_what_is_no_table_of_visits_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        plan_import(laptop().desk, data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_file_whatever_breaks_the_reading(data: bytes) -> None:
    with suppress(ValueError):
        assert all(number > 0 and any(cells) for number, cells in read_csv(data))
    with suppress(InvalidInput):
        plan_import(READER.desk, b"date;demarche;visite;personnes\n" + data)


READER = laptop()


def test_lines_of_one_visit_that_stand_apart_are_refused() -> None:
    text = "visite;date;demarche\na;21/11/2026;caf-compte\nb;21/11/2026;caf-compte\n"
    text += "a;21/11/2026;retraite-dossier\n"
    plan = plan_import(laptop().desk, text.encode())
    assert [(one.line, one.code) for one in plan.refused.told] == [(4, "import_lines_apart")]


def test_a_visit_at_a_passage_comes_back_to_its_passage() -> None:
    text = f"date;demarche;passage\n26/11/2026;caf-compte;{PASSAGE}\n26/11/2026;caf-compte;x/y\n"
    there = laptop()
    plan = carry_out(there.desk, text.encode())
    assert [(one.line, one.code) for one in plan.refused.told] == [(3, "import_value_unknown")]
    (row,) = list_visits(there.desk)
    visit = row.state.visit
    assert (visit.passage_id, visit.whereabouts) == (PASSAGE, Whereabouts.PASSAGE)
    assert visit.enquiries[0].operator == OperatorId("caf")


def test_a_long_file_takes_little_more_room_than_its_bytes_and_tells_how_far_it_is() -> None:
    there, told = laptop(), []
    line = "21/11/2026;9h30;retraite-dossier;1;15;note {};résolu\n"
    data = (PLAIN + "".join(map(line.format, range(10_000)))).encode("cp1252")
    tracemalloc.start()
    try:
        report = plan_import(there.desk, data, lambda *counts: told.append(counts))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.new == 10_000
    assert peak < 5_000_000
    assert told[-1] == (10_001, 10_001)
    assert [done for done, _total in told] == sorted(done for done, _total in told)


def test_of_a_file_of_faults_the_first_are_told_and_all_are_counted() -> None:
    text = PLAIN + "31/02/2026;;retraite-dossier;1;15;;\n" * 3000
    told: list[tuple[int, int]] = []
    report = plan_import(laptop().desk, text.encode(), lambda *counts: told.append(counts))
    assert len(told) > 10
    assert (report.new, report.refused.count, len(report.refused.told)) == (0, 3000, 1000)
