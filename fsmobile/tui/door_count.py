"""The count at the door: a key for each person, written on a pause, each key taken back by one."""

from fsmobile.core.ids import PassageId
from fsmobile.core.passages import Tally
from fsmobile.errors import FsmobileError
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.tour import NO_TALLY, sum_tallies
from fsmobile.usecases.passages import tally_passage

TALLIES = {
    "tally.met": Tally(met=1),
    "tally.elsewhere": Tally(sent_elsewhere=1),
    "tally.turned": Tally(turned_away=1),
}
"""What each key of the door counts."""


class DoorCount:
    """People counted since the last write."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._counted: list[Tally] = []
        self._message = Line()
        """What the last key said, as long as nothing else was said."""

    @property
    def pending(self) -> Tally:
        """Return the sum of what is not written yet."""
        return sum_tallies(self._counted)

    @property
    def waiting(self) -> int:
        """Return how many keys are not written yet."""
        return len(self._counted)

    def count(self, id: str, passage_id: PassageId | None) -> None:
        """Count one person by a key of the catalogue."""
        if passage_id is None:
            self._stage.say(_("Aucun passage : l note un arrêt imprévu"), Role.WARN)
            return
        tally = TALLIES[id]
        self._counted.append(tally)
        self._stage.say(f"{_name(tally)} · u {_('annuler')}")
        self._message = self._stage.message

    def undo(self) -> bool:
        """Take back the last key, if it is not written yet."""
        if not self._counted:
            return False
        self._stage.say(_("{door} : une de moins").format(door=_name(self._counted.pop())))
        return True

    def write(self, passage_id: PassageId | None) -> bool:
        """Write what was counted; tell whether anything was."""
        counted, self._counted = self._counted, []
        total = sum_tallies(counted)
        if total == NO_TALLY or passage_id is None:
            return False
        try:
            tally_passage(
                self._stage.desk,
                passage_id,
                met=total.met,
                sent_elsewhere=total.sent_elsewhere,
                turned_away=total.turned_away,
            )
        except FsmobileError as error:
            self._counted = counted
            self._stage.refuse(error)
            return False
        self._say_counted(len(counted))
        return True

    def _say_counted(self, people: int) -> None:
        """Say what one `u` would now take back, if the message still speaks of the door."""
        if people > 1 and self._stage.message is self._message:
            said = n_("{n} personne comptée", "{n} personnes comptées", people).format(n=people)
            self._stage.say(f"{said} · u {_('annuler')}")


def _name(tally: Tally) -> str:
    """Name what one key counts."""
    if tally.met:
        return _("1 personne venue")
    return _("1 personne orientée") if tally.sent_elsewhere else _("1 personne repartie")
