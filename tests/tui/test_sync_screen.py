"""The screen Synchro: what is refused, and one enrolment on two machines, in sentences."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from fsmobile.core.journal import JournalAct
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.store import journal, ops
from fsmobile.sync.stick import export_stick
from fsmobile.tui.lines import cells
from fsmobile.tui.views.frame import Light, Network
from fsmobile.tui.views.sync import SyncView, sync_lines
from fsmobile.usecases.sync_status import Stick
from tests.tui.day_samples import a_day, a_shell, press, shown

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))


def drawn(width: int = 80, **changes: object) -> str:
    view = SyncView(now=NOW, network=Network(light=Light.OFFLINE), **changes)
    rows = sync_lines(view, width, 22)
    assert max(cells(row.text) for row in rows) <= width
    return "\n".join(row.text for row in rows)


def test_a_key_on_two_machines_is_said_with_what_to_do() -> None:
    laptop = a_day()
    for _ in range(3):
        current = ops.list_writers(laptop.replica)[-1]
        ops.open_writer(laptop.replica, current.writer, 0, "replay")
    shell, _terminal = a_shell(laptop)
    press(shell, "6")
    assert "Une autre machine se sert de l'inscription de ce poste" in shown(shell)
    assert "un nouveau code" in shown(shell)
    assert "machine" not in drawn()


def test_a_refusal_says_why_in_words_and_the_record_stays() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter")
    (waiting,) = [one for one in ops_waiting(laptop) if one[1] == "visit.record"]
    with laptop.replica.write() as connection:
        connection.execute(
            "INSERT INTO outcome (op_id, code, detail) VALUES (?, 'rejected', ?)",
            (waiting[0], '{"code": "forbidden"}'),
        )
    press(shell, "6 f5")
    text = shown(shell)
    assert "Refusé par le registre" in text
    assert "visite · Ce poste n'a pas le droit d'écrire là" in text
    assert "! 1 refusé" in text


def test_a_line_of_the_journal_that_waits_says_what_was_done() -> None:
    laptop = a_day()
    journal.note(laptop.replica, laptop.desk.agent_id, JournalAct.UNLOCK_REFUSED, count=1)
    shell, _terminal = a_shell(laptop)
    press(shell, "6")
    assert "journal du poste  phrases de passe refusées" in shown(shell)


def a_stick(**changes: object) -> Stick:
    stick = Stick(
        ops=147,
        visits=140,
        made_at=NOW,
        first_at=NOW - timedelta(days=6),
        last_at=NOW,
        answered_at=None,
        last_answer_at=None,
    )
    return replace(stick, **changes)


def test_the_screen_says_what_the_stick_carries_and_when_it_was_answered() -> None:
    text = drawn(stick=a_stick())
    assert "Clé USB            147 actes, dont 140 visites · du 20/11/2026 au 26/11/2026" in text
    assert "écrite 09:00" in text
    assert "sans réponse encore" in text
    before = NOW - timedelta(days=9)
    assert "sans réponse ; la dernière mar. 17 nov. 09:00" in drawn(
        stick=a_stick(last_answer_at=before)
    )
    assert "✓ réponse lue 09:00" in drawn(stick=a_stick(answered_at=NOW, last_answer_at=NOW))
    assert "Clé USB" not in drawn()


def test_a_stick_that_was_written_is_on_the_screen() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "i enter")
    export_stick(laptop.replica, laptop.key, load_wire_dictionary())
    press(shell, "6 f5")
    assert "Clé USB            1 acte, dont 1 visite · du 26/11/2026 au 26/11/2026" in shown(shell)


def ops_waiting(laptop: object) -> list[tuple[str, str]]:
    from fsmobile.usecases.sync_status import list_waiting

    return [(one.op_id, one.kind) for one in list_waiting(laptop.desk)]
