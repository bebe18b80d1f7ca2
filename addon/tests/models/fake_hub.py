"""Play a Hugging Face hub and the store behind it, as they speak: redirects, hashes in headers, ranges and refusals.

https://huggingface.co/docs/hub/api and what huggingface.co answered when this was written.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import re
import struct
import threading
import time
from typing import Any, override
from urllib.parse import unquote, urlsplit

_PIECE = 64 * 1024


def gguf_bytes(size: int = 1024 * 1024, seed: bytes = b"") -> bytes:
    """Return a whole GGUF file with one tensor of so many bytes; each seed gives another."""
    head = struct.pack("<4sIQQ", b"GGUF", 3, 1, 0)
    head += struct.pack("<Q1sIQIQ", 1, b"t", 1, size // 4, 0, 0)
    data = (hashlib.sha256(seed).digest() * (size // 32 + 1))[:size]
    return head + bytes(-len(head) % 32) + data


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one answer of the store, or with one of the hub if `status` says so.

    `cut_after` bytes the connection ends; from there on it is silent for `stall_seconds`; each 64 KiB take
    `pace_seconds`; `corrupt` changes one byte; `ignores_range` begins at the first one; `extra` comes behind the last.
    """

    status: int = 0
    cut_after: int | None = None
    stall_seconds: float = 0.0
    pace_seconds: float = 0.0
    corrupt: bool = False
    ignores_range: bool = False
    extra: bytes = b""


@dataclass(slots=True)
class FakeHub:
    """What the hub has, what is to go wrong, and what it saw."""

    url: str = ""
    store_url: str = ""
    # Repository and revision to the files of that commit; a branch is a revision too.
    commits: dict[tuple[str, str], dict[str, tuple[str, bytes]]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    hub_faults: list[Fault] = field(default_factory=list)
    store_faults: list[Fault] = field(default_factory=list)
    has_hashes: bool = True
    asked: list[str] = field(default_factory=list)
    user_agents: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    keys_shown_to_store: list[str] = field(default_factory=list)
    has_begun: threading.Event = field(default_factory=threading.Event)

    def publish(self, repo: str, **files: bytes) -> str:
        """Make a commit of GGUF files, named without their ending, the newest of a repository; return its id."""
        named = {f"{name}.gguf": content for name, content in files.items()}
        commit = hashlib.sha1(repr((repo, len(self.commits), sorted(named))).encode()).hexdigest()
        tree = {name: (commit, content) for name, content in named.items()}
        self.commits[repo, commit] = self.commits[repo, "main"] = tree
        return commit


class _Answer(BaseHTTPRequestHandler):
    """One request; which hub it is for hangs on the server."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> FakeHub:
        """Return the hub."""
        hub: FakeHub = self.server.hub  # type: ignore[attr-defined]
        return hub

    @override
    def log_message(self, format: str, *args: Any) -> None:  # the base class names it so
        """Keep the tests' output clean."""

    def do_HEAD(self) -> None:
        """Answer like GET, without the body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer."""
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/store/"):
            self._from_store(path.removeprefix("/store/"))
        else:
            self._from_hub(path)

    def _from_hub(self, path: str) -> None:
        """Redirect to the store, or refuse."""
        hub = self.hub
        hub.asked.append(f"{self.command} {path}")
        hub.user_agents.append(self.headers.get("User-Agent", ""))
        fault = hub.hub_faults.pop(0) if hub.hub_faults else Fault()
        time.sleep(fault.stall_seconds)
        if fault.status:
            return self._refuse(fault.status, "")
        match = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        if not match:
            return self._refuse(404, "")
        repo, revision, file = match.groups()
        if repo in hub.moved:
            return self._redirect(307, f"/{hub.moved[repo]}/resolve/{revision}/{file}")
        is_known = (repo, "main") in hub.commits
        key = self.headers.get("Authorization")
        if repo in hub.tokens and key != f"Bearer {hub.tokens[repo]}":
            return self._refuse(401 if key is None else 403, "GatedRepo" if repo in hub.gated else "RepoNotFound")
        if not is_known:
            # Who shows no token is not told what there is.
            return self._refuse(401 if key is None else 404, "RepoNotFound")
        tree = hub.commits.get((repo, revision))
        if tree is None:
            return self._refuse(404, "RevisionNotFound")
        if file not in tree:
            return self._refuse(404, "EntryNotFound")
        commit, content = tree[file]
        sha256 = hashlib.sha256(content).hexdigest()
        linked = {"X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(content))} if hub.has_hashes else {}
        location = f"{hub.store_url}/store/{repo}/{commit}/{file}?signature=secret"
        return self._redirect(302, location, linked | {"X-Repo-Commit": commit, "ETag": f'"{commit}"'})

    def _from_store(self, path: str) -> None:
        """Send a file or a piece of one."""
        hub = self.hub
        owner, name, commit, file = path.split("/", 3)
        content = hub.commits[f"{owner}/{name}", commit][file][1]
        fault = hub.store_faults.pop(0) if hub.store_faults else Fault()
        if self.headers.get("Authorization"):
            hub.keys_shown_to_store.append(str(self.headers.get("Authorization")))
        if fault.status:
            return self._refuse(fault.status, "")
        start = 0 if fault.ignores_range else int(self.headers.get("Range", "bytes=0-")[6:].partition("-")[0])
        if fault.corrupt:
            content = content[:-1] + bytes([content[-1] ^ 1])
        body = content[start:] + fault.extra
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        hub.starts.append(start)
        hub.sent.append(0)
        self._send(body, fault)
        return None

    def _send(self, body: bytes, fault: Fault) -> None:
        """Send a body as far as the fault lets it."""
        end = len(body) if fault.cut_after is None else fault.cut_after
        try:
            for at in range(0, end, _PIECE):
                piece = body[at : min(at + _PIECE, end)]
                self.wfile.write(piece)
                self.hub.sent[-1] += len(piece)
                self.hub.has_begun.set()
                time.sleep(fault.pace_seconds)
            time.sleep(fault.stall_seconds)
        except OSError:
            # Whoever asked is gone.
            self.close_connection = True
        if end < len(body):
            self.close_connection = True

    def _redirect(self, status: int, location: str, headers: dict[str, str] | None = None) -> None:
        """Point elsewhere."""
        self.send_response(status)
        for name, value in ({"Location": location, "Content-Length": "0"} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()

    def _refuse(self, status: int, code: str) -> None:
        """Say no as the hub does."""
        body = b'{"error": "see the headers: http://127.0.0.1/secret"}'
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def run_fake_hub() -> Generator[FakeHub]:
    """Run a hub and its store on two free ports of 127.0.0.1."""
    hub = FakeHub()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Answer) for _ in range(2)]
    hub.url, hub.store_url = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    for server in servers:
        server.hub = hub  # type: ignore[attr-defined]
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield hub
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
