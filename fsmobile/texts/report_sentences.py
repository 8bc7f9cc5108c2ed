"""Sentences of the errors of reports and searches."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

REPORT_SENTENCES: Mapping[str, tuple[str, str]] = {
    "period_malformed": (
        mark("Je ne lis pas la période « {value} »."),
        mark("Écrivez 2026, 2026-11, 2026-W47 (la semaine) ou 2026-11-21."),
    ),
    "report_not_offered": (
        mark("Je ne connais pas le bilan « {value} »."),
        mark("Choisissez dans les listes de la page."),
    ),
    "period_twice": (
        mark("La période est donnée deux fois."),
        mark("Donnez « --period », ou « --from » et « --to »."),
    ),
}
