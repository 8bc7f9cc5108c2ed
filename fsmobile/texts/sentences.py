"""A sentence for each error: what happened, and what to do next.

By code when the code is known here, otherwise by class: a code that is new still gets the
sentence of its category, never a bare name.
"""

from collections.abc import Mapping

from msgspec import Struct

from fsmobile import errors
from fsmobile.texts.code_sentences import CODE_SENTENCES
from fsmobile.texts.filling import fill
from fsmobile.texts.problems import describe_problem
from fsmobile.texts.translation import _, mark

_CLASS_SENTENCES: Mapping[type[errors.FsmobileError], tuple[str, str]] = {
    errors.FsmobileError: (
        mark("L'action n'a pas pu se faire."),
        mark("Rien n'est perdu. Recommencez ; si cela revient, prévenez le support."),
    ),
    errors.InvalidInput: (
        mark("Ce qui a été donné ne peut pas être pris."),
        mark("Corrigez ce qui suit, puis recommencez."),
    ),
    errors.InvalidRecurrence: (
        mark("Cette règle de jours ne va pas."),
        mark("Corrigez ce qui suit dans le fichier de la tournée."),
    ),
    errors.InvalidTour: (
        mark("Cette tournée ne va pas."),
        mark("Corrigez ce qui suit dans le fichier de la tournée."),
    ),
    errors.InvalidVisit: (
        mark("La visite ne peut pas être enregistrée telle quelle."),
        mark("Corrigez ce qui suit ; rien de ce qui est saisi n'est perdu."),
    ),
    errors.InvalidSchedule: (
        mark("Le planning a des fautes ; rien n'a été publié."),
        mark("Corrigez ce qui suit, puis « fsmobile schedule check »."),
    ),
    errors.InvalidSettings: (
        mark("Les réglages ont des fautes : {path}."),
        mark("Corrigez ce qui suit dans ce fichier, ou dans les variables FSMOBILE_*."),
    ),
    errors.PersonalDataRefused: (
        mark("Ce texte contient {kind} : rien n'en a été enregistré."),
        mark("Retirez-le de la note ; aucun numéro qui désigne une personne n'y a sa place."),
    ),
    errors.NotFound: (
        mark("Introuvable : {kind} « {id} »."),
        mark("Vérifiez le nom, puis recommencez."),
    ),
    errors.NotAllowed: (
        mark("Ce poste n'a pas le droit de faire cela."),
        mark("Demandez à la personne qui coordonne le bus."),
    ),
    errors.ChangedMeanwhile: (
        mark("Quelqu'un l'a modifié entre-temps ; rien n'a été écrasé."),
        mark("Relisez les deux versions, puis choisissez."),
    ),
    errors.TryLater: (
        mark("Ce n'est pas possible pour le moment."),
        mark("Tout est enregistré sur ce poste ; l'envoi se fera plus tard."),
    ),
    errors.RegistryUnreachable: (
        mark("Le registre ne répond pas."),
        mark("Tout est enregistré sur ce poste ; l'envoi se fera quand le réseau sera là."),
    ),
    errors.StoreBusy: (
        mark("Un autre programme tient déjà les données de ce poste."),
        mark("Fermez l'autre fenêtre de fsmobile, ou attendez qu'elle finisse."),
    ),
    errors.StoreFull: (
        mark("Le disque est plein : ceci n'est pas enregistré, ce qui l'était reste entier."),
        mark("Libérez de la place sur le disque, puis recommencez."),
    ),
    errors.OutOfStep: (
        mark("Continuer risquerait d'abîmer des données ; rien n'a été touché."),
        mark("Lisez cette phrase au support : {code}."),
    ),
    errors.StoreTooNew: (
        mark("Les données de ce poste viennent d'un fsmobile plus récent ; rien n'a été touché."),
        mark("Installez la dernière version de fsmobile, puis recommencez."),
    ),
    errors.ProtocolMismatch: (
        mark("Le registre et ce poste n'ont pas la même version d'échange ; rien n'est perdu."),
        mark("Mettez fsmobile à jour. Au support, lisez : {code}."),
    ),
    errors.BadSignature: (
        mark("La réponse n'est pas signée par votre registre ; rien n'en a été gardé."),
        mark("N'insistez pas depuis ce réseau. Au support, lisez : {code}."),
    ),
    errors.RepeatedFork: (
        mark("Deux machines écrivent sous le même nom de poste ; rien n'est perdu."),
        mark("N'utilisez plus qu'une des deux. Au support, lisez : {code}."),
    ),
}


class Sentence(Struct, frozen=True, kw_only=True):
    """What a person reads of an error."""

    what: str
    """What happened."""
    next: str
    """What to do next."""
    details: tuple[str, ...] = ()
    """One line for each fault, when there are several things to mend."""

    def __str__(self) -> str:
        return "\n".join((f"{self.what} {self.next}", *self.details))


def explain_error(error: errors.FsmobileError) -> Sentence:
    """Return what to tell a person of an error, in the language of the moment."""
    what, next_step = CODE_SENTENCES.get(error.code) or class_sentence(type(error))
    params = {"code": error.code, **error.params}
    problems = error.problems if isinstance(error, errors.InvalidInput) else ()
    return Sentence(
        what=fill(_(what), params),
        next=fill(_(next_step), params),
        details=tuple(map(describe_problem, problems)),
    )


def class_sentence(kind: type[errors.FsmobileError]) -> tuple[str, str]:
    """Return the French sentences of a class of errors, or of its nearest parent."""
    known = (parent for parent in kind.__mro__ if parent in _CLASS_SENTENCES)
    return _CLASS_SENTENCES[next(known)]
