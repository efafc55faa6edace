"""Ports for servers that are started beside us: none that the system may lend to somebody meanwhile."""

import socket
from pathlib import Path

import pytest

from visavis.kernel import ports
from visavis.kernel.ports import NoPort, free_port


@pytest.fixture
def lent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ports, "LENT", tmp_path / "range")
    return tmp_path / "range"


@pytest.mark.parametrize("says", ["20000\t29998\n", "1024 29998"])
def test_what_the_system_lends_is_left_to_it(says: str, lent: Path) -> None:
    lent.write_text(says)
    assert {free_port() for _ in range(20)} == {29_999}


@pytest.mark.parametrize("says", ["1 65535", "everything", ""])
def test_where_all_is_lent_or_nobody_says_any_will_do(says: str, lent: Path) -> None:
    lent.write_text(says)
    assert free_port() in ports.PORTS
    lent.unlink()
    assert free_port() in ports.PORTS


def test_a_port_in_use_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr(ports, "PORTS", range(port, port + 1))
    assert free_port() == port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(NoPort):
        free_port()
