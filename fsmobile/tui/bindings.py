"""Every key of the screens, once: read by the key bar, the help, the palette and the tests."""

from enum import StrEnum

from msgspec import Struct

from fsmobile.texts.translation import mark
from fsmobile.tui.keys import TWINS


class Where(StrEnum):
    """The place in which a key means something."""

    EVERYWHERE = "everywhere"
    """All screens, outside a text field and outside a form."""
    TOUR = "tour"
    VISIT = "visit"
    """A recorded visit, opened."""
    FOLLOW_UPS = "follow_ups"
    LOGBOOK = "logbook"
    """The sheet of the stop and the logbook."""
    SYNC = "sync"
    CHECK = "check"
    """The check of the morning, and that of the evening."""
    PICK = "pick"
    """First step of the fast entry, and every list narrowed by letters."""
    FACTS = "facts"
    """Second step of the fast entry."""
    NOTE = "note"
    PLANNING = "planning"
    PROMPT = "prompt"
    """A line being typed, what it means shown below."""
    COMMUNES = "communes"
    """Who is to be told of what is published."""
    REVIEW = "review"
    """What is about to be published."""
    STUDY = "study"
    """What the plan comes to: coverage, drives, a trial beside the published one."""
    SEARCH = "search"
    REPORT = "report"
    HELP = "help"


class Command(Struct, frozen=True, kw_only=True):
    """Something a key does."""

    id: str
    where: Where
    keys: tuple[str, ...]
    """Names given by `keys.name_keys`; the first is the one shown."""
    label: str
    """One or two words for the key bar; empty when the bar never shows it."""
    help: str
    """One sentence for the help screen and the palette."""
    label_other: str = ""
    """Label in the other state of the same key (arrival, departure)."""
    shown: str = ""
    """How several keys are written together; empty: by their names."""


def with_twins(key: str) -> tuple[str, ...]:
    """Return a key, and for a digit what its key types on a French keyboard."""
    twins = [twin for twin, number in TWINS.items() if number == key]
    return (key, *twins)


def _c(
    id: str,
    where: Where,
    keys: str,
    label: str,
    help: str,
    label_other: str = "",
    shown: str = "",
) -> Command:
    names = tuple(name for key in keys.split() for name in with_twins(key))
    return Command(
        id=id,
        where=where,
        keys=names,
        label=label,
        help=help,
        label_other=label_other,
        shown=shown,
    )


_E, _T, _V, _S = Where.EVERYWHERE, Where.TOUR, Where.VISIT, Where.SYNC
_K, _U, _L = Where.CHECK, Where.FOLLOW_UPS, Where.LOGBOOK
_P, _F, _N, _H = Where.PICK, Where.FACTS, Where.NOTE, Where.HELP
_SE, _B = Where.SEARCH, Where.REPORT
_PL, _PR, _R, _CO = Where.PLANNING, Where.PROMPT, Where.REVIEW, Where.COMMUNES
_ST = Where.STUDY

