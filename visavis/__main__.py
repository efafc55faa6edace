"""The command line."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from visavis import launch
from visavis.kernel import log
from visavis.kernel import migrate as migration
from visavis.kernel.migrate import WrongDatabase
from visavis.kernel.postgres_programs import EmbeddedPostgresError
from visavis.kernel.settings import Settings, WrongSettings, load

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Visavis: face to face, online, on the record.",
)

Home = Annotated[Path | None, typer.Option(help="Data folder.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]


def settings_of(**overrides: object) -> Settings:
    """The settings with what the command line says; None means not said."""
    return load(**{key: value for key, value in overrides.items() if value is not None})


@app.command()
def serve(home: Home = None, port: Port = None) -> None:
    """Run the platform."""
    settings = settings_of(home=home, port=port)
    log.setup(settings.log_format, settings.log_level)
    sock = launch.listen(settings)
    with launch.postgres(settings) as dsn:
        asyncio.run(launch.serve(settings, dsn, sock))


@app.command()
def migrate(home: Home = None) -> None:
    """Bring the database to this version's schema."""
    with launch.postgres(settings_of(home=home)) as dsn:
        asyncio.run(migration.upgrade(dsn))


def main() -> None:
    """Run a command; what the operator can mend is said in one line."""
    try:
        app()
    except (WrongSettings, WrongDatabase, EmbeddedPostgresError, launch.CannotListen) as error:
        print(f"visavis: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
