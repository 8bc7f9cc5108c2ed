"""`fsmobile day start|end`: may we leave? may I close the laptop? in one word, and why."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import Formatter, add_format, add_home
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import working_desk
from fsmobile.errors import Severity
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.sync.estimate import estimate_sync
from fsmobile.texts.findings import describe_finding
from fsmobile.texts.translation import _
from fsmobile.usecases.day_checks import DayCheck, check_day_end, check_departure

NO = 8
"""Exit code of « non »: the one by which `doctor` says that something is to be mended."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the two questions."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    start = acts.add_parser("start", help=_("peut-on partir ?"), formatter_class=Formatter)
    end = acts.add_parser("end", help=_("puis-je fermer le portable ?"), formatter_class=Formatter)
    for one in (start, end):
        add_home(one)
        add_format(one, "text", "json")


def run(arguments: Namespace) -> int:
    """Answer; exit 8 when the answer is no."""
    with working_desk(arguments) as desk:
        if arguments.act == "start":
            check = check_departure(desk)
        else:
            size = estimate_sync(desk.replica, load_wire_dictionary()).bytes
            check = check_day_end(desk, next_bytes=size)
    if arguments.format == "json":
        say_json(_described(check))
    else:
        for line in check.news.messages:
            say(_("Message : {text}").format(text=line.state.entry.text))
        for change in () if check.news.timetable is None else check.news.timetable.changes:
            say(_("Planning · {change}").format(change=change))
        say(_("oui") if check.is_yes else _("non"))
        for finding in check.findings:
            sign = "!" if finding.severity in (Severity.WARNING, Severity.ERROR) else "ok"
            say(f"{sign:>2}  {describe_finding(finding.code, finding.params)}")
    return 0 if check.is_yes else NO


def _described(check: DayCheck) -> dict[str, object]:
    return {
        "yes": check.is_yes,
        "day": check.sheet.day.isoformat(),
        "findings": [
            {"code": one.code, "severity": one.severity, "params": dict(one.params)}
            for one in check.findings
        ],
    }
