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
    "duplicate-taken-in": mark("une opération qui revient est prise pour une nouvelle"),
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
}
"""What people of a simulated world do."""

FAULTS = {
    "request_lost": mark("demande perdue"),
    "reply_lost": mark("réponse perdue"),
    "doubled": mark("demande arrivée deux fois"),
    "late_copy": mark("vieille demande revenue"),
    "altered": mark("octet changé en route"),
    "laptop_crash": mark("panne de courant du portable"),
    "registry_crash": mark("panne de courant du registre"),
    "laptop_restored": mark("portable remis d'une image"),
    "laptop_cloned": mark("portable cloné"),
    "registry_restored": mark("registre restauré"),
    "registry_rolled_back": mark("registre restauré en silence"),
    "clock_wrong": mark("horloge fausse"),
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
    "laptop crashed": mark("portable éteint en pleine écriture"),
    "late copy": mark("demande livrée trop tard"),
    "poison": mark("opération illisible reçue"),
}
"""What must come up for a run to prove something."""
