"""The table of what is recorded, in words: why, how long, who reads it."""

from collections.abc import Mapping

from fsmobile.core.personal_data import DataField, Seen, Term, Why
from fsmobile.texts.translation import _, mark

_WHY: Mapping[Why, str] = {
    Why.COUNT: mark("les chiffres que demandent le label et les financeurs"),
    Why.PLACE: mark("savoir quand et où le bus sert, pour faire les tournées"),
    Why.HELP: mark("reprendre ce qui a été commencé pour une personne"),
    Why.REACH: mark("joindre la personne, parce qu'elle l'a accepté"),
    Why.PROOF: mark("prouver ce qui a été fait des données, et avec quel accord"),
    Why.WORK: mark("travailler ensemble entre équipages"),
}
_TERMS: Mapping[Term, str] = {
    Term.STRUCTURE: mark("la durée que décide la structure (`registry retention keep … {family}`)"),
    Term.CHOSEN_DAY: mark("jusqu'au jour choisi avec la personne, un an au plus"),
    Term.ON_DEMAND: mark("jusqu'à ce qu'on demande de l'effacer"),
    Term.ALWAYS: mark("autant que le journal : il ne nomme que des agents"),
}
_ERASED: Mapping[Term, str] = {
    Term.STRUCTURE: mark("au registre et sur chaque poste, qui le confirme"),
    Term.CHOSEN_DAY: mark("par chaque poste, seul, ce jour-là ; au registre, `erase --expired`"),
    Term.ON_DEMAND: mark("au registre et sur chaque poste (`registry erase`)"),
    Term.ALWAYS: mark("jamais"),
}
_SEEN: Mapping[Seen, str] = {
    Seen.BUS: mark("les portables du bus, la coordination"),
    Seen.OFFICE: mark("la coordination"),
    Seen.AGENCY: mark("tous les portables de la structure"),
}


def say_why(one: DataField) -> str:
    """Return what a field is for."""
    return _(_WHY[one.why])


def say_term(one: DataField) -> str:
    """Return how long a field is kept."""
    return _(_TERMS[one.term]).format(family=one.family)


def say_erased(one: DataField) -> str:
    """Return where a field is erased."""
    return _(_ERASED[one.term])


def say_seen(one: DataField) -> str:
    """Return who reads a field."""
    return _(_SEEN[one.seen])
