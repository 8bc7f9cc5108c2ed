"""At the stop and between crews: times told, closings asked for, the logbook, news read."""

import pytest
from msgspec.structs import replace

from fsmobile.core.ids import AgentId, PlaceId
from fsmobile.core.logbook import EntryKind, LogEntry
from fsmobile.core.passages import PassageReason, PassageStatus
from fsmobile.errors import Severity
from fsmobile.store import queries
from fsmobile.usecases.day_checks import check_day_end, check_departure
from fsmobile.usecases.logbook import list_logbook, list_messages, list_proposals, write_entry
from fsmobile.usecases.passages import load_day
from fsmobile.usecases.timetable import load_timetable
from tests.tui.day_samples import NAMES, TREE, a_day, a_shell, press
from tests.tui.day_samples import shown as rows_shown
from tests.village_world import publish
from tests.worlds import Laptop, a_laptop

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def shown(shell) -> str:
    """What is on the screen, with every space an ordinary one."""
    return str(rows_shown(shell)).replace("\N{NO-BREAK SPACE}", " ")


def _later(laptop: Laptop, ms: int) -> None:
    laptop.replica.clock.ms += ms


def _passages(laptop: Laptop, day=None):
    sheet = load_day(laptop.desk, day or laptop.desk.today())
    return [line.passage for line in sheet.lines]


def _codes(findings) -> list[str]:
    return [one.code for one in findings if one.severity is Severity.WARNING]


