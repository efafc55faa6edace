"""What this data store is: its identity (the epoch of the live protocol) and its mode, fixed when it is made."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id
from visavis.kernel.migrate import COMPATIBILITY, WrongDatabase

Mode = Literal["production", "demo", "test"]


@dataclass(frozen=True)
class Installation:
    """One firm's platform. Only demo and test installations admit simulated people."""

    id: UUID
    mode: Mode

    @property
    def admits_simulated(self) -> bool:
        """Whether simulated people may be made here."""
        return self.mode != "production"


async def ensure(tx: Tx, mode: Mode) -> Installation:
    """The installation, made on the first start; raises `WrongDatabase` where it was made for another mode."""
    await tx.execute(
        "INSERT INTO installation (id, compatibility, mode, created_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (one) DO NOTHING",
        new_id(),
        COMPATIBILITY,
        mode,
        clock.now(),
    )
    found = await current(tx)
    if found.mode != mode:
        raise WrongDatabase(
            f"this data store was made in {found.mode} mode and cannot be used in {mode} mode:"
            " choose another data folder with --home or VISAVIS_HOME"
        )
    return found


async def current(tx: Tx) -> Installation:
    """The installation of a database that has been started before."""
    row = await tx.fetchrow("SELECT id, mode FROM installation")
    if row is None:
        raise WrongDatabase("the database has not been set up: run `visavis migrate`")
    return Installation(row["id"], row["mode"])
