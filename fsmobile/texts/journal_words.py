"""What the journal's lines say, to a person."""

from collections.abc import Mapping

from fsmobile.core.journal import JournalAct
from fsmobile.texts.translation import _, mark

_ACTS: Mapping[str, str] = {
    JournalAct.EXPORTED: mark("export"),
    JournalAct.ANSWERED: mark("réponse à une personne sur ce qui est gardé d'elle"),
    JournalAct.NAMES_ERASED: mark("noms effacés, leur jour étant venu"),
    JournalAct.UNLOCK_REFUSED: mark("phrases de passe refusées"),
    JournalAct.KEYS_CHANGED: mark("qui ouvre ce poste a changé"),
    JournalAct.HANDED_IN: mark("travail d'un autre portable remis au registre"),
    "erase": mark("effacement ordonné par le registre"),
    "policy": mark("contenus trop anciens, supprimés sur ordre du registre"),
    "scope.drop": mark("poste affecté ailleurs, ou à un autre rôle"),
    "device.key": mark("nouvelle clé de signature de ce poste"),
    "registry.key": mark("nouvelle clé de signature du registre, remise par l'ancienne"),
    "key.revoke": mark("poste du bus révoqué"),
    "writer.enrolment": mark("inscription de ce poste"),
    "writer.fork": mark("nouveau journal : le registre en connaissait un autre (copie, clone)"),
    "writer.replay": mark("nouveau journal : ce poste avait été remis dans un état ancien"),
    "writer.restored": mark("nouveau journal : ce poste a été remis depuis une copie"),
}


def describe_act(act: str) -> str:
    """Return what was done; an act of a newer program shows its code."""
    return _(_ACTS[act]) if act in _ACTS else act