def test_a_bus_is_parked_opens_late_says_why_closes_and_drives_away() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "g")
    assert "Garé à Luxé à 09:00" in shown(shell)
    _later(laptop, HOUR_MS)
    press(shell, "a")
    assert "garé 09:00 · ouvert 10:00 · 30 min de retard · y pourquoi" in shown(shell)
    press(shell, "y 9")
    assert "30 min de retard : route coupée" in shown(shell)
    press(shell, "g")
    assert "Le passage est ouvert : a le ferme, puis g" in shown(shell)
    press(shell, "a")
    _later(laptop, HOUR_MS // 6)
    press(shell, "g")
    assert "fermé 10:00 · parti 10:10" in shown(shell)
    passage = _passages(laptop)[0]
    assert passage.delay_reason is PassageReason.ROAD
    told = (passage.arrived_at, passage.opened_at, passage.closed_at, passage.left_at)
    assert [f"{at:%H:%M}" for at in told if at] == ["09:00", "10:00", "10:00", "10:10"]
    press(shell, "u")
    assert _passages(laptop)[0].left_at is None


def test_a_passage_in_time_asks_for_no_reason() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a y")
    assert "Pas de retard à expliquer ici" in shown(shell)
    assert "pourquoi" not in shown(shell)


def test_a_forgotten_closing_is_asked_for_at_the_next_arrival_and_never_guessed() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a i enter")
    _later(laptop, 5 * HOUR_MS)
    press(shell, "right a")
    text = shown(shell)
    assert "est resté ouvert : fermé à quelle heure ?" in text
    assert "12:00" in text
    assert "l'heure prévue" in text
    press(shell, "escape")
    # Nothing was told: both are open, and the evening asks.
    assert [one.status for one in _passages(laptop)] == [PassageStatus.OPEN] * 2
    assert _codes(check_day_end(laptop.desk).findings)[:2] == ["passage_left_open"] * 2
    press(shell, "m a 1")
    luxe, mansle = _passages(laptop)
    assert (luxe.status, f"{luxe.closed_at:%H:%M}") == (PassageStatus.CLOSED, "12:00")
    assert mansle.status is PassageStatus.OPEN


def test_a_forgotten_closing_is_typed_as_people_write_hours() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a")
    _later(laptop, 5 * HOUR_MS)
    press(shell, "right a")
    other = next(row for row in shown(shell).splitlines() if "à une autre heure" in row)
    digit = next(one for one in other if one.isdigit())
    press(shell, f"{digit} 8 h 3 0 enter")
    assert "08:30 est avant l'ouverture de ce passage (09:00)" in shown(shell)
    press(shell, f"m a {digit} 1 1 h 4 5 enter")
    assert f"{_passages(laptop)[0].closed_at:%H:%M}" == "11:45"


def test_midnight_passes_over_an_open_passage_and_nothing_is_lost() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a i enter p p")
    yesterday = laptop.desk.today()
    _later(laptop, 16 * HOUR_MS)
    shell.tick()
    assert "Luxé, place de la mairie est resté ouvert : m, puis a" in shown(shell)
    passage = _passages(laptop, yesterday)[0]
    assert (passage.status, passage.tally.met) == (PassageStatus.OPEN, 2)
    press(shell, "m")
    assert "Luxé, place de la mairie, jeudi 26 novembre : resté ouvert" in shown(shell)
    press(shell, "a 1")
    assert _passages(laptop, yesterday)[0].status is PassageStatus.CLOSED
    assert "resté ouvert. a pour" not in shown(shell)


def test_a_crew_reads_the_sheet_of_a_stop_adds_to_it_and_leaves_a_word() -> None:
    laptop = a_day()
    tree = laptop.desk.tree
    assert tree is not None
    luxe = replace(tree.places[PlaceId("luxe")], has_socket=True, network="4G")
    laptop.desk.tree = replace(tree, places={**tree.places, PlaceId("luxe"): luxe})
    shell, _terminal = a_shell(laptop)
    press(shell, "c")
    assert "Fiche · Luxé, place de la mairie" in shown(shell)
    assert "prise électrique sur place" in shown(shell)
    press(shell, "t 4")
    assert shell.end_note("05 45 00 00 00, accueil le matin")
    assert "05 45 00 00 00, accueil le matin  (Nadia B., jeu. 26 nov.)" in shown(shell)
    press(shell, "n")
    assert shell.end_note("la clé de la borne est au café")
    press(shell, "b")
    assert shell.end_note("pneu avant à regonfler")
    text = shown(shell)
    assert "2 pages ouvertes" in text
    assert "la clé de la borne est au café" in text
    assert "le bus" in text
    press(shell, "f")
    assert "Réglé : la page est close" in shown(shell)
    assert len(list_logbook(laptop.desk)) == 1
    press(shell, "escape right c")
    assert "pneu avant à regonfler" in shown(shell)
    assert "Fiche · Mansle" in shown(shell)


def test_an_incident_takes_four_keys_and_can_propose_a_cancellation() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    assert press(shell, "e 2") == 2
    assert shell.end_note("freins")
    press(shell, "2")
    (proposal,) = list_proposals(laptop.desk)
    assert proposal.state.entry.text == "freins"
    first = load_day(laptop.desk, laptop.desk.today()).lines[0]
    assert proposal.state.entry.cancels == first.passage_id
    assert "proposé à la coordination" in shown(shell)
    press(shell, "c")
    assert "annuler jeu. 26 nov. Luxé, place de la mairie" in shown(shell)


def test_a_number_that_names_a_person_never_enters_the_logbook() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "c n")
    assert not shell.end_note("M. X 1 84 12 76 451 089 46")
    assert list_logbook(laptop.desk) == []


def test_a_message_is_read_first_thing_and_the_coordinator_sees_who_read_it() -> None:
    laptop = a_day()
    office = a_laptop(
        laptop.registry, unit="bus-charente/bureau", role="coordinator", seed=9, name="bureau"
    )
    office.desk.tree, office.desk.names = laptop.desk.tree, NAMES
    office.desk.agent_id = AgentId("claire")
    write_entry(office.desk, LogEntry(kind=EntryKind.MESSAGE, text="Réunion vendredi à 9 h"))
    office.sync()
    laptop.sync()
    shell, _terminal = a_shell(laptop)
    press(shell, "m")
    text = shown(shell)
    assert text.index("Réunion vendredi à 9 h") < text.index("Peut-on partir ?  ✗ non")
    assert "news_unread" in _codes(check_departure(laptop.desk).findings)
    press(shell, "l")
    assert "Lu : la coordination le saura" in shown(shell)
    assert "Réunion" not in shown(shell)
    laptop.sync()
    office.sync()
    (message,) = list_messages(office.desk)
    assert [agent for agent, _unit, _at in message.readers] == ["agent-a"]
    shell, _terminal = a_shell(office)
    press(shell, "c")
    assert "Lu par 1 personne : Nadia B." in shown(shell)


