"""Journeys of a day, key by key, with the counts that are promised, on the shipped catalogue."""

import webbrowser
from datetime import date
from pathlib import Path

import pytest

from fsmobile.config import load_settings
from fsmobile.core.ids import AgentId, ProcedureId
from fsmobile.core.passages import PassageReason, PassageStatus, Tally
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    Enquiry,
    FirstContact,
    HelpKind,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.errors import RegistryUnreachable
from fsmobile.tui import print_acts
from fsmobile.tui.palette import Extra
from fsmobile.tui.shell import Shell
from fsmobile.tui.views.frame import key_bar_line
from fsmobile.usecases.desk import NOBODY, Desk
from fsmobile.usecases.drafts import list_drafts
from fsmobile.usecases.passages import load_day
from fsmobile.usecases.visits import list_visits, record_visit, void_visit
from tests.tui.day_samples import a_day, a_shell, press, shown
from tests.worlds import a_visit


def recorded(shell: Shell) -> list[Visit]:
    """Return the visits of the store, the latest first, cancelled ones left out."""
    rows = sorted(list_visits(shell.desk), key=lambda row: row.state.visit_id, reverse=True)
    return [row.state.visit for row in rows if not row.state.is_void]


def passage(shell: Shell, index: int = 0):
    return load_day(shell.desk, shell.desk.today()).lines[index].passage


def has_every_field(visit: Visit) -> None:
    """Check what the reception form (fiche d'accompagnement) demands, on a fast entry."""
    assert visit.passage_id is not None
    assert visit.insee_code == "16196"
    assert visit.service_date.isoformat() == "2026-11-26"
    assert visit.starts.isoformat("minutes") == "09:00"
    assert visit.minutes > 0
    assert visit.people >= 1
    assert visit.channel.value
    for enquiry in visit.enquiries:
        assert enquiry.procedure
        assert enquiry.help in HelpKind
        assert enquiry.outcome in Outcome


@pytest.mark.parametrize(
    ("keys", "count_max"),
    [
        ("n r e t enter r enter", 7),
        ("n r e t 1 r enter", 7),
        ("n r e t & r enter", 7),
        ("n enter r enter", 4),
        ("n 3 r enter", 4),
        ('n " r enter', 4),
        ("i enter", 3),
        ("h enter", 2),
        ("h o 1 enter enter", 5),
        ("n r e t enter 3 r enter", 8),
        ("n r e t enter s enter", 7),
        ("n r e t enter r , c a f enter r enter", 13),
    ],
)
def test_a_visit_is_recorded_in_the_promised_number_of_keys(keys: str, count_max: int) -> None:
    shell, _terminal = a_shell()
    count = press(shell, keys)
    (visit,) = recorded(shell)
    has_every_field(visit)
    assert count <= count_max
    assert list_drafts(shell.desk) == []


def test_what_came_at_this_season_of_last_year_counts_twice() -> None:
    laptop = a_day()
    last_year = date(2025, 11, 24)
    asked = Enquiry(
        procedure=ProcedureId("impots-avis"),
        help=HelpKind.INFORMATION,
        outcome=Outcome.RESOLVED,
    )
    for _ in range(3):
        record_visit(laptop.desk, a_visit(service_date=last_year, enquiries=(asked,)))
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter i enter n")
    assert "Impôts · avis, justificatif                                      6 × ici" in shown(
        shell
    )
    laptop.replica.clock.ms += 90 * 24 * 3_600_000
    shell.refresh()
    press(shell, "escape n")
    assert "Impôts · avis, justificatif 3 ×" in " ".join(shown(shell).split())


def test_the_same_again_takes_two_keys_and_nothing_of_the_person() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r e t enter g 7 h c 3 r enter")
    assert press(shell, "d enter") == 2
    again, first = recorded(shell)
    assert again.enquiries == first.enquiries
    assert first.age_band is AgeBand.FROM_70
    assert (again.people, again.age_band, again.residence) == (1, AgeBand.UNKNOWN, None)
    assert again.first_contact is FirstContact.UNKNOWN


def test_enter_alone_records_nothing() -> None:
    shell, _terminal = a_shell()
    press(shell, "n enter enter enter")
    assert recorded(shell) == []
    assert "Choisissez l'issue" in shown(shell)


def test_caps_lock_changes_nothing() -> None:
    shell, _terminal = a_shell()
    press(shell, "N R E T enter R enter")
    assert len(recorded(shell)) == 1


