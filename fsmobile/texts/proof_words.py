"""Words of `fsmobile prove`: acts, faults, situations, and the mistakes it can plant."""

from fsmobile.texts.translation import mark

PLANTED_MISTAKES = {
    "receipt-without-storing": mark("le registre signe un reçu et jette les opérations"),
    "acknowledge-before-commit": mark("le reçu part avant que l'écriture soit sûre"),
    "cursor-before-rows": mark("le portable note une page comme lue avant de l'écrire"),
    "no-fork-check": mark("deux histoires d'un même poste passent pour une seule"),
    "gap-accepted": mark("des opérations sont prises alors que les précédentes manquent"),
    "new-ids-after-fork": mark("après une bifurcation, les mêmes actes reçoivent d'autres numéros"),
    "forgets-what-was-acknowledged": mark("le portable jette ce qui a un reçu"),
    "bad-op-stops-the-queue": mark("une opération illisible bloque celles qui la suivent"),
    "history-not-compared": mark("le registre croit tout curseur de sa propre histoire"),
    "history-of-numbers-only": mark("la valeur d'une histoire compte les opérations sans les voir"),
    "cursors-never-go-back": mark("un portable ne relit pas ce que le registre avait perdu"),
    "fold-by-arrival": mark("les corrections s'appliquent dans l'ordre où elles arrivent"),
    "agencies-mixed": mark("un portable reçoit ce qu'une autre structure a noté"),
    "foreign-scope-accepted": mark("un portable écrit dans les faits d'une autre structure"),
    "refused-op-forwarded": mark("ce que le registre a refusé est transmis quand même"),
    "cursor-skips-the-rest": mark("une première page passe pour toutes les pages"),
    "gap-unheeded": mark("le portable ne renvoie pas ce qui manque au registre"),
    "pulled-not-projected": mark("ce qui vient des autres est gardé mais pas montré"),
    "unknown-kind-dropped": mark("une opération d'un programme plus récent est jetée"),
    "answer-unverified": mark("le portable croit une réponse sans en vérifier la signature"),
    "duplicate-taken-in": mark("une opération qui revient prend la place de la première"),
    "outcomes-of-what-was-sent": mark("le sort de ce qui est venu par clé USB n'est pas dit"),
    "own-ops-scanned-again": mark("chaque échange relit les opérations du poste lui-même"),
    "quarantine-dropped": mark("le travail d'un poste révoqué est jeté"),
    "revoked-still-served": mark("un poste révoqué reçoit encore les faits des autres"),
    "stale-publication-dropped": mark("une publication dépassée disparaît sans un mot"),
    "later-ops-first": mark("les opérations d'une demande sont numérotées à l'envers"),
    "full-disk-swallowed": mark("un disque plein ne se dit pas : le geste est perdu"),
    "upgrade-forgets-others": mark("une mise à jour oublie ce qui vient des autres"),
    "cut-history-not-asked-again": mark("après une restauration, d'anciennes suites sont oubliées"),
}
"""By the mistake's name."""

ACTS = {
    "record": mark("visite notée"),
    "correct": mark("visite corrigée"),
    "void": mark("visite retirée ou rétablie"),
    "undo": mark("geste annulé"),
    "passage": mark("passage"),
    "poison": mark("opération illisible ou inconnue"),
    "publish": mark("planning publié"),
    "upgrade": mark("programme mis à jour"),
}
"""What people of a simulated world do."""

FAULTS = {
    "request_lost": mark("demande perdue"),
    "reply_lost": mark("réponse perdue"),
    "doubled": mark("demande arrivée deux fois"),
    "late_copy": mark("vieille demande revenue"),
    "altered": mark("bit changé en route"),
    "registry_busy": mark("registre débordé"),
    "laptop_crash": mark("panne de courant du portable"),
    "registry_crash": mark("panne de courant du registre"),
    "laptop_full": mark("disque du portable plein"),
    "registry_full": mark("disque du registre plein"),
    "laptop_restored": mark("portable remis d'une image"),
    "laptop_cloned": mark("portable cloné"),
    "laptop_reinstalled": mark("portable remplacé par un neuf"),
    "registry_restored": mark("registre restauré"),
    "registry_rolled_back": mark("registre restauré en silence"),
    "key_revoked": mark("clé révoquée"),
    "clock_wrong": mark("horloge fausse"),
    "stick": mark("clé USB portée"),
    "stick_spoilt": mark("clé USB abîmée"),
    "peers_met": mark("deux portables reliés"),
    "captive_portal": mark("portail de Wi-Fi"),
    "proxy_error": mark("refus d'un serveur mandataire"),
    "cut_short": mark("message coupé"),
    "byte_changed": mark("octet changé sur le fil"),
}
"""What strikes a simulated world."""

SITUATIONS = {
    "fork": mark("bifurcation réparée"),
    "gap": mark("manque comblé"),
    "replay": mark("rejeu reconnu"),
    "lost_history": mark("lecture reprise après une histoire perdue"),
    "epoch cut": mark("époque coupée"),
    "registry restored": mark("registre revenu en arrière"),
    "registry crashed": mark("registre mort en pleine demande"),
    "laptop restored": mark("portable revenu en arrière"),
    "laptop cloned": mark("deux portables d'une même clé"),
    "laptop reinstalled": mark("portable remplacé"),
    "key revoked": mark("clé révoquée"),
    "laptop crashed": mark("portable éteint en pleine écriture"),
    "late copy": mark("demande livrée trop tard"),
    "stick taken in": mark("clé USB lue au registre"),
    "stick answered": mark("réponse lue de la clé USB"),
    "laptops met": mark("échange entre deux portables"),
    "poison": mark("opération illisible reçue"),
}
"""What must come up for a run to prove something."""
