"""The label sheet in words: what is expected, what the data say, what is to be done."""

from collections.abc import Mapping

from fsmobile.core.ids import OperatorId
from fsmobile.core.label_sheet import FOUNDING_OPERATORS, Criterion, LabelFacts, Standing
from fsmobile.texts.dates import format_minutes, format_number
from fsmobile.texts.translation import _, mark

CRITERIA: Mapping[Criterion, tuple[str, str]] = {
    Criterion.AGENTS: (
        mark("Deux agents à bord"),
        mark("au moins {agents} agents polyvalents, en permanence"),
    ),
    Criterion.HOURS: (
        mark("Heures d'ouverture"),
        mark("{hours} h par semaine ; pour un bus, la somme des arrêts"),
    ),
    Criterion.DAYS: (mark("Jours d'ouverture"), mark("{days} jours par semaine")),
    Criterion.TRAINING: (
        mark("Formation des agents"),
        mark("chaque agent formé (CNFPT, institut 4.10) et tenu à jour"),
    ),
    Criterion.PRIVACY: (
        mark("Confidentialité"),
        mark("un espace où l'on ne s'entend pas ; des données illisibles en cas de vol"),
    ),
    Criterion.VIDEO: (
        mark("Visioconférence"),
        mark("un rendez-vous à distance avec un opérateur est possible à bord"),
    ),
    Criterion.OPERATORS: (
        mark("Opérateurs partenaires"),
        mark("les neuf partenaires de 2020 sont servis"),
    ),
    Criterion.CONTACTS: (
        mark("Correspondants locaux"),
        mark("un nom et une ligne directe chez chaque opérateur"),
    ),
    Criterion.ACCESS: (mark("Accessibilité"), mark("chaque arrêt accessible en fauteuil")),
    Criterion.TIMETABLE: (
        mark("Horaires à jour"),
        mark("les passages publiés sont ceux qui ont lieu"),
    ),
    Criterion.ACTIVITY: (
        mark("Suivi de l'activité"),
        mark("chaque passage raconté, chaque accueil enregistré"),
    ),
    Criterion.SATISFACTION: (
        mark("Satisfaction"),
        mark("les personnes accueillies disent ce qu'elles en pensent"),
    ),
}
"""Per criterion: its name, what is expected."""

STANDINGS: Mapping[Standing, str] = {
    Standing.MET: mark("tenu"),
    Standing.GAP: mark("écart"),
    Standing.NOT_HELD: mark("à prouver"),
}

EVIDENCE: Mapping[Criterion, str] = {
    Criterion.AGENTS: mark(
        "{planned} passages prévus dans l'année : {planned_short} avec moins d'agents, dont"
        " {crew_untold} dont l'équipage n'est pas publié"
    ),
    Criterion.HOURS: mark(
        "prévu : {planned_week} par semaine en moyenne, {weeks_short} semaines sur {weeks} en"
        " dessous ; réalisé : {done_week} par semaine, tel que noté à bord"
    ),
    Criterion.DAYS: mark("{weeks_with_few_days} semaines sur {weeks} ont moins de jours"),
    Criterion.TRAINING: mark(
        "{agents} agents : {agents_trained} à jour, {agents_lapsed} échus (réglage"
        " « formations » de ce poste)"
    ),
    Criterion.PRIVACY: mark("données de ce poste : {seal} ; l'espace à bord se constate"),
    Criterion.VIDEO: mark("{video_visits} visites en visioconférence sur {visits}"),
    Criterion.OPERATORS: mark(
        "{operators} partenaires sur {founding} demandés ; {referrals} demandes réorientées ;"
        " sans demande : {missing}"
    ),
    Criterion.CONTACTS: mark("ce poste ne les connaît pas"),
    Criterion.ACCESS: mark(
        "{places} lieux desservis : {places_accessible} accessibles, {places_inaccessible} non,"
        " les autres ne sont pas dits"
    ),
    Criterion.TIMETABLE: mark("révision {revision} du planning, reçue sur ce poste"),
    Criterion.ACTIVITY: mark(
        "{done_passages} passages tenus, {untold_passages} sans nouvelles, {visits} visites"
    ),
    Criterion.SATISFACTION: mark("non mesurée par ce programme"),
}