def test_a_passage_opens_and_closes_with_zero_visits_and_says_so() -> None:
    shell, _terminal = a_shell()
    press(shell, "a")
    assert passage(shell).status is PassageStatus.OPEN
    assert "● ici depuis 09:00" in shown(shell)
    press(shell, "a")
    assert passage(shell).status is PassageStatus.CLOSED
    assert "0 visite, c'est noté" in shown(shell)
    assert "zéro compte aussi" in shown(shell)


def test_a_passage_is_cancelled_with_a_reason_and_taken_back() -> None:
    shell, _terminal = a_shell()
    press(shell, "x 2")
    assert (passage(shell).status, passage(shell).reason) == (
        PassageStatus.CANCELLED,
        PassageReason.WEATHER,
    )
    press(shell, "u")
    assert passage(shell).status is PassageStatus.EXPECTED


def test_an_open_passage_is_cut_short_with_an_azerty_digit() -> None:
    shell, _terminal = a_shell()
    press(shell, "a x è")
    assert (passage(shell).status, passage(shell).reason) == (
        PassageStatus.CUT_SHORT,
        PassageReason.PUBLIC_HOLIDAY,
    )


def test_an_unplanned_stop_is_opened_by_a_few_letters() -> None:
    shell, _terminal = a_shell()
    press(shell, "l m o u enter n enter r enter")
    (visit,) = recorded(shell)
    assert visit.passage_id is not None
    assert "@mouton" in visit.passage_id
    assert visit.insee_code == "16237"
    assert "Mouton" in shown(shell)


def test_people_at_the_door_take_one_key_each_and_one_write() -> None:
    shell, _terminal = a_shell()
    before = shell.sync.network.waiting
    press(shell, "p p p o r")
    assert "venues 3" in shown(shell)
    assert passage(shell).tally == Tally()
    shell.tick()
    shell.tick()
    assert passage(shell).tally == Tally(met=3, sent_elsewhere=1, turned_away=1)
    shell.sync.count()
    assert shell.sync.network.waiting == before + 1


def test_undo_takes_back_the_last_person_counted_before_it_is_written() -> None:
    shell, _terminal = a_shell()
    press(shell, "p p u")
    shell.tour.flush()
    assert passage(shell).tally == Tally(met=1)


def test_undo_takes_back_a_visit_and_the_history_keeps_it() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter u")
    assert recorded(shell) == []
    assert "annulée" in shown(shell)


def test_a_visit_is_corrected_and_its_history_is_visible() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter enter e 2 right enter")
    (visit,) = recorded(shell)
    assert (visit.people, visit.minutes) == (2, 10)
    press(shell, "enter")
    screen = shown(shell)
    assert "corrigée : " in screen
    assert "personnes" in screen
    assert list_drafts(shell.desk) == []


def test_a_visit_is_cancelled_with_a_reason_and_brought_back() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter enter x 1")
    assert recorded(shell) == []
    assert "saisie deux fois" in shown(shell)
    press(shell, "x")
    assert len(recorded(shell)) == 1


def test_a_visit_is_given_to_another_passage() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter enter t 1")
    (visit,) = recorded(shell)
    assert visit.passage_id is not None
    assert "/mansle/" in visit.passage_id
    assert visit.insee_code == "16206"


def test_visits_are_recorded_at_the_passage_that_is_shown() -> None:
    shell, _terminal = a_shell()
    press(shell, "right i enter")
    (visit,) = recorded(shell)
    assert visit.passage_id is not None
    assert "/mansle/" in visit.passage_id


def test_a_phone_call_on_the_road_is_work_too() -> None:
    shell, _terminal = a_shell()
    press(shell, "n enter l m m r enter")
    (visit,) = recorded(shell)
    assert (visit.whereabouts, visit.passage_id) == (Whereabouts.ROAD, None)


def test_a_call_on_the_road_takes_one_key_and_is_tied_to_the_tour() -> None:
    shell, _terminal = a_shell()
    press(shell, "t n o n")
    press(shell, "escape t r e t enter r enter")
    (visit,) = recorded(shell)
    assert (visit.whereabouts, visit.passage_id) == (Whereabouts.ROAD, None)
    assert (visit.channel, visit.tour_id) == (Channel.PHONE, "semaine-paire")


