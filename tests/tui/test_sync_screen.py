"""The screen Synchro: what is refused, and one enrolment on two machines, in sentences."""

from datetime import datetime
from zoneinfo import ZoneInfo

from fsmobile.store import ops
from fsmobile.tui.lines import cells
from fsmobile.tui.views.frame import Light, Network
from fsmobile.tui.views.sync import SyncView, sync_lines
from tests.tui.day_samples import a_day, a_shell, press, shown

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))


def drawn(width: int = 80, **changes: object) -> str:
    view = SyncView(now=NOW, network=Network(light=Light.OFFLINE), **changes)  # type: ignore[arg-type]
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


def ops_waiting(laptop: object) -> list[tuple[str, str]]:
    from fsmobile.usecases.sync_status import list_waiting

    return [(one.op_id, one.kind) for one in list_waiting(laptop.desk)]  # type: ignore[attr-defined]
