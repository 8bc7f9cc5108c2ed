"""`fsmobile doctor`: looks at everything that can be wrong, changes nothing."""

import platform
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fsmobile import __version__
from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import open_laptop, read_settings
from fsmobile.errors import Severity
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.store.identity import load_enrolment
from fsmobile.store.replica import Replica
from fsmobile.sync.estimate import estimate_sync
from fsmobile.sync.reach import reach_registry
from fsmobile.texts.findings import describe_finding
from fsmobile.texts.translation import _
from fsmobile.usecases.doctor import Finding, examine

SIGNS = {None: "ok", Severity.INFO: "i", Severity.WARNING: "!", Severity.ERROR: "✗"}
SICK = 8


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the form of the answer and the file for support."""
    add_format(parser, "text", "json")
    parser.add_argument("--offline", action="store_true", help=_("sans interroger le registre"))
    parser.add_argument(
        "--report",
        type=Path,
        metavar=_("FICHIER"),
        help=_("écrit un rapport pour le support, sans donnée de personne"),
    )


def run(arguments: Namespace) -> int:
    """Look, and say; exit 8 when something must be mended."""
    settings = read_settings(arguments)
    replica = open_laptop(settings)
    try:
        findings = examine(replica, settings.home) + _exchange(replica, offline=arguments.offline)
    finally:
        replica.close()
    if arguments.report is not None:
        arguments.report.write_text(_report(findings), encoding="utf-8")
    if arguments.format == "json":
        say_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            say(f"{SIGNS[finding.severity]:>2}  {describe_finding(finding.code, finding.params)}")
        if arguments.report is not None:
            say(_("Rapport écrit : {path}").format(path=arguments.report))
    return SICK if any(one.severity is Severity.ERROR for one in findings) else 0


def _exchange(replica: Replica, *, offline: bool) -> list[Finding]:
    enrolment = load_enrolment(replica)
    if enrolment is None:
        return []
    next_sync = Finding(
        code="next_sync", params=dict(asdict(estimate_sync(replica, load_wire_dictionary())))
    )
    if offline:
        return [next_sync]
    reach = reach_registry(enrolment.registry_url)
    params: dict[str, Any] = {"milliseconds": reach.milliseconds, "version": reach.version}
    severity = None if reach.answers else Severity.INFO
    return [next_sync, Finding(code=reach.code, severity=severity, params=params)]


def _report(findings: list[Finding]) -> str:
    """Write the findings without what could name a place or a person."""
    lines = [
        f"fsmobile {__version__}",
        f"python {platform.python_version()} {sys.platform}",
    ]
    hidden = {"url", "unit"}
    for finding in findings:
        shown = {name: value for name, value in finding.params.items() if name not in hidden}
        words = " ".join(f"{name}={value}" for name, value in shown.items())
        lines.append(f"{SIGNS[finding.severity]} {finding.code} {words}".rstrip())
    return "\n".join(lines) + "\n"