def test_the_clock_counts_the_minutes_since_the_form_was_opened() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r e t enter escape")
    shell.desk.replica.clock.ms += 17 * 60_000
    press(shell, "b d r enter")
    assert recorded(shell)[0].minutes == 17


def test_the_number_of_a_referral_is_written_and_scanned() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r e t enter o 1 2 n")
    assert not shell.end_note("1 85 05 78 006 084 91")
    assert not shell.end_note("x" * 41)
    assert shell.end_note("A+ 20261126-17")
    press(shell, "enter")
    assert recorded(shell)[0].enquiries[0].reference == "A+ 20261126-17"


def test_a_parked_visit_is_resumed_where_it_was() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r e t enter 2 escape i enter")
    assert "1 visite en attente" in shown(shell)
    press(shell, "b r enter")
    assert [visit.people for visit in recorded(shell)] == [2, 1]
    assert list_drafts(shell.desk) == []


def test_several_visits_wait_and_one_is_chosen() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r e t enter escape n c a f enter escape b 2 r enter")
    (visit,) = recorded(shell)
    assert visit.enquiries[0].operator == "cnav"
    assert len(list_drafts(shell.desk)) == 1


def test_a_new_visit_parks_the_one_being_typed() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r e t enter ctrl+n enter r enter")
    assert len(recorded(shell)) == 1
    assert len(list_drafts(shell.desk)) == 1


def test_an_empty_form_leaves_no_draft() -> None:
    shell, _terminal = a_shell()
    press(shell, "n escape")
    assert list_drafts(shell.desk) == []


def test_after_a_crash_the_form_is_open_again_as_it_was() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "n r e t enter 2")
    again, _terminal = a_shell(laptop)
    assert "Fermé brutalement, rien de perdu · brouillon de 09:00 repris" in shown(again)
    press(again, "r enter")
    (visit,) = recorded(again)
    assert visit.people == 2


def test_a_draft_of_another_version_is_left_alone_and_stops_nothing() -> None:
    laptop = a_day()
    from fsmobile.usecases.drafts import save_draft

    save_draft(laptop.desk, "d1", '{"entry": {"unknown": 1}, "is_parked": false}')
    save_draft(laptop.desk, "d2", "not json")
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter")
    assert len(recorded(shell)) == 1
    assert len(list_drafts(laptop.desk)) == 2


def test_a_note_with_a_forbidden_number_never_reaches_the_disk() -> None:
    shell, terminal = a_shell()
    press(shell, "n enter e")
    assert terminal.notes == [""]
    nir = "1 85 05 78 006 084 91"
    assert not shell.end_note(f"NIR {nir}")
    assert all("85 05" not in draft.state for draft in list_drafts(shell.desk))
    assert shell.end_note("dossier complet")
    press(shell, "r enter")
    assert recorded(shell)[0].note == "dossier complet"


def test_who_works_is_shown_and_changed_by_one_key() -> None:
    shell, _terminal = a_shell()
    assert "Nadia B." in shown(shell).splitlines()[0]
    press(shell, "f3")
    assert "Paul" in shown(shell).splitlines()[0]
    press(shell, "i enter")
    assert list_visits(shell.desk)[0].state.agent_id == "agent-b"


def test_a_line_has_its_tick_only_once_a_receipt_stands() -> None:
    laptop = a_day()
    shell, terminal = a_shell(laptop)
    press(shell, "a n enter r enter")
    assert "✓" not in shown(shell)
    assert "à env." in shown(shell)
    press(shell, "6 s")
    assert terminal.syncs == 1
    assert "✓" not in shown(shell).replace("rien n'est encore marqué ✓", "")
    shell.end_sync(laptop.sync())
    assert "✓" in shown(shell)
    press(shell, "1")
    assert "✓" in shown(shell)
    assert "● à jour" in shown(shell)


def test_visits_of_another_laptop_wait_to_be_asked_for() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter")
    before = shown(shell)
    from tests.worlds import a_laptop

    other = a_laptop(laptop.registry, seed=9)
    from fsmobile.usecases.visits import record_visit

    mine = recorded(shell)[0]
    record_visit(other.desk, mine)
    other.sync()
    shell.end_sync(laptop.sync())
    assert shown(shell).count("Renseignement simple") == before.count("Renseignement simple")
    assert "F5 afficher" in shown(shell) or "reçue" in shown(shell)
    press(shell, "f5")
    assert len(recorded(shell)) == 2
    assert shown(shell).count("Renseignement simple") > before.count("Renseignement simple")


