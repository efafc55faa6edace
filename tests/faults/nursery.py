"""Processes that begin at once: forked from one that has the whole platform imported already.

Importing takes seconds, and a run of faults starts dozens of processes. Whatever is measured from a cold start uses a
process of its own (`python -m visavis serve`); the rest comes from here. The children die with whoever asked for them.
"""

import asyncio
import contextlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import visavis.__main__  # noqa: F401 - this is what is imported once for all

LONGEST = 1 << 20


class Born:
    """A process of the nursery; to whoever started it, it is like one of asyncio's."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.ended = asyncio.Event()

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without warning."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Its exit status, once it has ended; negative where a signal ended it."""
        await self.ended.wait()
        return self.returncode or 0


class Nursery:
    """Begun before the first thread and the first event loop, because it forks."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._line, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        self.pid = os.fork()
        if self.pid == 0:
            self._line.close()
            _keep(theirs)
        theirs.close()
        self._line.setblocking(False)
        self._alive: dict[int, Born] = {}
        self._turn = asyncio.Lock()
        self._born: asyncio.Future[int] | None = None

    async def spawn(
        self, command: Sequence[str], env: Mapping[str, str], log: Path, folder: Path
    ) -> Born:
        """Begin `python -m MODULE …`; what it says goes to `log`."""
        if list(command[:2]) != [sys.executable, "-m"]:
            raise ValueError(f"not a module of ours: {command}")
        asked = {"argv": command[2:], "env": dict(env), "log": str(log), "folder": str(folder)}
        loop = asyncio.get_running_loop()
        async with self._turn:
            loop.add_reader(self._line, self._hear)
            self._born = loop.create_future()
            await loop.sock_sendall(self._line, json.dumps(asked).encode())
            return self._alive[await self._born]

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while data := self._line.recv(LONGEST):
                told = json.loads(data)
                if "born" in told:
                    self._alive[told["born"]] = Born(told["born"])
                    assert self._born is not None
                    self._born.set_result(told["born"])
                else:
                    one = self._alive.pop(told["ended"])
                    one.returncode = os.waitstatus_to_exitcode(told["status"])
                    one.ended.set()

    def end(self) -> None:
        """End every process of it, and itself."""
        self._line.close()
        os.waitpid(self.pid, 0)


def _keep(line: socket.socket) -> None:
    """What the nursery does: fork when asked, tell who has ended; it ends with everybody when nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    children: set[int] = set()
    while True:
        ready, _, _ = select.select([line, woken], [], [])
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 4096)
            _reap(line, children)
        if line in ready:
            data = line.recv(LONGEST)
            if not data:
                break
            pid = os.fork()
            if pid == 0:
                line.close()
                _become(json.loads(data))
            children.add(pid)
            line.send(json.dumps({"born": pid}).encode())
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    os._exit(0)


def _reap(line: socket.socket, children: set[int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            children.discard(pid)
            with contextlib.suppress(OSError):
                line.send(json.dumps({"ended": pid, "status": status}).encode())


def _become(asked: dict[str, object]) -> None:
    """Be the module that was asked for, in a session of its own."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    os.chdir(str(asked["folder"]))
    os.environ.clear()
    os.environ.update(dict(asked["env"]))  # type: ignore[call-overload]
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(str(asked["log"]), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for there, end in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(there, end)
    sys.argv = list(asked["argv"])  # type: ignore[call-overload]
    code = 1
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - this is the end of the process, whatever it was
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
