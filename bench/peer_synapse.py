"""Synapse from PyPI, one process on PostgreSQL, in an environment of its own in a cache folder; no rate limits."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from common import SERVER, Missing, Postgres, Served, free_port, say, spawn, wait_port

WANTED = "matrix-synapse[postgres]==1.163.2"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "visavis-bench" / "synapse"
ROOMY = "{per_second: 1000000, burst_count: 1000000}"
CONFIG = f"""
server_name: localhost
report_stats: false
signing_key_path: "{{home}}/signing.key"
media_store_path: "{{home}}/media"
pid_file: "{{home}}/synapse.pid"
log_config: "{{home}}/log.yaml"
enable_registration: true
enable_registration_without_verification: true
macaroon_secret_key: bench
registration_shared_secret: bench
form_secret: bench
trusted_key_servers: []
presence: {{{{enabled: false}}}}
listeners:
  - {{{{port: {{port}}, bind_addresses: ["127.0.0.1"], type: http, tls: false, resources: [{{{{names: [client]}}}}]}}}}
database:
  name: psycopg2
  args: {{{{user: visavis, host: 127.0.0.1, port: {{sql_port}}, dbname: synapse, cp_min: 5, cp_max: 10}}}}
rc_message: {ROOMY.replace("{", "{{").replace("}", "}}")}
rc_registration: {ROOMY.replace("{", "{{").replace("}", "}}")}
rc_joins: {{{{local: {ROOMY.replace("{", "{{").replace("}", "}}")}}}}}
rc_joins_per_room: {ROOMY.replace("{", "{{").replace("}", "}}")}
rc_room_creation: {ROOMY.replace("{", "{{").replace("}", "}}")}
rc_invites:
  per_room: {ROOMY.replace("{", "{{").replace("}", "}}")}
  per_user: {ROOMY.replace("{", "{{").replace("}", "}}")}
  per_issuer: {ROOMY.replace("{", "{{").replace("}", "}}")}
"""
LOGGING = "version: 1\nformatters: {p: {format: '%(message)s'}}\nhandlers: {c: {class: logging.StreamHandler, formatter: p}}\nroot: {level: ERROR, handlers: [c]}\n"  # noqa: E501


def installed() -> Path:
    """The interpreter of Synapse's environment, made on first use; raises `Missing`."""
    python = CACHE / "bin" / "python"
    marker = CACHE / "installed"
    if not marker.exists() or marker.read_text() != WANTED:
        say(f"installing {WANTED} into {CACHE}")
        try:
            subprocess.run([sys.executable, "-m", "venv", str(CACHE)], check=True)
            subprocess.run(
                [str(python), "-m", "pip", "install", "-q", WANTED], check=True, timeout=900
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise Missing(f"synapse cannot be installed: {error}") from None
        marker.write_text(WANTED)
    return python


class Synapse(Served):
    """One homeserver; the generator registers its users and makes their rooms."""

    name, kind = "synapse", "matrix"

    def __init__(self, postgres: Postgres, home: Path, pairs: int) -> None:
        super().__init__()
        self._python = installed()
        # Each pair waits in a long poll of its own; fifty already keep it busy.
        self.pairs, self.port = min(pairs, 50), free_port()
        self._home = home / "synapse"
        self._home.mkdir()
        self._log = home / "synapse.log"
        postgres.create("synapse")
        (self._home / "log.yaml").write_text(LOGGING)
        self._config = self._home / "homeserver.yaml"
        self._config.write_text(
            CONFIG.format(home=self._home, port=self.port, sql_port=postgres.port)
        )

    def start(self) -> "Synapse":
        """Start the server."""
        run = [self._python, "-m", "synapse.app.homeserver", "-c", self._config]
        made = subprocess.run(
            [str(one) for one in (*run, "--generate-keys")], capture_output=True, check=False, cwd=self._home
        )  # fmt: skip
        if made.returncode:
            raise Missing(f"synapse: {made.stderr.decode(errors='replace')[-1500:]}")
        self._process = spawn(run, SERVER, self._log)
        wait_port(self.port, self._process, self._log, within=120)
        return self

    def spec(self) -> dict[str, Any]:
        """What the generator needs to know; ends of rooms are kept between runs."""
        return {
            "port": self.port,
            "pairs": self.pairs,
            "people_file": str(self._home / "people.json"),
        }