def test_the_palette_runs_any_command_by_its_name() -> None:
    shell, _terminal = a_shell()
    press(shell, "ctrl+p i m p r enter")
    assert "Où êtes-vous ?" in shown(shell)
    press(shell, "escape : a u space t r a v p a u enter".replace("space", "v"))
    assert shell.page is not None


def test_escape_run_into_a_letter_is_escape_then_the_letter() -> None:
    from fsmobile.tui.keys import name_keys

    shell, _terminal = a_shell()
    press(shell, "n r e t enter")
    for key in name_keys("alt+i", None):
        shell.press(key)
    press(shell, "enter")
    assert len(recorded(shell)) == 1
    assert len(list_drafts(shell.desk)) == 1


def test_quitting_writes_what_was_counted() -> None:
    shell, terminal = a_shell()
    press(shell, "p q")
    assert terminal.has_left
    assert passage(shell).tally == Tally(met=1)


def test_what_the_message_offers_to_undo_is_the_last_act() -> None:
    shell, _terminal = a_shell()
    press(shell, "a i enter p")
    assert shell.message.text.strip() == "1 personne venue · u annuler"
    press(shell, "u")
    assert "une de moins" in shell.message.text
    press(shell, "o o")
    shell.tick()
    shell.tick()
    assert "2 personnes comptées · u annuler" in shell.message.text
    press(shell, "u")
    assert shell.message.text.strip() == "Luxé : dernier compte à la porte annulé"
    press(shell, "u")
    assert "Visite de 09:00 annulée (Renseignement simple" in shell.message.text
    assert recorded(shell) == []
    press(shell, "u")
    assert shell.message.text.strip() == "Arrivée à Luxé annulée"


def test_an_old_message_goes_when_something_else_is_done() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter")
    assert "u annuler" in shell.message.text
    shell.desk.undo_steps.clear()
    press(shell, "right")
    assert "u annuler" in shell.message.text
    shell.extras = (Extra(key="f9", label="", run=lambda stage: _cancel(stage.desk)),)
    press(shell, "f9")
    assert shell.message.text == ""


def _cancel(desk: Desk) -> None:
    (row,) = list_visits(desk)
    void_visit(desk, row.state.visit_id, "essai")


def test_a_window_too_small_shows_no_end_of_a_message() -> None:
    shell, _terminal = a_shell()
    shell.say("Fermé brutalement, rien de perdu · brouillon de 10:49 repris")
    assert "Agrandir à 80×20" in shown(shell, 40, 12)
    assert shell.message_line(40).text == ""
    assert "Agrandir à 80×20" not in shown(shell)
    assert "repris" in shell.message_line(80).text


def test_in_a_window_too_small_no_key_acts_but_those_that_quit() -> None:
    shell, terminal = a_shell()
    assert "Agrandir à 80×20" in shown(shell, 40, 12)
    press(shell, "n enter r enter a p l")
    assert "Quitter" in shown(shell, 40, 12)
    shown(shell, 80, 24)
    assert recorded(shell) == []
    assert list_drafts(shell.desk) == []
    assert "venues 0" in shown(shell)
    shown(shell, 80, 19)
    press(shell, "q")
    assert terminal.has_left


def test_q_quits_on_both_screens() -> None:
    shell, terminal = a_shell()
    press(shell, "6 q")
    assert terminal.has_left


def test_a_long_note_is_read_whole_on_the_sheet_of_the_visit() -> None:
    shell, _terminal = a_shell()
    press(shell, "n enter e")
    words = [f"mot{number}" for number in range(80)]
    assert len(" ".join(words)) <= 500
    assert shell.end_note(" ".join(words))
    press(shell, "r enter enter *")
    screen = shown(shell)
    assert [word for word in words if word not in screen] == []
    assert "enregistrée" in screen


def test_the_bar_of_a_cancelled_visit_offers_only_to_bring_it_back() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter enter")
    assert "e Modifier" in shown(shell)
    press(shell, "x 1")
    bar = key_bar_line(shell.hints(), 80)[0].text
    assert "x Rétablir" in bar
    assert "Modifier" not in bar
    assert "Transférer" not in bar
    press(shell, "e")
    assert "x la rétablit d'abord" in shown(shell)
    press(shell, "x")
    assert "e Modifier" in key_bar_line(shell.hints(), 80)[0].text