def test_what_a_new_timetable_moves_is_read_first_and_the_coordinator_sees_by_whom() -> None:
    laptop = a_day()
    office = a_laptop(
        laptop.registry, unit="bus-charente/bureau", role="coordinator", seed=9, name="bureau"
    )
    publish(office, TREE)
    laptop.sync()
    load_timetable(laptop.desk)
    shell, _terminal = a_shell(laptop)
    press(shell, "a i enter a right a i enter a m")
    assert "Depuis la dernière fois" not in shown(shell), "nothing was known before"
    _later(laptop, DAY_MS)
    path = "tournees/semaine-paire/2026-09-01.toml"
    later = TREE[path].replace('ouvert = "14:00-16:30"', 'ouvert = "14:30-17:00"')
    publish(office, {**TREE, path: later}, base=1)
    laptop.sync()
    load_timetable(laptop.desk)
    shell, _terminal = a_shell(laptop)
    press(shell, "m")
    text = shown(shell)
    assert text.index("Mansle, parking du Champ de foire : 14:30-17:00") < text.index("Peut-on")
    press(shell, "l")
    assert "14:30-17:00" not in shown(shell)
    laptop.sync()
    office.sync()
    load_timetable(office.desk)
    office.desk.names = NAMES
    shell, _terminal = a_shell(office)
    press(shell, "c")
    assert "révision 2" in shown(shell)
    assert "Lu par 1 personne : Nadia B." in shown(shell)
    press(shell, "f")
    assert "Cette page du carnet n'est pas sur ce poste" in shown(shell)


def test_a_coordinator_writes_to_one_bus_or_to_all_and_an_agent_to_none() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "c m")
    assert "Un message aux équipages vient de la coordination" in shown(shell)
    office = a_laptop(
        laptop.registry, unit="bus-charente/bureau", role="coordinator", seed=9, name="bureau"
    )
    office.desk.tree = laptop.desk.tree
    shell, _terminal = a_shell(office)
    press(shell, "c m 2")
    assert shell.end_note("rappelez-moi")
    (message,) = list_messages(office.desk)
    assert message.state.entry.unit == "bus-charente/bus-1"


def test_a_cancelled_stop_is_told_and_never_counted_as_done() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a i enter a right x 1 f")
    assert "1 arrêt fait sur 2 · 1 annulé" in shown(shell)
    assert [one.status for one in _passages(laptop)][1] is PassageStatus.CANCELLED


@pytest.mark.parametrize("days", [(-3, "training_over"), (30, "training_soon"), (90, "")])
def test_the_dates_of_training_are_told_before_they_pass(days: tuple[int, str]) -> None:
    from datetime import timedelta

    laptop = a_day()
    count, code = days
    laptop.desk.trainings = {"agent-b": laptop.desk.today() + timedelta(days=count)}
    codes = [one.code for one in check_departure(laptop.desk).findings]
    told = [one for one in codes if one.startswith("training")]
    assert told == ([code] if code else [])


def test_the_evening_names_the_next_place_where_the_network_was_good() -> None:
    from fsmobile.usecases.network_memory import note_exchange

    laptop = a_day()
    laptop.sync()
    shell, _terminal = a_shell(laptop)
    press(shell, "right a")
    note_exchange(laptop.desk, is_good=True, started_at=0)
    press(shell, "u left a i enter a f")
    text = shown(shell)
    assert "Envoyer à Mansle, parking du Champ de foire vers 14:00, environ" in text
    assert "le réseau y a suffi 1 fois sur 1" in " ".join(text.split())
    assert "Aucune deuxième copie : ni reçu du registre, ni clé." in text


def test_facts_of_a_newer_program_on_a_passage_are_kept_by_an_older_one() -> None:
    """An old laptop takes `passage.arrive` for an unknown kind, and it counts once it is new."""
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "g")
    laptop.sync()
    other = a_laptop(laptop.registry, seed=8, name="porte-2")
    other.sync()
    passage_id = load_day(laptop.desk, laptop.desk.today()).lines[0].passage_id
    assert queries.load_passage(other.replica, passage_id).arrived_at is not None
