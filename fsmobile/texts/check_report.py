"""What checking schedules found, in words: lines for a terminal, a page to read or to send."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from html import escape

from msgspec import Struct

from fsmobile.errors import Problem, Severity
from fsmobile.texts.dates import format_day
from fsmobile.texts.line_breaks import hold_signs
from fsmobile.texts.schedule_remedies import explain_remedy
from fsmobile.texts.translation import _, current_language, mark, n_

SEVERITY_WORDS: Mapping[Severity, str] = {
    Severity.ERROR: mark("ERREUR"),
    Severity.WARNING: mark("AVERTISSEMENT"),
    Severity.INFO: mark("INFO"),
}
_TITLES: Mapping[Severity, str] = {
    Severity.ERROR: mark("Erreurs : le planning ne peut pas être publié"),
    Severity.WARNING: mark("Avertissements : à vérifier"),
    Severity.INFO: mark("Bon à savoir"),
}
_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { font-size: 1.3rem; margin-top: 2rem }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.25rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; padding: 0.25rem 0 }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0;
  border-bottom: 1px solid }
td:first-child { width: 18rem; overflow-wrap: anywhere; font-family: ui-monospace, monospace }
.what { border-left: 0.4rem solid; padding-left: 0.75rem }
@media (max-width: 40rem) { th, td { display: block; border: 0; padding: 0 }
  thead { display: none } tr { display: block; border-bottom: 1px solid; padding: 0.5rem 0 }
  td:first-child { width: auto } }
@media print { body { max-width: none } section { break-inside: avoid } }
"""

Explain = Callable[[Problem], str]


class CheckedCode(Struct, frozen=True, kw_only=True):
    """The problems of one code and one gravity."""

    code: str
    severity: Severity
    total: int
    samples: tuple[Problem, ...]


class CheckedSchedules(Struct, frozen=True, kw_only=True):
    """What a report tells."""

    today: date
    agencies: tuple[str, ...]
    codes: tuple[CheckedCode, ...]
    """The gravest first."""
    acknowledged: int

    def count(self, severity: Severity) -> int:
        """Count the problems of a gravity."""
        return sum(one.total for one in self.codes if one.severity is severity)


def check_report_lines(report: CheckedSchedules, explain: Explain) -> list[str]:
    """Return a report as lines: the gravest first, what to do under each code, counts last."""
    lines: list[str] = []
    for one in report.codes:
        lines += [*_code_lines(one, explain), ""]
    return [*lines, describe_counts(report)]


def describe_counts(report: CheckedSchedules) -> str:
    """Say how many of each gravity there are, and for which day."""
    errors, warnings, infos = (report.count(severity) for severity in SEVERITY_WORDS)
    counts = [
        n_("{n} erreur", "{n} erreurs", errors).format(n=errors),
        n_("{n} avertissement", "{n} avertissements", warnings).format(n=warnings),
        n_("{n} information", "{n} informations", infos).format(n=infos),
    ]
    if report.acknowledged:
        count = report.acknowledged
        counts.append(n_("{n} acquitté", "{n} acquittés", count).format(n=count))
    head = _("Contrôle au {day}").format(day=format_day(report.today))
    return f"{head} : {', '.join(counts)}."


def _code_lines(one: CheckedCode, explain: Explain) -> Iterator[str]:
    yield f"{_(SEVERITY_WORDS[one.severity])} {one.code} ({one.total})"
    for problem in one.samples:
        place = locate(problem)
        yield f"  {place}: {explain(problem)}" if place else f"  {explain(problem)}"
    if left := _left_out(one):
        yield f"  {left}"
    if remedy := explain_remedy(one.code):
        yield f"  → {remedy}"


def locate(problem: Problem) -> str:
    """Return `file:line:column`, whole, so that an editor can open it."""
    parts = (problem.file, problem.line, problem.column)
    return ":".join(str(part) for part in parts if part is not None)


def _left_out(one: CheckedCode) -> str:
    left = one.total - len(one.samples)
    return n_("… et {n} autre", "… et {n} autres", left).format(n=left) if left else ""


def check_report_page(report: CheckedSchedules, explain: Explain) -> str:
    """Return a report as one HTML page that needs nothing else: no script, no other file."""
    title = _("Contrôle du planning : {names}").format(names=", ".join(report.agencies) or "…")
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(describe_counts(report))}</p>"]
    present = [one for one in SEVERITY_WORDS if report.count(one)]
    if not present:
        parts.append(f"<p>{escape(_('Rien à signaler.'))}</p>")
    elif len(present) > 1:
        parts.append(_contents(report, present))
    for severity in present:
        own = [one for one in report.codes if one.severity is severity]
        parts.append(_section(severity, own, explain))
    page = (
        f'<!DOCTYPE html>\n<html lang="{current_language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )
    return hold_signs(page)


def _contents(report: CheckedSchedules, present: Sequence[Severity]) -> str:
    links = "".join(
        f'<li><a href="#{severity.value.lower()}">{escape(_(_TITLES[severity]))}</a>'
        f" ({report.count(severity)})</li>"
        for severity in present
    )
    return f'<nav aria-label="{escape(_("Sommaire"))}"><ul>{links}</ul></nav>'


def _section(severity: Severity, codes: Sequence[CheckedCode], explain: Explain) -> str:
    anchor = severity.value.lower()
    title = f'<h2 id="{anchor}">{escape(_(_TITLES[severity]))}</h2>'
    return title + "".join(_code_part(one, explain) for one in codes)


def _code_part(one: CheckedCode, explain: Explain) -> str:
    remedy = explain_remedy(one.code)
    what = f'<p class="what">{escape(remedy)}</p>' if remedy else ""
    rows = "".join(
        f"<tr><td>{escape(locate(problem))}</td><td>{escape(explain(problem))}</td></tr>"
        for problem in one.samples
    )
    left = f"<p>{escape(_left_out(one))}</p>" if _left_out(one) else ""
    where, said = escape(_("Où")), escape(_("Ce qui est dit"))
    return (
        f"<section><h3><code>{escape(one.code)}</code> ({one.total})</h3>{what}"
        f'<table><thead><tr><th scope="col">{where}</th><th scope="col">{said}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{left}</section>"
    )
