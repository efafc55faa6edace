"""Prosody from Debian: archive on (mod_mam, PostgreSQL by LuaDBI), accounts in files, no limits."""

from pathlib import Path

from common import SERVER, Missing, Postgres, XmppPeer, spawn, tool, wait_port

CONFIG = """
run_as_root = true
daemonize = false
pidfile = "{home}/prosody.pid"
certificates = "{home}"
data_path = "{home}"
modules_enabled = {{ "roster", "saslauth", "disco", "mam" }}
modules_disabled = {{ "s2s", "tls", "offline" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = {{ archive = "sql" }}
sql = {{ driver = "PostgreSQL", database = "prosody", username = "visavis", password = "", host = "127.0.0.1", port = {sql_port} }}
default_archive_policy = true
archive_expires_after = "never"
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
log = {{ warn = "*stdout" }}
network_backend = "epoll"
VirtualHost "localhost"
"""  # noqa: E501 - one line of that language


class Prosody(XmppPeer):
    """One server with users u0, u1, …, password x."""

    name = "prosody"

    def __init__(self, postgres: Postgres, home: Path, pairs: int) -> None:
        prosody = tool("prosody")
        if prosody is None:
            raise Missing("prosody is not installed, and could not be")
        self._prosody = prosody
        super().__init__(pairs)
        self._home = home / "prosody"
        accounts = self._home / "localhost" / "accounts"
        accounts.mkdir(parents=True)
        for number in range(20_000):
            (accounts / f"u{number}.dat").write_text('return { ["password"] = "x"; };\n')
        self._log = home / "prosody.log"
        postgres.create("prosody")
        self._config = self._home / "prosody.cfg.lua"
        self._config.write_text(
            CONFIG.format(home=self._home, sql_port=postgres.port, port=self.port)
        )

    def start(self) -> "Prosody":
        """Start the server."""
        self._process = spawn(
            [self._prosody, "--config", self._config, "-F"], SERVER, self._log
        )  # fmt: skip
        wait_port(self.port, self._process, self._log)
        return self
