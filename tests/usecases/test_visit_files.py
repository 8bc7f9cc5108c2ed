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


COOP_TITLES = (
    "Date|Type|Nombre de participants|Bénéficiaire|Canaux d’accompagnement|Lieu|Durée (min)"
    "|Nom de l’atelier|Matériel numérique utilisé|Thématique(s) d’accompagnement"
    "|Nom de la démarche administrative|Niveau d’autonomie du bénéficiaire|Niveau de l’atelier"
    "|Le bénéficiaire est-il orienté vers une autre structure ?|Structure de redirection"
    "|Commune de résidence du bénéficiaire|Genre du bénéficiaire|Tranche d’âge du bénéficiaire"
    "|Statut du bénéficiaire|Notes supplémentaires"
)
"""Of the sheet « Activités » that the Coop writes since 2025."""
FORMER_COOP_TITLES = COOP_TITLES.replace(
    "|Structure de redirection",
    "|La démarche est-elle finalisée ?|Structure de redirection"
    "|Le bénéficiaire va-t-il poursuivre son parcours d’accompagnement ?",
).replace(" (min)", "")
"""Of its first sheets."""


def test_the_coop_s_sheet_has_its_columns_in_its_order_and_its_own_words() -> None:
    here = laptop()
    asked = (
        Enquiry(
            procedure=ProcedureId("retraite-dossier"),
            operator=CATALOGUE.procedures[ProcedureId("retraite-dossier")].operator,
            help=HelpKind.REFERRAL,
            outcome=Outcome.REFERRED,
            referred_to="caf",
        ),
        Enquiry(
            procedure=ProcedureId("acte-boite-mel"),
            help=HelpKind.ASSISTANCE,
            outcome=Outcome.RESOLVED,
        ),
    )
    record_visit(
        here.desk,
        a_visit(enquiries=asked, age_band=AgeBand.FROM_18, residence="16104", note="à revoir"),
    )
    (shared,) = lines_of(export_visits(here.desk, YEAR, Form.CSV, shape=COOP))
    (whole,) = lines_of(export_visits(here.desk, YEAR, Form.CSV, shape=COOP, is_complete=True))
    assert list(shared) == list(whole) == COOP_TITLES.split("|")
    assert whole["Canaux d’accompagnement"] == "Autre lieu"
    assert whole["Thématique(s) d’accompagnement"].splitlines() == [
        "Aide aux démarches administratives",
        "Travail - Formation - Entreprise",
        "E-mail",
    ]
    named = CATALOGUE.procedures[ProcedureId("retraite-dossier")].label
    assert whole["Nom de la démarche administrative"] == named
    assert whole["Le bénéficiaire est-il orienté vers une autre structure ?"] == "Oui"
    told = "Opérateur ou organisme en charge de la démarche administrative"
    assert whole["Structure de redirection"] == told
    personal = ("Commune de résidence du", "Tranche d’âge du", "Notes")
    assert [whole[one] for one in whole if one.startswith(personal)] == [
        "16700 Condac",
        "18 - 24 ans",
        "à revoir",
    ]
    assert not any(shared[one] for one in shared if one.startswith(personal))


def a_coop_sheet(titles: str, **cells: str) -> bytes:
    """Return a sheet of the Coop with one activity, under what it says of its export."""
    line = {"Date": "21/11/2026", "Thématique(s) d’accompagnement": "Bureautique"} | cells
    header = titles.split("|")
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerows([["Informations export", ""], ["Nom", "Martin"], ["Filtres"], [""]])
    writer.writerows([header, [line.get(one, "") for one in header]])
    return written.getvalue().encode()


SENT_ON = "Le bénéficiaire est-il orienté vers une autre structure ?"
AGE, HOME = "Tranche d’âge du bénéficiaire", "Commune de résidence du bénéficiaire"
SETTLED = "La démarche est-elle finalisée ?"


@pytest.mark.parametrize(
    ("titles", "cells", "read"),
    [
        (COOP_TITLES, {"Durée (min)": "90"}, {"minutes": 90}),
        (FORMER_COOP_TITLES, {"Durée": "1 h 30"}, {"minutes": 90}),
        (FORMER_COOP_TITLES, {"Durée": "2\xa0h"}, {"minutes": 120}),
        (FORMER_COOP_TITLES, {"Durée": "30 min"}, {"minutes": 30}),
        (COOP_TITLES.replace("’", "'").upper(), {"DURÉE (MIN)": "45"}, {"minutes": 45}),
        (COOP_TITLES, {AGE: "12 - 17 ans"}, {"age_band": AgeBand.FROM_12}),
        (COOP_TITLES, {AGE: "70 ans ou plus"}, {"age_band": AgeBand.FROM_70}),
        (COOP_TITLES, {AGE: "Mineur(e)"}, {"age_band": AgeBand.UNKNOWN}),
        (COOP_TITLES, {AGE: "Moins de 12 ans\nMoins de 12 ans"}, {"age_band": AgeBand.UNDER_12}),
        (COOP_TITLES, {HOME: "16700 Condac\n16700 Condac"}, {"residence": "16104"}),
        (COOP_TITLES, {HOME: "16700 Condac\n16140 Aigre"}, {"residence": None}),
        (COOP_TITLES, {"Lieu": "Mairie, 16140 Aigre"}, {"insee_code": "16005"}),
        (COOP_TITLES, {SENT_ON: "Oui"}, {"outcome": Outcome.REFERRED}),
        (FORMER_COOP_TITLES, {SETTLED: "Oui"}, {"outcome": Outcome.RESOLVED}),
        (
            FORMER_COOP_TITLES,
            {SETTLED: "Non L’usager devra revenir."},
            {"outcome": Outcome.TO_FOLLOW_UP},
        ),
    ],
)
def test_every_shape_of_the_coop_s_sheet_is_read(
    titles: str, cells: dict[str, str], read: dict[str, object]
) -> None:
    if titles.isupper():
        cells = {"DATE": "21/11/2026", "THÉMATIQUE(S) D'ACCOMPAGNEMENT": "E-mail"} | cells
    there = laptop()
    assert take_in(there.desk, a_coop_sheet(titles, **cells)) == 1
    (row,) = list_visits(there.desk)
    visit = row.state.visit
    found = {name: getattr(visit, name, visit.enquiries[0].outcome) for name in read}
    assert found == read
    assert "Martin" not in repr(visit)


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