COMMANDS: tuple[Command, ...] = (
    _c("visit.new", _T, "n ctrl+n", mark("Visite"), mark("nouvelle visite")),
    _c("visit.again", _T, "d", mark("Refaire"), mark("la même demande que la dernière visite")),
    _c("visit.simple", _T, "i", mark("Info"), mark("renseignement simple, puis ⏎")),
    _c("visit.uncovered", _T, "h", mark("Hors champ"), mark("demande non couverte, puis ⏎")),
    _c("visit.paper", _T, "w", "", mark("saisir une feuille du jour, tenue sur papier")),
    _c("visit.phone", _T, "t", "", mark("appel téléphonique sur la route, hors de tout arrêt")),
    _c(
        "passage.door", _T, "a", mark("Arrivée"),
        mark("arrivée ou départ : ouvrir ou fermer le passage"), mark("Départ"),
    ),
    _c("visit.open", _T, "enter", mark("Ouvrir"), mark("ouvrir la visite choisie")),
    _c(
        "passage.stop", _T, "x", mark("Pas fait"),
        mark("annuler ou écourter le passage, avec un motif"), mark("Écourter"),
    ),
    _c("passage.brake", _T, "g", "", mark("le bus est garé, puis reparti")),
    _c("passage.delay", _T, "y", "", mark("dire pourquoi le passage a ouvert en retard")),
    _c("logbook.show", _T, "c", "", mark("fiche de l'arrêt et carnet de bord entre équipages")),
    _c("logbook.incident", _T, "e", "", mark("incident : réseau, panne, route, absence…")),
    _c("passage.unplanned", _T, "l", mark("Lieu"), mark("arrêt imprévu : choisir un lieu")),
    _c("tally.met", _T, "p", "", mark("une personne venue au bus")),
    _c("tally.elsewhere", _T, "o", "", mark("une personne orientée ailleurs")),
    _c("tally.turned", _T, "r", "", mark("une personne repartie sans être reçue")),
    _c("drafts.resume", _T, "b", mark("Brouillon"), mark("reprendre une visite en attente")),
    _c("promise.task", _T, "s", "", mark("promettre une suite à la personne de cette visite")),
    _c("promise.hour", _T, "v", "", mark("donner un rendez-vous à un passage à venir")),
    _c("paper.print", _T, "z", "", mark("imprimer : feuille du jour, suites, papier à emporter")),
    _c("day.departure", _T, "m", "", mark("matin : peut-on partir ?")),
    _c("day.end", _T, "f", mark("Fin du jour"), mark("soir : puis-je fermer le portable ?")),
    _c(
        "visit.move", _T, "down up pageup pagedown home end j k", "",
        mark("changer de visite"), shown="↑↓",
    ),
    _c("passage.move", _T, "right left", "", mark("changer de passage"), shown="← →"),
    _c("app.leave", _T, "q", "", mark("quitter (rien n'est perdu)")),
    _c("visit.correct", _V, "e", mark("Modifier"), mark("corriger la visite ouverte")),
    _c(
        "visit.void", _V, "x", mark("Annuler la visite"),
        mark("annuler la visite, avec un motif, ou la rétablir"), mark("Rétablir"),
    ),
    _c("visit.reassign", _V, "t", mark("Transférer"), mark("donner la visite à un autre passage")),
    _c("visit.close", _V, "escape enter", mark("Retour"), mark("revenir à la tournée")),
    _c("sync.run", _S, "s", mark("Synchroniser"), mark("envoyer et recevoir maintenant")),
    _c("sync.leave", _S, "q", "", mark("quitter (rien n'est perdu)")),
    _c("sync.move", _S, "down up j k", "", mark("parcourir ce qui attend"), shown="↑↓"),
    _c("promise.finish", _U, "f", mark("Fait"), mark("clore la suite : faite, ou abandonnée")),
    _c("promise.postpone", _U, "r", mark("Reporter"), mark("reporter la suite")),
    _c("promise.presence", _U, "p", mark("Présence"), mark("dire si la personne est venue")),
    _c("promise.tell", _U, "i", mark("Prévenir"), mark("la personne sait que le passage a changé")),
    _c("promise.book", _U, "v", mark("RDV"), mark("donner un rendez-vous")),
    _c("promise.write", _U, "e", mark("Écrire"), mark("noter ce qui a été fait ou appris")),
    _c("promise.name", _U, "c", mark("Nom"), mark("garder un nom, avec l'accord de la personne")),
    _c("promise.new", _U, "n", mark("Suite"), mark("promettre une suite, hors de toute visite")),
    _c("promise.move", _U, "down up j k", "", mark("changer de ligne"), shown="↑↓"),
    _c("promise.leave", _U, "q", "", mark("quitter (rien n'est perdu)")),
    _c("logbook.write", _L, "n", mark("Écrire"), mark("laisser un mot sur l'arrêt")),
    _c("logbook.bus", _L, "b", mark("Bus"), mark("laisser un mot sur le bus")),
    _c("logbook.sheet", _L, "t", mark("Fiche"), mark("compléter la fiche de l'arrêt")),
    _c("logbook.report", _L, "e", mark("Incident"), mark("noter un incident")),
    _c("logbook.close", _L, "f", mark("Réglé"), mark("clore la ligne choisie : c'est réglé")),
    _c("logbook.message", _L, "m", mark("Message"), mark("écrire aux équipages (coordination)")),
    _c("logbook.move", _L, "down up j k", "", mark("changer de ligne"), shown="↑↓"),
    _c("logbook.leave", _L, "escape c q", mark("Retour"), mark("revenir à la tournée")),
    _c("check.read", _K, "l", mark("J'ai lu"), mark("dire à la coordination que c'est lu")),
    _c("check.closing", _K, "a", mark("Fermeture"), mark("dire l'heure d'une fermeture oubliée")),
    _c("check.sync", _K, "s", mark("Synchroniser"), mark("envoyer et recevoir maintenant")),
    _c(
        "check.move", _K, "down up pagedown pageup j k", mark("Défiler"), mark("défiler"),
        shown="↑↓",
    ),
    _c("check.close", _K, "escape enter q m f", mark("Retour"), mark("revenir à la tournée")),
    _c("pick.choose", _P, "enter", mark("Choisir"), mark("prendre la ligne choisie (ou 1…9)")),
    _c("pick.move", _P, "down up", mark("Liste"), mark("changer de ligne"), shown="↑↓"),
    _c("pick.save", _P, "ctrl+s", mark("Enregistrer"), mark("enregistrer la visite")),
    _c("pick.leave", _P, "escape", mark("Sortir (brouillon gardé)"), mark("mettre en attente")),
    _c("entry.save", _F, "enter ctrl+s", mark("Enregistrer"), mark("enregistrer la visite")),
    _c("entry.another", _F, ",", mark("Autre démarche"), mark("autre démarche, même personne")),
    _c("entry.back", _F, "backspace", mark("Revenir"), mark("revenir au choix de la démarche")),
    _c("entry.leave", _F, "escape", mark("En attente"), mark("garder le brouillon et sortir")),
    _c(
        "entry.outcome", _F, "r p s o a x", "",
        mark("issue : résolu, pièces, suite, orienté, abandon, sans objet"),
    ),
    _c(
        "entry.people", _F, "1 2 3 4 5 6 7 8 9 up down", "",
        mark("nombre de personnes"), shown="1…9 ↑ ↓",
    ),
    _c("entry.minutes", _F, "left right", "", mark("durée, par 5 minutes"), shown="← →"),
    _c("entry.help", _F, "t", "", mark("aide : information, accompagnement, orientation")),
    _c("entry.channel", _F, "m", "", mark("venue : sans rendez-vous, sur rendez-vous, téléphone")),
    _c("entry.operator", _F, "f", "", mark("opérateur")),
    _c("entry.clock", _F, "d", "", mark("durée au chrono, depuis l'ouverture de la fiche")),
    _c("entry.obstacle", _F, "b", "", mark("blocage : site en panne, réseau, personne")),
    _c("entry.reference", _F, "n", "", mark("numéro de dossier d'une orientation")),
    _c("entry.contact", _F, "c", "", mark("premier contact")),
    _c("entry.age", _F, "g", "", mark("tranche d'âge, puis un chiffre")),
    _c("entry.residence", _F, "h", "", mark("commune de résidence : ici, puis une autre")),
    _c("entry.mandate", _F, "j", "", mark("mandat : oral, écrit, Aidants Connect")),
    _c("entry.where", _F, "l", "", mark("lieu : ce passage, la route, la base")),
    _c("entry.note", _F, "e", "", mark("écrire une note")),
    _c(
        "planning.cancel", _PL, "x", mark("Annuler"),
        mark("annuler ce passage, la demi-journée, la journée ; rétablir"),
    ),
    _c("planning.move", _PL, "m", mark("Déplacer"), mark("déplacer ce passage à un autre jour")),
    _c("planning.hours", _PL, "h", mark("Heures"), mark("d'autres heures pour ce passage")),
    _c("planning.place", _PL, "l", mark("Lieu"), mark("un autre lieu pour ce passage")),
    _c("planning.crew", _PL, "a", mark("Équipage"), mark("un autre équipage pour cette sortie")),
    _c(
        "planning.vehicle", _PL, "v", mark("Bus"),
        mark("un autre bus : un jour, une semaine ; en ajouter un"),
    ),
    _c("planning.add", _PL, "n", mark("Ajouter"), mark("un passage de plus, ou de rattrapage")),
    _c("planning.stop", _PL, "ctrl+n", mark("Arrêt"), mark("un arrêt de plus dans cette sortie")),
    _c("planning.run", _PL, "y", mark("Sortie"), mark("une sortie de plus, une tournée nouvelle")),
    _c("planning.fields", _PL, "z", mark("Fiche"), mark("les champs de l'arrêt, du lieu, du bus")),
    _c("planning.keep", _PL, "f", mark("Férié"), mark("maintenir ce passage un jour férié")),
    _c("planning.swap", _PL, "i", mark("Inverser"), mark("échanger les heures de deux arrêts")),
    _c("planning.close", _PL, "d", mark("Fermeture"), mark("fermer tout le service")),
    _c("planning.rule", _PL, "e", mark("Règle"), mark("écrire la règle de jours en français")),
    _c("planning.repair", _PL, "c", mark("Corriger"), mark("corriger la semaine 53 : parité")),
    _c("planning.notice", _PL, "o", mark("Avis"), mark("relire l'avis au public")),
    _c("planning.notices", _PL, "s", mark("Contrôles"), mark("la liste des contrôles")),
    _c("planning.redo", _PL, "r", mark("Refaire"), mark("refaire ce qui a été défait")),
    _c("planning.publish", _PL, "p", mark("Publier"), mark("relire ce qui change, puis publier")),
    _c("planning.communes", _PL, "f4", mark("Communes"), mark("les communes à prévenir")),
    _c("planning.menu", _PL, "enter", mark("Que faire"), mark("la liste de ce qu'on peut faire")),
    _c("planning.coverage", _PL, "f6", mark("Couverture"), mark("qui habite à 10, 20, 30 minutes")),
    _c("planning.drives", _PL, "f7", mark("Trajets"), mark("la route du jour : tient-elle ?")),
    _c("planning.trials", _PL, "f8", mark("Essais"), mark("essais : comparer, garder, confier")),
    _c("planning.absences", _PL, "f9", mark("Absences"), mark("congés et formations des agents")),
    _c("planning.week", _PL, "w", "", mark("la semaine ou le mois")),
    _c("planning.filter", _PL, "b", "", mark("un bus après l'autre, puis tous")),
    _c("planning.goto", _PL, "g", "", mark("aller à une date")),
    _c("planning.today", _PL, "t", "", mark("aller à aujourd'hui")),
    _c("planning.day", _PL, "right left down up", "", mark("changer de jour"), shown="←→↑↓"),
    _c(
        "planning.passage", _PL, "tab shift+tab j k", "",
        mark("changer de passage"), shown="Tab",
    ),
    _c("planning.month", _PL, "pagedown pageup", "", mark("changer de mois")),
    _c("planning.leave", _PL, "q", "", mark("quitter (rien n'est perdu)")),
    _c("prompt.take", _PR, "enter", mark("Valider"), mark("prendre ce qui est écrit")),
    _c("prompt.other", _PR, "tab", mark("Proposition"), mark("prendre ce qui est proposé")),
    _c("prompt.clear", _PR, "ctrl+u", mark("Effacer"), mark("effacer la ligne")),
    _c("prompt.leave", _PR, "escape", mark("Revenir"), mark("laisser comme c'était")),
    _c("review.publish", _R, "enter", mark("Publier"), mark("publier ce qui est relu")),
    _c("review.why", _R, "r", mark("Avec raison"), mark("publier avec une raison")),
    _c("review.mine", _R, "i", mark("Garder ici"), mark("garder la valeur de ce poste")),
    _c("review.theirs", _R, "d", mark("Prendre le publié"), mark("prendre la valeur publiée")),
    _c(
        "review.move", _R, "down up pagedown pageup j k", mark("Défiler"), mark("défiler"),
        shown="↑↓",
    ),
    _c("review.close", _R, "escape", mark("Revenir"), mark("revenir au planning")),
    _c(
        "study.move", _ST, "down up pagedown pageup j k", mark("Défiler"), mark("défiler"),
        shown="↑↓",
    ),
    _c(
        "study.take", _ST, "1 2 3 4 5 6 7 8 9", mark("Prendre"), mark("prendre la proposition"),
        shown="1…9",
    ),
    _c("study.close", _ST, "escape enter q", mark("Revenir"), mark("revenir au planning")),
    _c("communes.letter", _CO, "l", mark("Lettre"), mark("écrire à la commune, lettre prête")),
    _c("communes.told", _CO, "p", mark("Prévenue"), mark("noter que la commune est prévenue")),
    _c("communes.answer", _CO, "r", mark("Réponse"), mark("noter que la mairie a répondu")),
    _c("communes.contact", _CO, "c", mark("Contact"), mark("l'adresse et le numéro de la mairie")),
    _c(
        "communes.move", _CO, "down up pagedown pageup j k", "",
        mark("changer de commune"), shown="↑↓",
    ),
    _c("communes.close", _CO, "escape", mark("Revenir"), mark("revenir au planning")),
    _c("search.open", _SE, "enter", mark("Ouvrir"), mark("ouvrir la visite choisie")),
    _c(
        "search.move", _SE, "down up pageup pagedown home end", mark("Lignes"),
        mark("changer de ligne"), shown="↑↓",
    ),
    _c("search.filter", _SE, "f4", mark("Filtres"), mark("choisir un filtre dans une liste")),
    _c("search.stop", _SE, "f6", mark("Ce lieu"), mark("tout ce qui s'est fait au même lieu")),
    _c("search.clear", _SE, "ctrl+u", mark("Effacer"), mark("effacer ce qui est cherché")),
    _c("search.leave", _SE, "escape", mark("Tournée"), mark("revenir à la tournée")),
    _c("report.kind", _B, "m", mark("Période"), mark("jour, semaine, mois, année")),
    _c(
        "report.shift", _B, "left right", mark("Avant, après"),
        mark("la période d'avant, celle d'après"), shown="←→",
    ),
    _c("report.by", _B, "v", mark("Ventiler"), mark("par opérateur, arrêt, démarche, issue…")),
    _c("report.review", _B, "r", mark("Arrêts"), mark("passer les arrêts en revue, et revenir")),
    _c(
        "report.figures", _B, "tab", mark("Chiffres"), mark("choisir un chiffre, ou une ligne"),
        shown="Tab",
    ),
    _c("report.open", _B, "enter", mark("Liste"), mark("ce que compte la ligne ou le chiffre")),
    _c("report.move", _B, "down up j k", "", mark("changer de ligne"), shown="↑↓"),
    _c("report.leave", _B, "escape", mark("Tournée"), mark("revenir à la tournée")),
    _c("note.save", _N, "enter", mark("Garder la note"), mark("garder la note")),
    _c("note.leave", _N, "escape", mark("Sans changer"), mark("laisser la note comme elle était")),
    _c("help.close", _H, "escape ? f1", mark("Fermer"), mark("fermer l'aide")),
    _c("help.move", _H, "down up", mark("Défiler"), mark("défiler"), shown="↑↓"),
    _c("app.undo", _E, "u", mark("Annuler"), mark("annuler la dernière action")),
    _c("app.palette", _E, ": / ctrl+p", mark("Chercher"), mark("toutes les commandes")),
    _c("app.help", _E, "? f1", mark("Aide"), mark("cette aide")),
    _c("screen.tour", _E, "1", "", mark("écran Tournée")),
    _c("screen.follow_ups", _E, "2", "", mark("écran Suites")),
    _c("screen.search", _E, "4", "", mark("écran Recherche")),
    _c("screen.planning", _E, "5", "", mark("écran Planning (coordination)")),
    _c("screen.sync", _E, "6", "", mark("écran Synchro")),
    _c("screen.report", _E, "7", "", mark("écran Bilans")),
    _c("app.discreet", _E, "*", "", mark("montrer ou cacher les notes")),
    _c("app.language", _E, "f2", "", mark("langue : français, English")),
    _c("app.agent", _E, "f3", mark("Agent"), mark("changer la personne qui travaille")),
    _c("app.refresh", _E, "f5", mark("Afficher"), mark("afficher ce qui est arrivé")),
    _c("app.lock", _E, "ctrl+l", mark("Verrouiller"), mark("verrouiller et cacher l'écran")),
    _c("app.quit", _E, "ctrl+q", "", mark("quitter (rien n'est perdu)")),
)  # fmt: skip

