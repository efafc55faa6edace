"""The commands that need no platform: build, verify, prove and check, and an auditor's own program."""

import base64
import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.tlog import auditor
from tests.tlog.vectors import load
from visavis.archive_given import Unusable
from visavis.archiving import app
from visavis.tlog.note import COSIGNATURE, ED25519, Signer
from visavis.tlog.tiles import bundles_of

SIGNER = Signer("example.test/log", ED25519, bytes(range(32)))
VKEY = SIGNER.verifier.vkey
WITNESS = Signer("w", COSIGNATURE, bytes(32))
RUN = CliRunner()


def run(*args: object) -> Result:
    """The command in this process; what it raises for the command line comes out."""
    result = RUN.invoke(app, [str(one) for one in args])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write_entries(path: Path, entries: list[bytes]) -> Path:
    path.write_text("".join(base64.b64encode(one).decode() + "\n" for one in entries))
    return path


@pytest.fixture
def built(tmp_path: Path) -> Path:
    entries = write_entries(tmp_path / "entries", [b"leaf %d" % i for i in range(600)])
    (tmp_path / "key").write_text(SIGNER.skey + "\n")
    out = tmp_path / "out"
    made = run("build", "--entries", entries, "--key", tmp_path / "key", "--out", out)
    assert VKEY in made.output
    return out


def test_a_log_is_built_as_tessera_built_it(tmp_path: Path) -> None:
    vectors = load("tessera_log15.json")
    for size, expected in vectors["checkpoints_by_size"].items():
        entries = [one.encode() for one in vectors["entries"][: int(size)]]
        source = write_entries(tmp_path / "entries", entries)
        run(
            "build", "--entries", source, "--origin", vectors["origin"],
            "--key", vectors["signing_key"], "--out", tmp_path / "out",
        )  # fmt: skip
        assert (tmp_path / "out/checkpoint").read_text() == expected
    for path, content in vectors["files_base64"].items():
        assert (tmp_path / "out" / path).read_bytes() == base64.b64decode(content)


def test_seventy_thousand_leaves_are_built_byte_for_byte(tmp_path: Path) -> None:
    vectors = load("large_trees.json")["log70k"]
    source = write_entries(tmp_path / "entries", [b"leaf %d" % i for i in range(70_000)])
    run("build", "--entries", source, "--key", vectors["signing_key"], "--out", tmp_path / "out")
    assert (tmp_path / "out/checkpoint").read_text() == vectors["checkpoint_70000"]
    assert run("verify", "--dir", tmp_path / "out", "--vkey", vectors["vkey"]).exit_code == 0


def test_a_folder_that_holds_another_log_is_left_alone(tmp_path: Path, built: Path) -> None:
    before = (built / "checkpoint").read_bytes()
    for entries in ([b"other"] * 600, [b"leaf %d" % i for i in range(10)]):
        source = write_entries(tmp_path / "other", entries)
        with pytest.raises(Unusable, match="holds"):
            run("build", "--entries", source, "--key", SIGNER.skey, "--out", built)
    stranger = Signer(SIGNER.name, ED25519, bytes(32)).skey
    source = write_entries(tmp_path / "same", [b"leaf %d" % i for i in range(600)])
    with pytest.raises(Unusable, match="another key"):
        run("build", "--entries", source, "--key", stranger, "--out", built)
    assert (built / "checkpoint").read_bytes() == before


def test_a_log_may_bear_another_name_than_its_key_but_it_is_said(tmp_path: Path) -> None:
    source, out = write_entries(tmp_path / "entries", [b"one", b"", b"three"]), tmp_path / "out"
    other = ("--origin", "other.test/log")
    made = run("build", "--entries", source, *other, "--key", SIGNER.skey, "--out", out)
    assert "named other.test/log, its key example.test/log" in made.stderr
    assert "1 empty lines" in made.stderr
    assert sorted(one.name for one in out.iterdir()) == ["checkpoint", "tile"]
    refused = run("verify", "--dir", out, "--vkey", VKEY)
    assert refused.exit_code == 1
    assert "no key of other.test/log signed" in refused.output
    assert run("verify", "--dir", out, "--vkey", VKEY, *other).exit_code == 0
    file = tmp_path / "proof"
    run("prove", 2, "--dir", out, "--vkey", VKEY, *other, "--out", file)
    assert run("check", file, "--vkey", VKEY).exit_code == 1
    assert run("check", file, "--vkey", VKEY, *other).exit_code == 0
    witness = Signer("w", COSIGNATURE, bytes(32))
    for key, origin in ((SIGNER.skey, "two\nlines"), (witness.skey, "w")):
        with pytest.raises(Unusable):
            run("build", "--entries", source, "--origin", origin, "--key", key, "--out", out)


@pytest.mark.parametrize(
    ("line", "what"),
    [("not base64!", "line 2: not base64"), ("A" * 87_384, "line 2: .*65535 is the most")],
)
def test_entries_that_cannot_be_logged(tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "entries").write_text(f"\n{line}\n")
    with pytest.raises(Unusable, match=what):
        run(
            "build", "--entries", tmp_path / "entries", "--key", SIGNER.skey, "--out",
            tmp_path / "out",
        )  # fmt: skip


