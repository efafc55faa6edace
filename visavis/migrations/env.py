"""Alembic's entry: runs the migrations over asyncpg, each in a transaction with a lock timeout."""

import asyncio
from typing import Any

import asyncpg
from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from visavis.kernel.migrate import ANSWER_S, TURN_S


def apply(connection: Connection) -> None:
    """Run what is missing on this connection."""
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_apply(dsn: str) -> None:
    """Open the one connection that the migrations use."""

    async def connect() -> Any:
        return await asyncpg.connect(
            dsn, timeout=ANSWER_S, command_timeout=TURN_S, server_settings={"lock_timeout": "5s"}
        )

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(apply)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(connect_and_apply(context.config.attributes["dsn"]))
