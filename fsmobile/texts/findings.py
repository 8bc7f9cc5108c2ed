"""The sentences of `fsmobile doctor`: what was looked at, and what to do about it."""

from collections.abc import Mapping
from datetime import date

from fsmobile.errors import Param
from fsmobile.texts.dates import format_day_without_year, format_number
from fsmobile.texts.fleet_sentences import role_name
from fsmobile.texts.translation import _, mark

_SENTENCES = {
    "not_enrolled": mark("Ce poste n'est pas inscrit : fsmobile enrol URL."),
    "enrolled": mark("Inscrit pour {unit}, rôle {role}, registre {url}."),
    "store_sound": mark(
        "Données entières ; lignes écrites ici : {own}, reçues d'ailleurs : {remote}."
    ),
    "store_damaged": mark("Données abîmées ({fault}). N'effacez rien, appelez le support."),
    "store_encrypted": mark("Données chiffrées."),
    "store_plain": mark(
        "Données non chiffrées : fsmobile store encrypt, avec une phrase de passe."
    ),
    "disk_free": mark("Disque : {megabytes} libres."),
    "disk_low": mark("Disque presque plein : {megabytes} libres. Faites de la place."),
    "clock_behind": mark(
        "L'horloge est en retard : le {day} est passé. Remettez ce portable à l'heure."
    ),
    "clock_unknown": mark("Horloge : pas encore comparée à celle du registre."),
    "clock_right": mark("Horloge juste, à {seconds} s près."),
    "clock_off": mark("L'horloge a {seconds} s d'écart : remettez ce portable à l'heure."),
    "nothing_waits": mark("Rien n'attend : tout a son reçu."),
    "ops_wait": mark("Actes qui attendent : {ops}, dont visites : {visits} ; depuis {days} jours."),
    "ops_wait_today": mark("Actes d'aujourd'hui à envoyer : {ops}, dont visites : {visits}."),
    "ops_refused": mark("Actes refusés par le registre : {ops}. Voir l'écran Synchro."),
    "key_shared": mark(
        "Une autre machine se sert de l'inscription de ce poste ; rien n'est perdu. N'en gardez"
        " qu'une : sur l'autre, un dossier neuf et un nouveau code (docs/operations.md)."
    ),
    "drafts_left": mark("Visites en attente d'être finies : {drafts}."),
    "timetable_missing": mark("Aucun planning n'est encore arrivé : 6, puis s, pour le recevoir."),
    "timetable_old": mark("Planning vérifié il y a {days} jours : 6, puis s, pour le revoir."),
    "timetable_fresh": mark("Planning vérifié auprès du registre le {day}."),
    "unit_unknown": mark(
        "Inscrit pour {unit}, que le planning ne connaît pas : appelez la coordination."
    ),
    "no_stop_today": mark("Aucun passage prévu aujourd'hui."),
    "stops_today": mark("Passages prévus aujourd'hui : {stops}."),
    "appointments_today": mark("Rendez-vous attendus aujourd'hui : {appointments}."),
    "news_unread": mark("Des nouvelles attendent d'être lues : l pour dire que c'est fait."),
    "closing_forgotten": mark("{place}, {day} : resté ouvert. a pour dire quand il a fermé."),
    "training_over": mark("{agent} : formation à refaire depuis le {day}."),
    "training_soon": mark("{agent} : formation à refaire avant le {day}."),
    "last_copy": mark("Dernière copie de ce qui attendait : {day}."),
    "no_copy": mark("Aucune copie de ce qui attend n'a encore été faite."),
    "no_second_copy": mark("Aucune deuxième copie : ni reçu du registre, ni clé."),
    "copy_beside": mark(
        "La deuxième copie, de {at}, est sur le disque de ce portable : nommez une clé (réglage"
        " « copie »)."
    ),
    "copy_late": mark("La deuxième copie, de {at}, n'a pas encore les derniers actes : {folder}."),
    "ops_copied": mark(
        "Actes qui attendent leur reçu : {ops} ; une copie scellée, de {at}, est dans {folder}."
    ),
    "send_today_at": mark(
        "Envoyer à {place} vers {at}{size} : le réseau y a suffi {good} fois sur {tries}."
    ),
    "send_at": mark(
        "Envoyer à {place}, {day} vers {at}{size} : le réseau y a suffi {good} fois sur {tries}."
    ),
    "battery_full": mark("Batterie : {percent} %."),
    "battery_low": mark("Batterie : {percent} % seulement. Branchez le portable avant de partir."),
    "stops_told": mark("Passages du jour : {stops}, tous dits faits ou annulés."),
    "passage_left_open": mark("{place} : le passage est encore ouvert. Fermez-le (a)."),
    "stop_untold": mark("{place} : ni ouvert ni annulé. Dites ce qui s'est passé (a ou x)."),
    "appointments_untold": mark(
        "Rendez-vous d'aujourd'hui dont rien n'est dit : {appointments}."
        " Écran 2, puis p sur chacun."
    ),
    "ops_only_here": mark(
        "Actes sur ce seul portable : {ops}, dont visites : {visits} ; s les envoie."
    ),
    "ops_on_stick": mark(
        "Actes qui attendent leur reçu : {ops} ; une copie scellée est sur la clé du {day}."
    ),
    "registry_answers": mark("Le registre répond en {milliseconds} ms (version {version})."),
    "registry_unreachable": mark(
        "Le registre ne répond pas d'ici. Tout continue ; l'envoi se fera plus tard."
    ),
    "not_the_registry": mark(
        "Ce réseau répond à la place du registre : ouvrez un navigateur et acceptez ses"
        " conditions, ou changez de réseau."
    ),
    "next_sync": mark("Prochain envoi, actes : {ops}, échanges : {requests}, environ {bytes}."),
}


def describe_finding(code: str, params: Mapping[str, Param]) -> str:
    """Say what was found."""
    return _(_SENTENCES[code]).format(**{name: _shown(name, one) for name, one in params.items()})


def _shown(name: str, value: Param) -> Param:
    if name == "day" and isinstance(value, str):
        return format_day_without_year(date.fromisoformat(value))
    if name == "size" and isinstance(value, int):
        kilobytes = format_number(max(1, round(value / 1000)))
        return _(", environ {n} Ko").format(n=kilobytes) if value else ""
    if name == "role" and isinstance(value, str):
        return role_name(value)
    if name == "bytes" and isinstance(value, int):
        return _("{n} Ko").format(n=format_number(max(1, round(value / 1000))))
    if name == "megabytes" and isinstance(value, int):
        return _size(value)
    return value


def _size(megabytes: int) -> str:
    if megabytes < 1024:
        return _("{n} Mo").format(n=megabytes)
    return _("{n} Go").format(n=format_number(megabytes / 1024))