STEPS: Mapping[Criterion, tuple[str, str]] = {
    Criterion.AGENTS: (
        mark("Publier l'équipage de chaque sortie, et compléter celles où il manque quelqu'un"),
        mark("planning publié ; contrats ou conventions de mise à disposition"),
    ),
    Criterion.HOURS: (
        mark("Ajouter des heures aux semaines courtes, et noter chaque fermeture à bord"),
        mark("« fsmobile schedule check » sans écart d'heures ; bilan de l'année"),
    ),
    Criterion.DAYS: (
        mark("Ajouter un jour aux semaines qui en manquent"),
        mark("« fsmobile schedule check » sans écart de jours"),
    ),
    Criterion.TRAINING: (
        mark("Inscrire les agents, puis noter l'échéance de chacun dans les réglages"),
        mark("attestations de formation"),
    ),
    Criterion.PRIVACY: (
        mark("Faire constater l'espace à bord ; chiffrer les données de chaque poste"),
        mark("photos et plan du bus ; « fsmobile doctor »"),
    ),
    Criterion.VIDEO: (
        mark("Essayer une visioconférence à un arrêt, et l'enregistrer comme telle"),
        mark("le compte des visites en visioconférence ; l'essai daté"),
    ),
    Criterion.OPERATORS: (
        mark("Revoir avec chaque opérateur sans demande ce que le bus peut faire pour lui"),
        mark("conventions signées ; bilan par opérateur"),
    ),
    Criterion.CONTACTS: (
        mark("Demander à chaque opérateur un nom et une ligne directe"),
        mark("liste des correspondants, datée"),
    ),
    Criterion.ACCESS: (
        mark("Visiter chaque arrêt en fauteuil, et l'écrire dans le planning"),
        mark("fiche des lieux à jour"),
    ),
    Criterion.TIMETABLE: (mark("Publier un planning"), mark("page publique des passages")),
    Criterion.ACTIVITY: (
        mark("Dire ce que sont devenus les passages sans nouvelles"),
        mark("bilan de l'année, sans passage sans nouvelles"),
    ),
    Criterion.SATISFACTION: (
        mark("Distribuer un questionnaire pendant un mois, et compter les réponses"),
        mark("questionnaire et résultats"),
    ),
}
"""Per criterion: what is to be done, and what then proves it."""

_LAST_STEPS = (
    (
        mark("Relire cette fiche à deux, sans écart ni preuve manquante"),
        mark("cette fiche, datée et signée"),
    ),
    (
        mark("Déposer le dossier auprès du référent départemental, en préfecture"),
        mark("accusé de dépôt"),
    ),
    (mark("Recevoir l'audit, à bord et un jour de tournée"), mark("rapport d'audit")),
    (
        mark("Répondre à chaque réserve, puis refaire cette fiche chaque année"),
        mark("réponses aux réserves"),
    ),
)


def criterion_name(criterion: Criterion) -> str:
    """Name a criterion."""
    return _(CRITERIA[criterion][0])


def standing_name(standing: Standing) -> str:
    """Say how a criterion stands."""
    return _(STANDINGS[standing])


def describe_expected(criterion: Criterion, facts: LabelFacts) -> str:
    """Say what the label asks for, with the thresholds of the structure."""
    return _(CRITERIA[criterion][1]).format(
        agents=facts.agents_min, hours=format_number(facts.hours_min), days=facts.days_min
    )


def describe_evidence(
    criterion: Criterion, facts: LabelFacts, names: Mapping[OperatorId, str]
) -> str:
    """Say what the data prove, with their figures."""
    missing = ", ".join(sorted(names.get(one, one) for one in facts.operators_missing))
    figures = {
        name: format_number(value)
        for name in facts.__struct_fields__
        if isinstance(value := getattr(facts, name), int)
    }
    return _(EVIDENCE[criterion]).format(
        **figures
        | {
            "planned_week": format_minutes(facts.mean_week_minutes),
            "done_week": format_minutes(facts.done_week_minutes),
            "weeks": len(facts.week_minutes),
            "weeks_short": facts.weeks_short,
            "weeks_with_few_days": facts.weeks_with_few_days,
            "seal": _("chiffrées") if facts.is_encrypted else _("non chiffrées"),
            "operators": len(facts.operators),
            "founding": len(FOUNDING_OPERATORS),
            "missing": missing or _("aucun"),
        }
    )


def plan_step(criterion: Criterion) -> tuple[str, str]:
    """Return what is to be done for a criterion, and what proves it."""
    action, proof = STEPS[criterion]
    return f"{criterion_name(criterion)} : {_(action)}", _(proof)


def last_steps() -> list[tuple[str, str]]:
    """Return the way from a sheet without a gap to the label."""
    return [(_(action), _(proof)) for action, proof in _LAST_STEPS]


def explain_sheet() -> list[str]:
    """Return what a reader must know of the sheet."""
    return [
        _(
            "Critères connus du label (référentiel du 16 juin 2025, charte d'engagement,"
            " publications) : le référentiel entier en compte davantage et fait foi."
        ),
        _(
            "« tenu » et « écart » viennent des données de ce poste ; « à prouver » : elles ne"
            " disent rien, une personne doit constater."
        ),
        _("Le prévu est le planning des douze mois à venir, jours fériés et fermetures compris."),
    ]