def test_what_cannot_be_used_is_said(tmp_path: Path, built: Path) -> None:
    one = write_entries(tmp_path / "one", [b"one"])
    for args in (
        ["build", "--entries", tmp_path / "none", "--key", SIGNER.skey, "--out", built],
        ["build", "--entries", tmp_path / "entries", "--key", tmp_path / "none", "--out", built],
        ["build", "--entries", tmp_path / "entries", "--key", VKEY, "--out", built],
        ["build", "--entries", tmp_path / "key", "--key", SIGNER.skey, "--out", tmp_path / "key"],
        ["build", "--entries", one, "--key", SIGNER.skey, "--out", tmp_path / "key"],
        ["verify", "--dir", built, "--vkey", "nonsense+00"],
        ["verify", "--dir", built, "--vkey", WITNESS.verifier.vkey],
        ["verify", "--dir", built, "--url", "http://127.0.0.1", "--vkey", VKEY],
        ["verify", "--dir", tmp_path / "none", "--vkey", VKEY],
        ["prove", "7", "--dir", built, "--vkey", VKEY, "--out", tmp_path / "none" / "proof"],
        ["verify", "--dir", built, "--home", tmp_path / "nowhere"],
        ["prove", "700", "--dir", built, "--vkey", VKEY],
        ["prove", "not-an-id"],
    ):
        with pytest.raises(Unusable):
            run(*args)


def test_verify_names_the_first_fault(built: Path) -> None:
    good = run("verify", "--dir", built, "--vkey", VKEY, "--json")
    assert good.exit_code == 0
    said = json.loads(good.output.splitlines()[-1])
    assert (said["ok"], said["size"], said["first_fault"]) == (True, 600, None)
    assert [level["name"] for level in said["levels"]] == ["proof", "tiles", "bundles"]
    bundle = built / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes().replace(b"leaf 300", b"leaf 3o0"))
    bad = run("verify", "--dir", built, "--vkey", VKEY, "--json")
    assert bad.exit_code == 1
    said = json.loads(bad.output.splitlines()[-1])
    assert [level["ok"] for level in said["levels"]] == [True, True, False]
    assert said["levels"][2]["place"] == "tile/entries/001"
    assert said["levels"][2]["leaf"] == 300
    (built / "checkpoint").unlink()
    assert "missing: checkpoint" in run("verify", "--dir", built, "--vkey", VKEY).output


def test_verify_over_the_web_and_against_an_older_checkpoint(tmp_path: Path, built: Path) -> None:
    (tmp_path / "older").write_bytes((built / "checkpoint").read_bytes())
    source = write_entries(tmp_path / "more", [b"leaf %d" % i for i in range(900)])
    run("build", "--entries", source, "--key", SIGNER.skey, "--out", built)
    with Served(built) as url:
        held = run("verify", "--url", url, "--vkey", VKEY, "--old", tmp_path / "older")
        assert held.exit_code == 0, held.output
        (built / "tile/1/000.p/3").unlink()
        assert run("verify", "--url", url, "--vkey", VKEY).exit_code == 1
    assert run("verify", "--url", url, "--vkey", VKEY).exit_code == 1


def test_a_proof_is_written_and_checked_offline(tmp_path: Path, built: Path) -> None:
    file, policy, entry = tmp_path / "one.tlog-proof", tmp_path / "policy", tmp_path / "entry"
    assert run("prove", 423, "--dir", built, "--vkey", VKEY, "--out", file).exit_code == 0
    assert run("check", file, "--vkey", VKEY).exit_code == 0
    entry.write_bytes(b"leaf 423")
    assert run("check", file, "--vkey", VKEY, "--entry", entry).exit_code == 0
    entry.write_bytes(b"leaf 424")
    assert run("check", file, "--vkey", VKEY, "--entry", entry).exit_code == 1
    witness = WITNESS.verifier.vkey
    policy.write_text(f"log {VKEY}\nwitness w {witness}\nquorum none\n")
    assert run("check", file, "--policy", policy).exit_code == 0
    policy.write_text(f"log {VKEY}\nwitness w {witness}\nquorum w\n")
    refused = run("check", file, "--policy", policy)
    assert (refused.exit_code, "too few witnesses" in refused.output) == (1, True)
    policy.write_text("quorum\n")
    with pytest.raises(Unusable, match="line 1"):
        run("check", file, "--policy", policy)


class Served:
    """A folder on a web server of its own."""

    def __init__(self, folder: Path) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.timeout(1200)
@pytest.mark.skipif(auditor.program() is None, reason="no Go with x/mod/sumdb, or no verifier")
@pytest.mark.parametrize("size", [1, 255, 256, 257, 1000])
def test_an_auditors_program_agrees(tmp_path: Path, size: int) -> None:
    out, half = tmp_path / "out", max(1, size // 2)
    for count in (half, size):
        entries = write_entries(tmp_path / "e", [b"leaf %d" % i for i in range(count)])
        run("build", "--entries", entries, "--key", SIGNER.skey, "--out", out)
        if count == half:
            shutil.copy(out / "checkpoint", tmp_path / "half")
    held, said = auditor.verdict(out, VKEY, tmp_path / "half")
    assert held, said
    assert f"OK size={size} leaves checked={size}" in said
    last = next(one for one in bundles_of(size) if one.index == (size - 1) // 256)
    for path in (last.path, last.path.replace("entries", "0")):
        content = (out / path).read_bytes()
        (out / path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        held, said = auditor.verdict(out, VKEY)
        assert (held, "FAIL" in said) == (False, True)
        assert run("verify", "--dir", out, "--vkey", VKEY).exit_code == 1
        (out / path).write_bytes(content)