def test_the_history_shows_old_and_new_values_in_words() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter enter e 2 right m g 7 enter enter")
    screen = " ".join(shown(shell).split())
    assert "durée 5 → 10 min" in screen
    assert "personnes 1 → 2" in screen
    assert "modalité sans rendez-vous → sur rendez-vous" in screen
    assert "tranche d'âge non communiqué → 70 ans et plus" in screen
    press(shell, "t 1 enter")
    press(shell, "1 right enter")
    screen = " ".join(shown(shell).split())
    assert "passage Luxé → Mansle" in screen
    assert "insee_code" not in screen


def test_a_passage_that_holds_visits_is_not_cancelled_without_a_warning() -> None:
    shell, _terminal = a_shell()
    press(shell, "i enter x")
    assert "1 visite y est enregistrée, elle reste" in shown(shell)
    press(shell, "1")
    assert passage(shell).status is PassageStatus.EXPECTED
    press(shell, "x 2 2")
    assert passage(shell).status is PassageStatus.CANCELLED
    assert "✗ annulé : intempéries · 1 visite" in shown(shell)
    assert len(recorded(shell)) == 1


def test_a_closed_stop_says_when_and_offers_to_reopen() -> None:
    shell, _terminal = a_shell()
    press(shell, "a i enter a")
    screen = shown(shell)
    assert "fermé 09:00 · 1 visite" in screen
    assert "a Rouvrir" in screen
    assert "x Pas fait" not in screen
    press(shell, "a")
    assert "Passage rouvert : Luxé" in shell.message.text
    assert passage(shell).status is PassageStatus.OPEN


def test_a_parked_visit_hides_neither_opening_nor_undoing_from_the_bar() -> None:
    shell, _terminal = a_shell()
    press(shell, "a i enter n r e t enter escape")
    bar = key_bar_line(shell.hints(), 80)[0].text
    assert "⏎ Ouvrir" in bar
    assert "u Annuler" in bar
    assert "   b 09:00" in shown(shell)


@pytest.mark.parametrize("act", ["i enter", "n enter r enter", "ctrl+p s i m p l e enter enter"])
def test_the_first_act_asks_who_works_and_goes_on(act: str) -> None:
    laptop = a_day()
    laptop.desk.agent_id = NOBODY
    shell, _terminal = a_shell(laptop)
    first, *others = act.split()
    if first == "ctrl+p":
        press(shell, " ".join([first, *others[:-1]]))
        others = others[-1:]
    else:
        press(shell, first)
    assert "Qui travaille ?" in shown(shell)
    press(shell, "2 " + " ".join(others))
    (row,) = list_visits(shell.desk)
    assert row.state.agent_id == "agent-b"


def test_without_a_known_agent_nothing_is_asked() -> None:
    laptop = a_day()
    laptop.desk.agent_id = NOBODY
    laptop.desk.tree = None
    laptop.desk.names = {}
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter")
    assert len(recorded(shell)) == 1


def test_the_header_follows_a_sync_run_beside_the_screens() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter")
    laptop.sync()
    assert "● à jour 09:00" in shown(shell).splitlines()[0]
    again, _terminal = a_shell(laptop)
    assert "● à jour 09:00" in shown(again).splitlines()[0]
    press(again, "i enter")
    head = shown(again).splitlines()[0]
    assert "○ 1 à envoyer" in head
    assert "hors ligne" not in head
    again.end_sync(RegistryUnreachable("registry_unreachable"))
    assert "○ hors ligne · 1 à envoyer" in shown(again).splitlines()[0]
    again.desk.replica.clock.ms += 60_000
    laptop.sync()
    assert "● à jour 09:01" in shown(again).splitlines()[0]


def test_a_need_outside_the_catalogue_says_where_to_write_what_it_was() -> None:
    shell, _terminal = a_shell(a_day())
    press(shell, "a h")
    assert "e écrit ce qui était demandé" in shown(shell)
    press(shell, "x e")
    assert shell.end_note("permis bateau")
    press(shell, "enter")
    assert recorded(shell)[0].note == "permis bateau"


def test_a_question_mark_in_the_choice_of_a_procedure_opens_the_help() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r ?")
    assert "Aide · " in shown(shell)
    press(shell, "escape")
    assert "Démarche ▸ r" in shown(shell)


