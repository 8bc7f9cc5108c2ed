"""Views: the states of the network in words, the timetable's changes, tours of every size."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fsmobile.core.ids import PassageId, VisitId
from fsmobile.core.passages import PassageStatus
from fsmobile.errors import RegistryUnreachable, StoreFull
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.sync.progress import Progress, SyncReport
from fsmobile.tui.day_context import split_name
from fsmobile.tui.lines import cells
from fsmobile.tui.picker import Choice, Picker
from fsmobile.tui.views.entry import picker_lines
from fsmobile.tui.views.frame import Frame, Light, Network, header_line, tab_line
from fsmobile.tui.views.panel import panel_lines
from fsmobile.tui.views.sync import SyncView, WaitingRow, sync_lines
from fsmobile.tui.views.tour import PassageRow, TourDay, tour_lines
from fsmobile.tui.views.visits import VisitRow
from fsmobile.usecases.passages import plan
from fsmobile.usecases.timetable_news import describe_changes
from tests.tui.day_samples import TOUR, TREE, a_day, a_long_day, a_shell, press, shown

NOW = datetime(2026, 11, 21, 14, 7, tzinfo=UTC)


def a_frame(network: Network, **changes: object) -> Frame:
    frame = Frame(unit_name="Bus 3", agent_name="Nadia B.", now=NOW, network=network)
    return replace(frame, **changes)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (Network(light=Light.IN_STEP, last_at=time(14, 2)), "● à jour 14:02"),
        (Network(light=Light.OFFLINE, waiting=3), "○ hors ligne · 3 à envoyer"),
        (Network(light=Light.UNTRIED), "○ aucun échange encore"),
        (Network(light=Light.UNTRIED, waiting=2), "○ 2 à envoyer"),
        (Network(light=Light.SENDING, waiting=3, done=2, total=3), "↻ envoi 2/3"),
        (Network(light=Light.SENDING, loading="historique : 1,2 Mo sur 6,4 Mo"), "↻ historique"),
        (Network(light=Light.ATTENTION, refused=1), "! à regarder · ! 1 refusé"),
        (Network(light=Light.WAITING, waiting=1, last_at=time(9)), "○ 1 à envoyer"),
        (
            Network(light=Light.WAITING, last_day=date(2026, 11, 20)),
            "○ dernier échange ven. 20 nov.",
        ),
        (Network(light=Light.NOT_ENROLLED), "○ poste non inscrit"),
    ],
)
def test_the_state_of_the_network_stands_at_the_top_right_in_words(
    network: Network, words: str
) -> None:
    row = header_line(a_frame(network), 80).text
    assert words in row
    assert cells(row) == 80
    assert "14:07" in row


def test_a_long_name_of_the_bus_never_hides_who_works_nor_the_hour() -> None:
    frame = a_frame(
        Network(light=Light.OFFLINE, waiting=12),
        unit_name="Bus France services de la communauté de communes",
        notice="démo",
    )
    row = header_line(frame, 80).text
    assert "Nadia B." in row
    assert "14:07 · démo" in row


def test_the_question_of_who_works_is_short_before_the_bus_loses_its_name() -> None:
    frame = a_frame(
        Network(light=Light.OFFLINE, waiting=1), unit_name="Bus France services", agent_name=""
    )
    assert header_line(frame, 80).text.startswith(" Bus France services · qui ? F3 · sam. 21 nov.")
    assert " · qui travaille ? F3 · " in header_line(frame, 120).text


@pytest.mark.parametrize("agent", ["", "Marie-Antoinette de la Fontaine"])
def test_the_header_keeps_a_space_before_the_network_whatever_the_names(agent: str) -> None:
    frame = a_frame(
        Network(light=Light.OFFLINE, waiting=1234),
        unit_name="Bus France services de la Charente",
        agent_name=agent,
        notice="démo",
    )
    row = header_line(frame, 80).text
    assert "14:07 · démo ○ hors ligne · 1234 à envoyer" in row
    assert cells(row) == 80


def test_every_row_of_visits_has_the_same_columns() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter i enter enter x 1 escape")
    rows = [row for row in shown(shell).splitlines() if "Renseignement simple" in row]
    assert any("annulée" in row for row in rows)
    assert len({row.index("1 pers.") for row in rows if "pers." in row}) == 1


def test_a_full_disk_is_said_on_every_screen() -> None:
    shell, _terminal = a_shell()
    shell.refuse(StoreFull("store_full"))
    assert "ENREGISTREMENT IMPOSSIBLE" in shown(shell).splitlines()[0]
    press(shell, "6")
    assert "ENREGISTREMENT IMPOSSIBLE" in shown(shell).splitlines()[0]


def test_only_the_screens_that_are_built_have_a_tab() -> None:
    screens = ("tour", "sync")
    assert tab_line("tour", screens, 80).text.strip() == "[1 Tournée] 6 Synchro"


def test_progress_is_told_in_counts() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter i enter 6 s")
    shell.tell_progress(Progress(received=1, to_send=2, pulled=0))
    assert "↻ envoi 1/2" in shown(shell)
    press(shell, "s")
    assert "en cours" in shown(shell)
    shell.end_sync(RegistryUnreachable("registry_unreachable"))
    assert "↻" not in shown(shell)


def test_a_report_that_is_not_complete_never_shows_a_tick() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter 6 s")
    shell.end_sync(SyncReport(to_send=1, to_send_visits=1, received=0, waiting=1))
    assert "0 sur 1" in shown(shell)
    assert "✓" not in shown(shell).replace("rien n'est encore marqué ✓", "")


def test_changes_of_the_timetable_are_told_in_words() -> None:
    desk = a_day().desk
    first, last = date(2026, 11, 26), date(2026, 12, 10)

    def seen() -> dict[tuple[PassageId, int], object]:
        passages = plan(desk, first, last).passages
        return {(one.passage_id, one.span): one for one in passages}

    before = seen()
    later = TOUR.replace("14:00-16:30", "14:30-16:30").replace('jours = "jeudi"', 'jours = "jeudi"')
    moved = {**TREE, "tournees/semaine-paire/2026-09-01.toml": later}
    desk.tree = read_schedule(moved).tree
    told = describe_changes(desk, before, seen())
    assert len(told) == 3
    assert told[0].startswith("jeu. 26 nov. Mansle")
    assert told[0].endswith("14:30-16:30")
    desk.tree = None
    gone = describe_changes(desk, before, seen())
    assert all(text.endswith("supprimé") for text in gone)
    assert len(gone) == 6


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Luxé, place de la mairie", ("Luxé", "place de la mairie")),
        ("Saint-Fraigne — face à la boulangerie", ("Saint-Fraigne", "face à la boulangerie")),
        ("Mouton", ("Mouton", "")),
        ("L'Isle-d'Espagnac", ("L'Isle-d'Espagnac", "")),
    ],
)
def test_a_published_name_is_parted_from_its_spot(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


ROWS = st.builds(
    PassageRow,
    passage_id=st.just(PassageId("a/b/c/2026-11-26")),
    hours=st.sampled_from(["", "09:00-12:00", "09:00-12:00 13:30-15:30", "matin"]),
    place=st.text(max_size=60),
    spot=st.text(max_size=60),
    status=st.sampled_from(PassageStatus),
    reason=st.text(max_size=40),
    note=st.text(max_size=200),
    visits=st.integers(0, 999),
)
VISITS = st.builds(
    VisitRow,
    visit_id=st.just(VisitId("v")),
    starts=st.times(),
    what=st.text(max_size=120),
    outcome=st.text(max_size=20),
    minutes=st.integers(1, 600),
    people=st.integers(1, 99),
    is_received=st.booleans(),
    note=st.text(max_size=500),
    details=st.text(max_size=100),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(ROWS, min_size=1, max_size=12),
    st.lists(VISITS, max_size=40),
    st.sampled_from([(80, 20), (100, 26), (120, 36)]),
    st.data(),
)
def test_a_tour_of_any_size_and_any_text_fits_its_screen(
    passages: list[PassageRow], visits: list[VisitRow], size: tuple[int, int], data: st.DataObject
) -> None:
    day = TourDay(
        day=date(2026, 11, 26),
        passages=tuple(passages),
        current=data.draw(st.integers(0, len(passages) - 1)),
        visits=tuple(visits),
        cursor=data.draw(st.integers(0, max(0, len(visits) - 1))),
    )
    rows = tour_lines(day, *size)
    assert len(rows) == size[1]
    assert all("\x1b" not in row.text for row in rows)
    assert any(row.text.startswith(" ▶") for row in rows[1 : 1 + len(passages)])
    assert len(panel_lines(day, 43, size[1])) <= size[1]


def test_a_long_outbox_keeps_its_cursor_in_sight() -> None:
    waiting = tuple(WaitingRow(at=NOW, kind="visite", what=str(number)) for number in range(300))
    network = Network(light=Light.OFFLINE, waiting=300)
    view = SyncView(now=NOW, network=network, oldest_at=NOW, waiting=waiting, cursor=250)
    rows = sync_lines(view, 80, 20)
    assert len(rows) == 20
    assert any(row.text.startswith(" ▶") and "250" in row.text for row in rows)


def test_a_long_choice_leaves_room_for_what_stands_at_its_right() -> None:
    long = Choice(
        code="0", label="dim. 10 janv.  Val-de-Bonnieure, place " + "x" * 50, detail="ici"
    )
    rows = [row.text for row in picker_lines("À quel passage ?", Picker(), [long], 76, 10)]
    assert rows[1].endswith("ici")
    assert "…" in rows[1]
    assert cells(rows[1]) == 76


def test_a_short_list_that_takes_no_letters_shows_no_cursor_for_them() -> None:
    choice = Choice(code="0", label="panne")
    for takes_text in (True, False):
        rows = picker_lines("Pourquoi ?", Picker(takes_text=takes_text), [choice], 40, 10)
        assert ("▏" in rows[0].text) is takes_text


def test_all_the_stops_of_a_long_day_show_in_a_high_window() -> None:
    shell, _terminal = a_shell(a_long_day())
    assert shown(shell).count(":45  Saint-Remy") == 6
    assert shown(shell, 120, 40).count(":45  Saint-Remy") == 10


def test_what_was_said_of_the_chosen_visit_is_wrapped_and_never_cut() -> None:
    shell, _terminal = a_shell()
    press(shell, "a n r e t enter r g 7 h c j enter")
    text = shown(shell)
    assert "70 ans et plus" in text
    assert "habite Luxé" in " ".join(text.split())
    assert "…" not in text


def test_a_visit_off_the_timetable_is_told_in_the_panel_too() -> None:
    laptop = a_day()
    laptop.desk.tree = None
    shell, _terminal = a_shell(laptop)
    assert "│" not in shown(shell, 120, 40)
    press(shell, "i e")
    assert shell.end_note("porte bleue")
    press(shell, "enter *")
    assert "porte bleue" in shown(shell, 120, 40)
    assert "Ce passage" not in shown(shell, 120, 40)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_no_key_is_named_that_the_open_form_takes_for_itself(size: tuple[int, int]) -> None:
    shell, _terminal = a_shell()
    assert "n nouvelle visite" in shown(shell, *size)
    press(shell, "n r e t")
    assert "nouvelle visite" not in shown(shell, *size)


def test_the_bus_that_is_here_is_not_said_to_arrive() -> None:
    shell, _terminal = a_shell()
    assert "a arrivée du bus" in shown(shell)
    press(shell, "a")
    assert "nouvelle visite" in shown(shell)
    assert "arrivée du bus" not in shown(shell)


def test_the_stop_says_when_the_bus_is_there_again() -> None:
    shell, _terminal = a_shell()
    assert "prochain passage : jeu. 3 déc. 09:30" in shown(shell)
    press(shell, "right")
    assert "prochain passage : jeu. 3 déc. 14:00" in shown(shell)
    assert "prochain passage" not in shown(a_shell(a_long_day())[0])
