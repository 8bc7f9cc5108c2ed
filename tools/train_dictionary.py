"""Trains the compression dictionary of the wire on generated days of a bus.

    python -m tools.train_dictionary fsmobile/reference/data/sync-d1.zdict

No recorded visit of anybody is in it: structures, stops and counts are drawn at random,
procedures come from the shipped catalogue. The same seed gives the same file.
"""

import sys
from datetime import date, time, timedelta
from pathlib import Path
from random import Random

import zstandard

from fsmobile.core.catalogue import Procedure
from fsmobile.core.ids import (
    AgencyId,
    PassageId,
    StopId,
    TourId,
    make_uuid7,
    planned_passage_id,
)
from fsmobile.core.visits import Channel, Enquiry, Outcome, Visit, Whereabouts
from fsmobile.protocol import messages, records
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.clock import format_hlc
from fsmobile.protocol.envelope import PROTOCOL, seal
from fsmobile.protocol.messages import (
    Answered,
    HistoryPoint,
    Pull,
    Receipt,
    SyncReply,
    SyncRequest,
    Want,
    WriterBlock,
)
from fsmobile.protocol.ops import Op, make_op
from fsmobile.protocol.records import PassageData
from fsmobile.reference.catalogue import load_catalogue

SIZE = 16 * 1024
SEED = 2026
DAYS = 1500
QUIET_WEIGHT = 6
"""How often an exchange of nothing counts: most are, and a large day compresses by itself."""
STRUCTURES = ("fs-nord", "bus-vallee", "msap-plateau", "itinerance-sud", "france-services-23")
TOURS = ("nord", "sud", "semaine-paire", "semaine-impaire", "plateau", "vallee", "lundi")
STOPS = ("bourg", "mairie", "eglise", "champ-de-foire", "saint-martin", "la-chapelle", "le-pont")


