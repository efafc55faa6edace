"""ejabberd from Debian: archive on (mod_mam, PostgreSQL), rosters and passwords in the same database, no shaper."""

from pathlib import Path

from common import SERVER, Missing, Postgres, XmppPeer, spawn, tool, wait_port

SCHEMA = Path("/usr/share/ejabberd/sql/pg.sql")
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")
CONFIG = """
hosts: [localhost]
loglevel: warning
default_db: sql
auth_method: sql
auth_password_format: plain
sql_type: pgsql
sql_server: "127.0.0.1"
sql_port: {sql_port}
sql_database: ejabberd
sql_username: visavis
sql_pool_size: 10
listen:
  - {{port: {port}, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 262144, access: c2s, starttls: false}}
acl: {{local: {{user_regexp: ""}}}}
access_rules: {{c2s: {{allow: all}}, local: {{allow: local}}}}
modules:
  mod_disco: {{}}
  mod_roster: {{db_type: sql}}
  mod_mam: {{default: always, db_type: sql, request_activates_archiving: false}}
"""


class Ejabberd(XmppPeer):
    """One server with users u0, u1, …, password x."""

    name = "ejabberd"

    def __init__(self, postgres: Postgres, home: Path, pairs: int) -> None:
        erl = tool("erl")
        if erl is None or not SCHEMA.exists():
            raise Missing("ejabberd is not installed, and could not be")
        self._erl = erl
        super().__init__(pairs)
        self._home = home / "ejabberd"
        self._home.mkdir()
        self._log = home / "ejabberd.log"
        users = "INSERT INTO users (username, password) SELECT 'u' || n, 'x' FROM generate_series(0, 19999) AS n;"
        postgres.create("ejabberd", SCHEMA.read_text() + users)
        self._config = self._home / "ejabberd.yml"
        self._config.write_text(CONFIG.format(sql_port=postgres.port, port=self.port))

    def start(self) -> "Ejabberd":
        """Start the server."""
        libraries = sorted(
            str(one / "ebin") for one in LIBRARIES.iterdir() if (one / "ebin").is_dir()
        )
        self._process = spawn(
            [
                self._erl, "+K", "true", "-smp", "enable", "+P", "250000", "-noinput", "-pa", *libraries,
                "-mnesia", "dir", f'"{self._home}"', "-ejabberd", "config", f'"{self._config}"',
                "log_path", f'"{self._home / "ejabberd.log"}"', "-s", "ejabberd",
            ],
            SERVER, self._log, HOME=str(self._home), EJABBERD_CONFIG_PATH=str(self._config),
            EJABBERD_LOG_PATH=str(self._home / "ejabberd.log"),
        )  # fmt: skip
        wait_port(self.port, self._process, self._log)
        return self
