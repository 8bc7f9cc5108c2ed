"""Words of the fleet pages: ages, clocks, roles, what was refused, what happened."""

from collections.abc import Mapping

from fsmobile.texts.dates import NO_BREAK, format_number
from fsmobile.texts.translation import _, mark, n_

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_ROLES: Mapping[str, str] = {
    "agent": mark("agent"),
    "coordinator": mark("coordination"),
    "administrator": mark("administration"),
    "protection_officer": mark("protection des données"),
    "reader": mark("lecture"),
    "town_hall": mark("mairie"),
}
_REFUSALS: Mapping[str, str] = {
    "forbidden": mark("Ce poste n'a pas le droit d'écrire là : voir l'unité et le rôle du poste."),
    "wrong_scope": mark("Envoyé au nom d'une autre unité que celle du poste."),
    "malformed": mark("Le contenu n'a pas la forme attendue : prévenir le support."),
    "schedule_file_missing": mark("Un fichier du planning n'est pas arrivé : publier à nouveau."),
    "schedule_with_errors": mark("Le planning a des erreurs : les corriger, publier à nouveau."),
    "same_id_other_content": mark(
        "Même identifiant qu'un acte déjà reçu, autre contenu : les deux sont gardés, à comparer."
    ),
    "spoilt": mark(
        "Abîmé sur le disque du poste avant l'envoi : ce qu'il en reste est gardé, à montrer"
        " au support."
    ),
    "stale": mark(
        "Planning fondé sur une révision dépassée : le poste reprend la révision en vigueur."
    ),
}
_EVENTS: Mapping[str, str] = {
    "laptop_restored": mark("Poste reparti d'une ancienne copie de ses données."),
    "laptop_cloned": mark("Une même clé sur deux machines : inscrire l'une des deux à nouveau."),
    "laptop_revoked": mark("Poste révoqué."),
    "quarantined": mark("Travail non envoyé d'un poste révoqué, mis en quarantaine."),
    "taken_in": mark("Travail mis en quarantaine, repris par une personne."),
    "turned_down": mark("Travail mis en quarantaine, laissé dehors par une personne."),
    "registry_rolled_back": mark("Le registre tenait moins que ce qu'il avait confirmé."),
    "registry_restored": mark("Registre remis depuis une sauvegarde."),
    "spoilt": mark("Actes abîmés sur le disque d'un poste : les autres sont passés. Le changer."),
    "put_back": mark("Actes perdus par le registre, rendus par un poste qui les avait encore."),
    "unproven": mark("Actes rendus par un poste sans preuve de réception : mis de côté, à voir."),
    "erased": mark("Effacement demandé."),
    "laptop_assigned": mark("Poste affecté à un autre bus, ou à un autre rôle."),
    "retention": mark("Contenus arrivés au bout de leur durée de conservation, supprimés."),
    "forbidden": mark("Acte hors des droits d'un poste ou d'un compte : refusé."),
    "risk_closed": mark("Effacement que ce poste ne confirmera jamais : risque accepté."),
    "report_exported": mark("Un bilan a été donné comme données, à un compte."),
    "exported": mark("Tout ce que tient le registre a été écrit dans un fichier."),
    "retention_decided": mark("Durée de conservation décidée."),
    "account_changed": mark("Compte créé, retiré, ou dont la phrase ou le second facteur change."),
    "laptop_key_renewed": mark("Le poste signe avec une clé neuve."),
    "key_renewed": mark("La clé de signature du registre a été renouvelée."),
}
_ATTENTIONS: Mapping[str, str] = {
    "revoked": mark("révoqué"),
    "never_seen": mark("jamais venu"),
    "silent": mark("silencieux"),
    "unsent": mark("reste à envoyer"),
    "clock": mark("horloge fausse"),
    "refused": mark("actes refusés"),
    "quarantined": mark("en quarantaine"),
    "unconfirmed": mark("effacement non confirmé"),
}


def role_name(code: str) -> str:
    """Return the name of a role."""
    return _(_ROLES.get(code, code))


def explain_refusal(code: str, reason: str) -> str:
    """Say why an op was not taken as it is, and what to do."""
    known = _REFUSALS.get(reason) or _REFUSALS.get(code)
    if known is not None:
        return _(known)
    return _("Refusé ; au support, lisez : {code}.").format(code=reason or code)


def explain_event(kind: str) -> str:
    """Say what happened."""
    known = _EVENTS.get(kind)
    return _("Événement « {kind} ».").format(kind=kind) if known is None else _(known)


def attention_name(code: str) -> str:
    """Return in a word or two what to look into."""
    return _(_ATTENTIONS.get(code, code))


def format_age(seconds: float) -> str:
    """Return how long ago: `il y a 5 min`, `il y a 3 jours`."""
    past = max(0, int(seconds))
    if past < _MINUTE:
        return _("à l'instant")
    if past < _HOUR:
        return _("il y a {n} min").format(n=past // _MINUTE)
    if past < _DAY:
        return _("il y a {n} h").format(n=past // _HOUR)
    days = past // _DAY
    return n_("il y a {n} jour", "il y a {n} jours", days).format(n=format_number(days))


def format_drift(ahead_ms: int | None) -> str:
    """Return how far a clock is off: `à l'heure`, `en avance de 12 min`."""
    if ahead_ms is None:
        return _("inconnue")
    seconds = abs(ahead_ms) // 1000
    if seconds < _MINUTE:
        return _("à l'heure")
    if ahead_ms > 0:
        return _("en avance de {span}").format(span=_span(seconds))
    return _("en retard de {span}").format(span=_span(seconds))


def _span(seconds: int) -> str:
    for size, unit in ((_DAY, _("j")), (_HOUR, _("h")), (_MINUTE, _("min"))):
        if seconds >= size:
            return f"{format_number(seconds // size)}{NO_BREAK}{unit}"
    return f"{seconds}{NO_BREAK}s"