class Day:
    """One generated day of one bus."""

    def __init__(self, random: Random, procedures: list[Procedure]) -> None:
        """Draw a structure, a day and its stops."""
        self.random = random
        self.procedures = procedures
        self.structure = random.choice(STRUCTURES)
        self.scope = f"unit:{self.structure}/bus-{random.randint(1, 9)}"
        self.day = date(2026, 1, 5) + timedelta(days=random.randint(0, 900))
        self.ms = 1_770_000_000_000 + random.randint(0, 80_000_000_000)
        self.agent = f"agent-{random.choice('abcd')}"

    def request(self) -> bytes:
        """Return the sealed request that sends the day."""
        device, writer = self.random.randbytes(16), self.random.randbytes(16)
        chain = first_chain(device, writer)
        bodies: list[bytes | messages.ErasedOp] = []
        for seq, op in enumerate(self.ops(), start=1):
            chain = next_chain(chain, seq, op.op_id, hash_body(op.body))
            bodies.append(op.body)
        request = SyncRequest(
            protocol=PROTOCOL,
            app="0.1.0",
            device_id=device,
            counter=self.random.randint(1, 500),
            epoch=self.random.randbytes(16),
            now=self.ms,
            writer=WriterBlock(
                writer=writer,
                first_seq=1,
                previous=first_chain(device, writer),
                head=chain,
                last_seq=len(bodies),
                ops=bodies,
            ),
            cursors={
                f"agency:{self.structure}": self.random.randint(1, 9000),
                f"dev:{device.hex()}": self.random.randint(1, 9000),
                "ref": self.random.randint(1, 9000),
                self.scope: self.random.randint(1, 9000),
            },
            want=Want(bytes=1024 * 1024, ops=2500),
        )
        return seal(messages.encode(request), lambda _payload: self.random.randbytes(64))

    def nothing_new(self) -> list[bytes]:
        """Return the sealed request that sends nothing, and its answer."""
        chance = self.random.randbytes
        device, writer, head, epoch, history = (chance(size) for size in (16, 16, 32, 16, 16))
        counter, seq, gsn = (self.random.randint(1, most) for most in (500, 9000, 90_000))
        scopes = [f"agency:{self.structure}", f"dev:{device.hex()}", "ref", self.scope]
        cursors, now = dict.fromkeys(scopes, gsn), self.ms + 500
        block = WriterBlock(
            writer=writer, first_seq=seq + 1, previous=head, head=head, last_seq=seq
        )
        request = SyncRequest(
            protocol=PROTOCOL, app="0.1.0", device_id=device, counter=counter, epoch=epoch,
            now=self.ms, writer=block, cursors=cursors, points=[HistoryPoint(gsn, history)],
            want=Want(bytes=1024 * 1024, ops=2500),
        )  # fmt: skip
        receipt = Receipt(
            epoch=epoch, writer=writer, seq=seq, chain=head, gsn=gsn, now=now, signature=chance(64)
        )
        page = Pull(scopes=scopes, cursors=cursors)
        reply = SyncReply(epoch=epoch, now=now, receipt=receipt, history=history, pull=page)
        answered = Answered(counter=counter, answer=reply)
        both = (messages.encode(request), messages.encode(answered))
        return [seal(payload, lambda _payload: chance(64)) for payload in both]

    def ops(self) -> list[Op]:
        """Return the ops of two stops."""
        found: list[Op] = []
        for stop in self.random.sample(STOPS, 2):
            passage = planned_passage_id(
                AgencyId(self.structure),
                TourId(self.random.choice(TOURS)),
                StopId(stop),
                self.day,
            )
            opens = PassageData(at=time(9, 0))
            found.append(self._passage(records.PASSAGE_OPEN, passage, opens))
            for _ in range(self.random.randint(1, 20)):
                found.append(self._visit(passage))
            closes = PassageData(at=time(12, 0))
            found.append(self._passage(records.PASSAGE_CLOSE, passage, closes))
        return found

    def _visit(self, passage: PassageId) -> Op:
        weights = [procedure.weight + 0.001 for procedure in self.procedures]
        chosen = self.random.choices(self.procedures, weights, k=self.random.choice((1, 1, 1, 2)))
        visit = Visit(
            whereabouts=Whereabouts.PASSAGE,
            passage_id=passage,
            insee_code=f"{self.random.randint(1, 95):02d}{self.random.randint(1, 600):03d}",
            service_date=self.day,
            starts=time(self.random.randint(9, 16), self.random.randint(0, 59)),
            minutes=self.random.choice((5, 10, 15, 20, 30)),
            people=self.random.choice((1, 1, 1, 2)),
            channel=self.random.choice((Channel.WALK_IN, Channel.WALK_IN, Channel.APPOINTMENT)),
            enquiries=tuple(self._enquiry(procedure) for procedure in chosen),
        )
        return self._op(records.VISIT_RECORD, None, records.encode_visit(visit))

    def _enquiry(self, procedure: Procedure) -> Enquiry:
        outcome = self.random.choice((Outcome.RESOLVED, Outcome.RESOLVED, *Outcome))
        return Enquiry(
            procedure=procedure.procedure_id,
            operator=procedure.operator,
            help=procedure.help,
            outcome=outcome,
            referred_to=procedure.operator if outcome is Outcome.REFERRED else None,
        )

    def _passage(self, kind: str, passage: PassageId, data: PassageData) -> Op:
        return self._op(kind, passage, records.encode_passage(data))

    def _op(self, kind: str, entity: str | None, data: bytes) -> Op:
        self.ms += self.random.randint(60_000, 900_000)
        return make_op(
            kind=kind,
            schema=1,
            op_id=make_uuid7(self.ms, self.random.randbytes(10)),
            scope=self.scope,
            hlc=format_hlc(self.ms, 0),
            agent_id=self.agent,
            salt=self.random.randbytes(8),
            entity=entity,
            data=data,
        )


def main() -> int:
    """Train the dictionary and write it."""
    random = Random(SEED)
    procedures = list(load_catalogue().procedures.values())
    days = [Day(random, procedures) for _ in range(DAYS)]
    samples: list[bytes | bytearray | memoryview] = [op.body for day in days for op in day.ops()]
    samples += [day.request() for day in days]
    samples += [sealed for day in days for sealed in day.nothing_new()] * QUIET_WEIGHT
    dictionary = zstandard.train_dictionary(SIZE, samples, level=9)
    Path(sys.argv[1]).write_bytes(dictionary.as_bytes())
    sys.stdout.write(f"{len(dictionary.as_bytes())} bytes from {len(samples)} samples\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