_BY_ID = {command.id: command for command in COMMANDS}
_BY_KEY = {(command.where, key): command for command in COMMANDS for key in command.keys}

QUITTING = frozenset(("app.quit", "app.leave", "promise.leave", "sync.leave", "planning.leave"))

"""Commands that end the program."""
SIGNED = frozenset(
    (
        *("visit.new", "visit.again", "visit.simple", "visit.uncovered", "drafts.resume"),
        *("visit.phone", "visit.paper"),
        *("passage.door", "passage.stop", "passage.unplanned", "passage.brake", "passage.delay"),
        *("logbook.incident", "logbook.write", "logbook.bus", "logbook.sheet", "logbook.close"),
        *("logbook.message", "check.read", "check.closing"),
        *("tally.met", "tally.elsewhere", "tally.turned"),
        *("promise.task", "promise.hour", "promise.finish", "promise.postpone"),
        *("promise.tell", "promise.presence", "promise.book", "promise.write", "promise.new"),
        "promise.name",
        *("visit.correct", "visit.void", "visit.reassign", "entry.save", "pick.save"),
    )
)
"""Commands whose facts carry the name of an agent."""

FORBIDDEN = frozenset(
    (
        *("ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+[", "ctrl+space", "ctrl+@"),
        *("ctrl+z", "ctrl+c", "ctrl+v", "f11", "ctrl+enter"),
        *"[]{}\\|#@~",
    )
)
"""Keys that are another key, that a terminal or the system takes, or that need AltGr."""


def command(id: str) -> Command:
    """Return a command by its id."""
    return _BY_ID[id]


def find_command(where: Where, key: str) -> Command | None:
    """Find what a key does at a place, there first and then everywhere; Caps Lock is ignored."""
    small = key.lower() if len(key) == 1 else key
    return _BY_KEY.get((where, small)) or _BY_KEY.get((Where.EVERYWHERE, small))
