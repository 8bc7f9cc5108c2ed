"""The records of a passage on the screen: one field chosen, typed, written on its own line."""

from collections.abc import Sequence

from fsmobile.core.folding import fold
from fsmobile.errors import FsmobileError
from fsmobile.formats.schedule_fields import FieldOwner
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _, mark
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.stage import Prompt, PromptReading, Question
from fsmobile.usecases.planning_calendar import DayLine
from fsmobile.usecases.planning_fields import FilledField, fill_field, list_fields

_OWNERS = {
    FieldOwner.STOP: mark("arrêt"),
    FieldOwner.RUN: mark("sortie"),
    FieldOwner.VERSION: mark("tournée"),
    FieldOwner.PARTNER: mark("partenaire"),
    FieldOwner.PLACE: mark("lieu"),
    FieldOwner.VEHICLE: mark("bus"),
}


_NAMES = {
    "acces": mark("accès"),
    "autorisation_fin": mark("fin de l'autorisation"),
    "controle": mark("contrôle technique"),
    "courant": mark("prise de courant"),
    "depart": mark("départ"),
    "equipage": mark("équipage"),
    "feries": mark("jours fériés"),
    "fin": mark("dernier jour"),
    "incertain": mark("heures incertaines"),
    "indisponible": mark("indisponible"),
    "installation": mark("minutes d'installation"),
    "lat": mark("latitude"),
    "lon": mark("longitude"),
    "motif": mark("motif"),
    "nom": mark("nom"),
    "note": mark("note"),
    "ouvert": mark("heures d'ouverture"),
    "pmr": mark("accessible en fauteuil"),
    "repli": mark("lieu de repli"),
    "reseau": mark("réseau"),
    "retour": mark("retour"),
    "trajet": mark("minutes de trajet"),
    "vacances": mark("vacances scolaires"),
    "vehicule": mark("bus"),
}
"""What people call the keys of the files; a key without a name is shown as it is written."""


class PlanningFieldActs:
    """Fills in what the passage is made of."""

    def __init__(self, ask: PlanQuestions) -> None:
        self._ask = ask

    def fill(self, one: DayLine) -> None:
        """Ask which field, then its value."""
        fields = {f"{x.file}:{'.'.join(x.path)}": x for x in list_fields(
            self._ask.sheets, one.passage)}  # fmt: skip
        choices = [
            Choice(
                code=code,
                label=_name(found),
                detail=found.text or "—",
                more=f"{found.file} · {found.field.key}",
            )
            for code, found in fields.items()
        ]
        named = {x.code: fold(f"{x.label} {fields[x.code].field.key}") for x in choices}

        def find(query: str) -> Sequence[Choice]:
            words = fold(query).split()
            return [x for x in choices if all(word in named[x.code] for word in words)]

        def go_on(choice: Choice) -> None:
            self._type(fields[choice.code])

        self._ask.stage.ask(Question(title=_("Quel champ ?"), find=find, then=go_on))

    def _type(self, found: FilledField) -> None:
        def read(text: str) -> PromptReading:
            if text.strip() == found.text.strip():
                return PromptReading(rows=(line((found.file, Role.DIM)),))
            try:
                fill_field(self._ask.sheets, found, text)
            except FsmobileError as error:
                sentence = explain_error(error)
                return PromptReading(rows=(line((sentence.what, Role.WARN)),))
            told = _("{file} : une ligne change").format(file=found.file)
            return PromptReading(rows=(line((told, Role.DIM)),), is_ready=True)

        self._ask.stage.open_prompt(
            Prompt(
                title=_name(found),
                text=found.text,
                help=_("par exemple {example} ; vide : rien").format(example=found.field.example),
                read=read,
                then=lambda text: self._ask.write(
                    f"{_name(found)} : {text or '—'}",
                    lambda: fill_field(self._ask.sheets, found, text),
                ),
            )
        )


def _name(found: FilledField) -> str:
    """Return `arrêt · minutes de trajet`."""
    key = found.field.key
    return f"{_(_OWNERS[found.field.owner])} · {_(_NAMES.get(key, key))}"
