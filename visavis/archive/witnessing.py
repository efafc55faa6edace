"""Asks witnesses to cosign checkpoints (C2SP tlog-witness): whoever was shown a longer log remembers it.

A witness that does not answer costs two seconds once and is then left alone for a while; one that contradicts stops the
log. The quorum of the policy is needed before the log goes on after a start; later its lack is an alarm.
"""

import asyncio
import base64
import re

import httpx
import structlog

from visavis.archive.log import Contradiction, Log
from visavis.kernel import clock
from visavis.tlog import checkpoint, note, tree
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.note import BadNote, Signature
from visavis.tlog.reading import View
from visavis.tlog.tree import EMPTY

log = structlog.get_logger(__name__)

TIMEOUT_S = 2.0
REST_US = 30_000_000
SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n")


class Witnesses:
    """The witnesses of one log's policy, with the size each has last cosigned."""

    def __init__(self, of: Log, client: httpx.AsyncClient | None = None) -> None:
        self._log = of
        self._client = client
        self._sizes: dict[str, int] = {}
        self._resting: dict[str, int] = {}

    async def ask(self, known: int) -> None:
        """Hear from each witness how long a log it has seen; raises `Contradiction` when longer than `known` leaves.

        Also when the policy's quorum does not answer: without it nobody can tell that this is the newest history.
        """
        empty = Checkpoint(self._log.signer.name, 0, EMPTY)
        signed = checkpoint.sign(empty, self._log.signer)
        self._resting.clear()
        self._sizes = dict.fromkeys(self._asked(), 0)
        await asyncio.gather(*(self._cosign(name, empty, signed) for name in self._asked()))
        heard = [name for name in self._asked() if name not in self._resting]
        if not self._log.policy.satisfied(heard):
            raise Contradiction(
                "unwitnessed", f"witnesses that answer: {', '.join(heard) or 'none'}"
            )
        longest = max(self._sizes.values(), default=0)
        if longest > known:
            raise Contradiction("restored", f"a witness saw {longest} leaves, {known} are known")

    async def cosigned(self, made: Checkpoint, signed: str) -> str:
        """The note with the cosignatures that could be had; raises `Contradiction` where a witness knows better."""
        names = self._asked()
        if not names:
            return signed
        found = await asyncio.gather(*(self._cosign(name, made, signed) for name in names))
        whole = checkpoint.with_cosignatures(signed, [one for one in found if one])
        if not self._log.policy.satisfied(self._log.policy.witnessed_by(whole.encode())):
            log.error("too few witnesses cosigned", size=made.size)
        return whole

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _asked(self) -> list[str]:
        now = clock.now_us()
        parties = self._log.policy.witnesses.items()
        return [name for name, one in parties if one.url and self._resting.get(name, 0) <= now]

    async def _cosign(self, name: str, made: Checkpoint, signed: str) -> Signature | None:
        """One witness's cosignature; None where it has none to give, and then it rests."""
        try:
            answer = await self._submit(name, made, signed)
            if answer.status_code == httpx.codes.CONFLICT and (size := SIZE.fullmatch(answer.text)):
                self._sizes[name] = int(size[1])
                if made.size == 0:
                    return None
                if self._sizes[name] > made.size:
                    raise Contradiction("restored", f"{name} saw {size[1]} leaves, not {made.size}")
                answer = await self._submit(name, made, signed)
            if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
                raise Contradiction("split", f"{name} saw another history of {made.size} leaves")
            if answer.status_code == httpx.codes.OK:
                found = self._read(name, made, answer.text)
                self._sizes[name] = made.size
                return found
            log.error("a witness refuses", witness=name, status=answer.status_code)
        except (httpx.HTTPError, BadNote) as error:
            log.error(
                "a witness does not answer", witness=name, error=f"{type(error).__name__}: {error}"
            )
        self._resting[name] = clock.now_us() + REST_US
        return None

    async def _submit(self, name: str, made: Checkpoint, signed: str) -> httpx.Response:
        """Send the checkpoint with the proof that it continues what the witness saw last."""
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        old = min(self._sizes.get(name, 0), made.size)
        proof = await asyncio.to_thread(self._proof, old, made)
        lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof)]
        body = "\n".join(lines) + "\n\n" + signed
        url = self._log.policy.witnesses[name].url.rstrip("/")
        return await self._client.post(f"{url}/add-checkpoint", content=body.encode())

    def _proof(self, old: int, made: Checkpoint) -> list[bytes]:
        if old in (0, made.size):
            return []
        view = View(self._log.target, made.size, made.root)
        return tree.consistency_proof(view.node, old, made.size)

    def _read(self, name: str, made: Checkpoint, answer: str) -> Signature | None:
        """The witness's own signature among the lines of its answer; raises `BadNote` when it is wrong."""
        party = self._log.policy.witnesses[name]
        _, signatures = note.verified(f"{made.text}\n{answer}".encode(), [party.key])
        return signatures[0]
