"""Runs a plain SQL script of several statements from inside a migration."""

import pathlib
from typing import Any

from alembic import op

FOLDER = pathlib.Path(__file__).parent / "versions"


def run(name: str) -> None:
    """Run `versions/<name>.sql` in the migration's transaction."""
    script = (FOLDER / f"{name}.sql").read_text()
    adapted: Any = op.get_bind().connection.dbapi_connection
    # The driver's own transaction has been begun by a first statement.
    op.execute("SELECT 1")
    adapted.run_async(lambda connection: connection.execute(script))
