"""`fsmobile peer`: waits for the other laptop of the bus, which calls by `sync --peer`."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.output import complain, say
from fsmobile.cli.signing import device_key
from fsmobile.cli.wiring import open_laptop, read_settings
from fsmobile.config import Settings
from fsmobile.errors import InvalidInput
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.sync.peer import (
    PeerReport,
    check_peer,
    make_offer,
    own_certificate,
    take_offer,
)
from fsmobile.sync.peer_http import PORT, exchange, fetch_certificate, listen, own_address
from fsmobile.texts.sync_report import count_visits
from fsmobile.texts.translation import _, n_

WAIT_SECONDS = 600


def add_arguments(parser: ArgumentParser) -> None:
    """Declare where to listen, and for how long."""
    parser.add_argument("--port", type=int, default=PORT, help=_("0 : un port libre"))
    parser.add_argument("--seconds", type=int, default=WAIT_SECONDS, help=_("attente au plus"))


def run(arguments: Namespace) -> int:
    """Wait for the other laptop of the bus, give and take, once."""
    return _wait(read_settings(arguments), arguments.port, arguments.seconds)


def call_peer(settings: Settings, address: str) -> int:
    """Call the laptop that waits, give and take."""
    replica = open_laptop(settings)
    try:
        key = device_key(settings)
        peer = check_peer(replica, fetch_certificate(address))
        offer = make_offer(replica, key, peer, load_wire_dictionary())
        answer = exchange(address, own_certificate(replica), offer)
        _say(take_offer(replica, key, peer, answer, load_wire_dictionary()))
    finally:
        replica.close()
    return 0


def _wait(settings: Settings, port: int, seconds: int) -> int:
    replica = open_laptop(settings)
    try:
        key = device_key(settings)

        def meet(certificate: bytes, offer: bytes) -> bytes:
            peer = check_peer(replica, certificate)
            report = take_offer(replica, key, peer, offer, load_wire_dictionary())
            answer = make_offer(replica, key, peer, load_wire_dictionary())
            _say(report)
            return answer

        try:
            listener = listen(own_certificate(replica), meet, port)
        except OSError as error:
            raise InvalidInput("port_taken", port=port) from error
        say(_("J'attends l'autre portable. Sur celui-là, tapez :"))
        say(f"  fsmobile sync --peer {own_address()}:{listener.port}")
        if listener.serve(seconds):
            return 0
    finally:
        replica.close()
    complain(_("Personne n'est venu. Rien n'est perdu : recommencez quand l'autre est prêt."))
    return 7


def _say(report: PeerReport) -> None:
    say(
        n_(
            "{name} : {n} acte nouveau ici, dont {visits}.",
            "{name} : {n} actes nouveaux ici, dont {visits}.",
            report.pulled,
        ).format(name=report.name, n=report.pulled, visits=count_visits(report.pulled_visits))
    )
    if report.carried:
        say(_("Ce portable les portera aussi au registre."))
    if report.received:
        say(
            n_(
                "{n} acte d'ici a reçu l'accusé du registre.",
                "{n} actes d'ici ont reçu l'accusé du registre.",
                report.received,
            ).format(n=report.received)
        )
