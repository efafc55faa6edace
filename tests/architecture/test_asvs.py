"""OWASP ASVS 5.0 level 1: every requirement has its row in docs/asvs.csv, and every row a test or a reason."""

import ast
import csv
import json
import re
from pathlib import Path

from tests.architecture import source

ROOT = Path(__file__).parents[2]
# Level 1 of 5.0.0, section by section: 70 requirements.
SECTIONS = {
    "1.2": (1, 2, 3, 4, 5), "1.3": (1, 2), "1.5": (1,), "2.1": (1,), "2.2": (1, 2), "2.3": (1,), "3.2": (1, 2),
    "3.3": (1,), "3.4": (1, 2), "3.5": (1, 2, 3), "4.1": (1,), "4.4": (1,), "5.2": (1, 2), "5.3": (1, 2),
    "6.1": (1,), "6.2": (1, 2, 3, 4, 5, 6, 7, 8), "6.3": (1, 2), "6.4": (1, 2), "7.2": (1, 2, 3, 4),
    "7.4": (1, 2), "8.1": (1,), "8.2": (1, 2), "8.3": (1,), "9.1": (1, 2, 3), "9.2": (1,),
    "10.4": (1, 2, 3, 4, 5), "11.3": (1, 2), "11.4": (1,), "12.1": (1,), "12.2": (1, 2), "13.4": (1,),
    "14.2": (1,), "14.3": (1,), "15.1": (1,), "15.2": (1,), "15.3": (1,),
}  # fmt: skip
LEVEL_1 = [f"V{section}.{number}" for section, all_ in SECTIONS.items() for number in all_]


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs/asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def calls() -> set[str]:
    """The name of everything that the product calls."""
    return {
        ast.unparse(node.func)
        for path in (ROOT / "visavis").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }


def test_every_requirement_of_level_1_has_one_row() -> None:
    assert len(LEVEL_1) == 70
    assert [one["id"] for one in rows()] == LEVEL_1


def test_every_row_has_a_test_that_exists_or_a_reason() -> None:
    for one in rows():
        assert one["status"] in ("met", "partly", "not_applicable"), one
        if one["status"] != "met":
            assert len(one["evidence"]) >= 40, one
            continue
        file, _, name = one["evidence"].partition("::")
        assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE), one


def test_no_program_is_started_through_a_shell() -> None:
    assert (
        not {"os.system", "os.popen", "subprocess.getoutput", "asyncio.create_subprocess_shell"}
        & calls()
    )
    text = "".join(path.read_text() for path in (ROOT / "visavis").rglob("*.py"))
    assert "shell=True" not in text


def test_nothing_is_evaluated_and_no_xml_is_parsed() -> None:
    assert (
        not {"eval", "exec", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load"} & calls()
    )
    modules = [path.read_text() for path in (ROOT / "visavis").rglob("*.py")]
    assert not [
        one for one in modules if re.search(r"^(import|from) (xml|lxml)\b", one, re.MULTILINE)
    ]


def test_what_changes_something_is_no_get() -> None:
    """The way back from the firm's provider has to be one: a browser follows a link, guarded by state and nonce."""
    paths = json.loads((ROOT / "openapi.json").read_text())["paths"]
    acting = re.compile(
        r"/(accept|decline|grab|close|transfer|lock|leave|suspend|dissolve|approve|import|greet|read|sign-out)$"
    )
    assert not [path for path, methods in paths.items() if "get" in methods and acting.search(path)]


def test_tokens_have_256_random_bits() -> None:
    sessions = next(
        one for one in source.package() if one.path.endswith("identity/api/sessions.py")
    )
    text = (ROOT / sessions.path).read_text()
    assert "secrets.token_urlsafe(32)" in text or "token_bytes(32)" in text


def test_ciphers_and_hashes_are_the_approved_ones() -> None:
    """SHA-1 and MD5 are nowhere, but where another protocol's checksum asks for them by name (TOTP is pyotp's)."""
    text = "".join(path.read_text() for path in (ROOT / "visavis").rglob("*.py"))
    assert not re.search(r"hashlib\.(md5|sha1)\b|hashes\.(MD5|SHA1)\b", text)
    assert not re.search(
        r"modes\.(ECB|CBC|OFB|CFB)\b|PKCS1v15Encryption|padding\.PKCS1v15\(\)|TripleDES|ARC4", text
    )


def test_the_guide_says_how_soon_components_are_mended() -> None:
    guide = (ROOT / "docs/operate/security.md").read_text()
    assert re.search(r"within \d+ days, high within \d+, everything else within \d+", guide)
