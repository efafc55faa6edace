"""The command line."""

import contextlib
import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Annotated

from visavis import supervising

if supervising.asked(sys.argv):  # starts at once: nothing of the rest is needed
    raise SystemExit(supervising.main(sys.argv))

import asyncpg
import typer
import uvloop

from visavis import archive_given, archiving, fiction, launch, stage
from visavis.kernel import doctor as medicine
from visavis.kernel import log
from visavis.kernel import migrate as migration
from visavis.kernel.errors import Refusal
from visavis.kernel.migrate import WrongDatabase
from visavis.kernel.postgres_programs import EmbeddedPostgresError
from visavis.kernel.settings import Settings, WrongSettings, default_home, load
from visavis.rehearsal import run
from visavis.sdk.errors import WireError
from visavis.witness import keeping
from visavis.witness import server as witnessing

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Visavis: face to face, online, on the record.",
)

app.add_typer(archiving.app, name="archive")
supervise = typer.Typer(no_args_is_help=True, help="Supervision: judge texts.")
app.add_typer(supervise, name="supervise")

suiting = typer.Typer(no_args_is_help=True, help="Suitability: prove decisions.")
app.add_typer(suiting, name="suitability")

Home = Annotated[Path | None, typer.Option(help="Data folder.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]


def settings_of(**overrides: object) -> Settings:
    """The settings with what the command line says; None means not said."""
    return load(**{key: value for key, value in overrides.items() if value is not None})


@supervise.callback()
def supervision() -> None:
    """Supervision: judge texts."""


@supervise.command()
def check(
    lines: Annotated[str, typer.Argument(metavar="[FILE|-]", help="The lines.")] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines; the only form.")] = True,
) -> None:
    """Judge JSON lines {"id","text","lang","direction"}; answer one verdict a line, in order.

    Spans are character offsets into the text. A line that cannot be read is named on the standard
    error with its number and left out; the exit status is then 1.
    """
    del jsonl
    raise SystemExit(supervising.check(lines))


@supervise.command()
def train(
    jsonl: Annotated[
        list[str] | None,
        typer.Option("--jsonl", help='Lines of {"text", "violation"}; may be repeated.'),
    ] = None,
    out: Annotated[str, typer.Option(help="Where the ranker of the lines is written.")] = "",
    version: Annotated[str, typer.Option(help="How it is called in verdicts and reports.")] = "",
    from_dispositions: Annotated[
        bool, typer.Option(help="Teach the queue's ranker from the reviewers' decisions on record.")
    ] = False,
    home: Home = None,
) -> None:
    """Teach the ranker from what reviewers decided; the same lines give the same file."""
    if from_dispositions:
        with launch.reached_postgres(settings_of(home=home)) as dsn:
            told = uvloop.run(launch.taught(dsn))
        print(json.dumps(told))
        raise SystemExit(0 if told["taught"] else 1)
    if not jsonl or not out:
        raise typer.BadParameter("--jsonl with --out, or --from-dispositions")
    raise SystemExit(supervising.train(jsonl, out, version))


@supervise.command()
def backtest(
    policies: Annotated[Path, typer.Option(help="Folder of the proposed zh.json and en.json.")],
    jsonl: Annotated[str, typer.Option(help="Past texts: the lines of check, with a day.")],
    days: Annotated[int, typer.Option(help="How many days back from the last.")] = 90,
    minutes: Annotated[float, typer.Option(help="What a reviewer needs for one alert.")] = 2.0,
) -> None:
    """Say what proposed policies would have done: hits, precision, reviewer hours a day, a sample."""
    raise SystemExit(supervising.backtest(policies, jsonl, days, minutes))


@suiting.callback()
def suitability() -> None:
    """Suitability: prove decisions."""


@suiting.command()
def replay(home: Home = None) -> None:
    """Make every decision on record again from its own inputs and versions; exit status 1 where one differs.

    One line of JSON: decisions, same, incomplete (kept by early versions without all inputs), differing (ids).
    """
    with launch.reached_postgres(settings_of(home=home)) as dsn:
        told = uvloop.run(launch.replayed(dsn))
    print(json.dumps(told))
    raise SystemExit(1 if told["differing"] else 0)


@app.command()
def serve(
    home: Home = None,
    port: Port = None,
    roles: Annotated[
        str | None, typer.Option(help="Some of web,dispatch,work; all where none is named.")
    ] = None,
) -> None:
    """Run the platform, or some roles of it."""
    settings = settings_of(home=home, port=port, roles=roles)
    log.setup(settings.log_format, settings.log_level)
    sock = launch.listen(settings.host, settings.port)
    with launch.postgres(settings) as dsn:
        uvloop.run(launch.serve(settings, dsn, sock))


@app.command()
def demo(
    home: Home = None,
    port: Port = 8420,
    site_port: Annotated[int, typer.Option(help="Port of the fictional broker's site.")] = 8421,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demo's data away first.")
    ] = False,
    rehearse: Annotated[
        bool, typer.Option(help="Keep a gentle rehearsal going beside it; the console stops it.")
    ] = True,
) -> None:
    """Run a fictional firm on this machine, with its own web site; on loopback only."""
    progress = fiction.Progress()
    settings = settings_of(home=home or demo_home(), host="127.0.0.1", port=port)
    log.setup(settings.log_format, "warning")
    sock = launch.listen("127.0.0.1", settings.port)
    site_sock = launch.listen("127.0.0.1", site_port, "--site-port")
    public = f"http://localhost:{sock.getsockname()[1]}"
    settings = settings.model_copy(
        update={"public_url": settings.public_url or public, **fiction.LOOPBACK_LIMITS}
    )
    fiction.prepare(settings.home, reset=reset)
    progress.step(f"starting PostgreSQL in {settings.home}")
    with launch.postgres(settings) as dsn:
        uvloop.run(fiction.run(settings, dsn, sock, site_sock, progress, rehearse=rehearse))


def demo_home() -> Path:
    """The demo's own folder beside the real one, unless VISAVIS_HOME names one."""
    named = os.environ.get("VISAVIS_HOME")
    return Path(named) if named else default_home().with_name("visavis-demo")


@app.command()
def rehearse(
    questions: Annotated[
        Path | None, typer.Option(help="CSV file of questions, UTF-8 or GB 18030.")
    ] = None,
    column: Annotated[str, typer.Option(help="Its column of questions.")] = "question",
    clients: Annotated[int, typer.Option(min=1, max=2000)] = 10,
    advisors: Annotated[int, typer.Option(min=1, max=500)] = 10,
    seconds: Annotated[float, typer.Option(min=1, max=86400)] = 120,
    url: Annotated[str, typer.Option(help="A running demo; without it a temporary one.")] = "",
    home: Annotated[Path | None, typer.Option(help="Folder of that demo.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one line of JSON.")] = False,
    gently: Annotated[bool, typer.Option("--gentle", help="Play on and on, a little.")] = False,
) -> None:
    """Let simulated clients and advisors do the main job, and recompute what was lost, doubled or unlicensed."""
    log.setup("text", "warning")
    if gently:
        uvloop.run(stage.play_gently(url, home or demo_home()))
        return
    if questions is None:
        raise run.UnreadableQuestions("name a CSV file of questions with --questions")
    plan = run.Plan(run.read_questions(questions, column), clients, advisors, seconds)
    where = (
        contextlib.nullcontext(stage.running(url, home or demo_home()))
        if url
        else stage.temporary()
    )
    with where as platform:
        report = uvloop.run(stage.play(platform, plan))
    print(run.table(report), flush=True)
    if as_json:
        print(stage.line(report), flush=True)
    raise SystemExit(0 if report.passed else 1)


@app.command()
def migrate(home: Home = None) -> None:
    """Bring the database to this version's schema."""
    with launch.postgres(settings_of(home=home)) as dsn:
        uvloop.run(migration.upgrade(dsn))


@app.command()
def doctor(
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one line of JSON.")] = False,
) -> None:
    """Look the installation over and say what to do; exit status 1 where something fails."""
    settings = settings_of(home=home)
    with launch.reached_postgres(settings) as dsn:
        findings = uvloop.run(medicine.examine(settings, dsn))
    print(medicine.report(findings), flush=True)
    if as_json:
        rows = [dataclasses.asdict(one) for one in findings]
        print(json.dumps({"ok": medicine.sound(findings), "findings": rows}, ensure_ascii=False))
    raise SystemExit(0 if medicine.sound(findings) else 1)


@app.command()
def jobs(
    retry: Annotated[bool, typer.Option("--retry", help="Have all of them done again.")] = False,
    home: Home = None,
) -> None:
    """Print the jobs that were given up after eight attempts, one line of JSON each, the newest first."""
    with launch.reached_postgres(settings_of(home=home)) as dsn:
        for one in uvloop.run(launch.given_up(dsn, retry=retry)):
            print(json.dumps(one, default=str, ensure_ascii=False))


@app.command()
def create_admin(
    login: Annotated[str, typer.Argument(help="Login of the administrator.")],
    name: Annotated[str, typer.Argument(help="Name of the administrator.")],
    home: Home = None,
) -> None:
    """Make an administrator, or invite a known one again, and print the invitation's link."""
    settings = settings_of(home=home)
    with launch.reached_postgres(settings) as dsn:
        print(uvloop.run(launch.create_administrator(settings, dsn, login, name)))


@app.command()
def witness(
    policy: Annotated[Path, typer.Option(help="Policy file (C2SP tlog-policy) naming the logs.")],
    home: Annotated[Path, typer.Option(help="Folder of the witness's key and memory.")],
    name: Annotated[str, typer.Option(help="Its name, when its key is made.")] = "witness",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8430,
) -> None:
    """Run a witness: it cosigns a log's checkpoints, and remembers, so that no log can go back."""
    print(witnessing.key_of(home, name), flush=True)
    witnessing.serve(home, policy, name, host, port)


MENDABLE = (
    Refusal,
    WrongSettings,
    WrongDatabase,
    EmbeddedPostgresError,
    launch.CannotListen,
    fiction.NotADemo,
    stage.NoStage,
    run.NotAdmitted,
    run.UnreadableQuestions,
    WireError,
    archive_given.Unusable,
    keeping.Unusable,
)


def main() -> None:
    """Run a command; what the operator can mend is said in one line."""
    try:
        app()
    except MENDABLE as error:
        print(f"visavis: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except asyncpg.DiskFullError:
        print("visavis: the disk that holds the database is full", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