def test_the_first_screen_says_how_to_ask_for_leave_and_how_to_reach_another_stop() -> None:
    shell, _terminal = a_shell()
    assert "m matin  ← → passage" in shown(shell)
    press(shell, "a")
    assert "m matin" not in shown(shell)
    assert "← → passage" in shown(shell)


def test_the_evening_key_is_shown_when_the_last_stop_is_cancelled() -> None:
    shell, _terminal = a_shell()
    press(shell, "a a right x 1")
    assert " f Fin du jour " in shown(shell)


def test_two_outcomes_are_counted_where_one_would_hide_the_other() -> None:
    shell, _terminal = a_shell()
    press(shell, "n r e t enter r , c a f enter p enter")
    assert "2 issues" in shown(shell)


def test_an_agent_without_a_name_is_shown_as_people_write_and_asked_for_one_once() -> None:
    laptop = a_day()
    laptop.desk.names = {"agent-b": "Paul M."}
    laptop.desk.agent_id = AgentId("agent-b")
    shell, _terminal = a_shell(laptop)
    press(shell, "f3")
    assert "Votre nom, tel que ces écrans le montrent" in shown(shell)
    press(shell, "escape")
    assert "Agent A" in shown(shell).splitlines()[0]
    press(shell, "f3 f3")
    assert "Votre nom" not in shown(shell)
    assert "agent-a" not in shown(shell)


def test_a_name_written_on_the_screens_stays_in_the_settings_of_this_laptop(
    tmp_path: Path,
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('langue = "fr"\n\n[noms]  # ici\nagent-b = "Paul M."\n', encoding="utf-8")
    laptop = a_day(str(tmp_path / "fsmobile.db"))
    laptop.desk.names = load_settings(tmp_path, {}).noms
    laptop.desk.agent_id = NOBODY
    shell, _terminal = a_shell(laptop)
    press(shell, "n 3 1 N a d i a enter")
    assert "Démarche" in shown(shell), "the key goes on"
    assert "Nadia" in shown(shell).splitlines()[0]
    assert load_settings(tmp_path, {}).noms == {"agent-a": "Nadia", "agent-b": "Paul M."}
    assert "# ici" in settings.read_text(encoding="utf-8")


def test_papers_are_made_from_the_tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_acts, "open_page", lambda path: path.exists())
    shell, _terminal = a_shell(a_day(str(tmp_path / "fsmobile.db")))
    press(shell, "z 1")
    assert "Écrit, non chiffré" in shown(shell)
    assert "Feuille du" in (tmp_path / "day.html").read_text(encoding="utf-8")
    press(shell, "z 3")
    for key in "avis d'impôt":
        shell.press(key)
    press(shell, "enter")
    assert "avis d&#x27;impôt" in (tmp_path / "slip.html").read_text(encoding="utf-8")


def test_a_browser_that_draws_in_the_terminal_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    lynx = webbrowser.GenericBrowser("lynx")
    monkeypatch.setattr(lynx, "open", drawn.append)
    monkeypatch.setattr(webbrowser, "get", lambda: lynx)
    assert not print_acts.open_page(tmp_path / "day.html")
    assert drawn == []


def test_a_visit_goes_to_the_stop_of_another_day() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter enter t")
    days = [row for row in shown(shell).splitlines() if "nov." in row]
    assert len(days) >= 4
    press(shell, "3")
    assert "Visite donnée à" in shown(shell)
    (visit,) = recorded(shell)
    assert visit.service_date < laptop.desk.today()
    assert visit.passage_id is not None
    assert visit.passage_id.endswith(visit.service_date.isoformat())


@pytest.mark.parametrize(
    ("keys", "text", "said"),
    [
        ("g", "", "Luxé : le bus n'est plus noté garé"),
        ("a g a g", "", "Luxé : le bus n'est plus noté reparti"),
        ("c n", "la clé est au café", "Page du carnet de bord reprise"),
        ("c n", "la clé est au café+f", "La page du carnet de bord est de nouveau ouverte"),
    ],
)
def test_an_undo_says_what_it_took_back(keys: str, text: str, said: str) -> None:
    shell, _terminal = a_shell()
    press(shell, keys)
    if text:
        written, _plus, then = text.partition("+")
        assert shell.end_note(written)
        press(shell, then)
    press(shell, "u")
    assert said in shell.message.text
