"""A real Neo4j Community server without containers, for the tests and for trying things out.

Needs Java 17 or newer and, the first time, Maven, which copies the server's jars into .cache/neo4j/lib.

    neo4j_server.py fetch                 copy the jars now rather than at the first start
    neo4j_server.py start [--home DIR]    start a server in the background and say how to reach it
    neo4j_server.py stop PID              stop it

As a library, ``with running_server(home) as server`` yields the same details and stops the server afterwards,
even when this process is killed. Data, password and logs stay in the home folder for a later start.
"""

from __future__ import annotations

import argparse
import dataclasses
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POM = ROOT / "scripts" / "neo4j" / "pom.xml"
CACHE = ROOT / ".cache" / "neo4j"
ENTRY_POINT = "org.neo4j.server.CommunityEntryPoint"
USER = "neo4j"
START_SECONDS = 90
STOP_SECONDS = 20
START_ATTEMPTS = 3

# The netty setting saves the ten seconds that the server otherwise idles away after it closed its databases.
CONFIGURATION = """\
server.default_listen_address=127.0.0.1
server.default_advertised_address=127.0.0.1
server.bolt.advertised_address=127.0.0.1:{bolt}
server.http.advertised_address=127.0.0.1:{http}
server.bolt.listen_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.memory.heap.max_size={heap}
server.memory.pagecache.size={pages}
db.tx_log.preallocate=false
dbms.usage_report.enabled=false
# Tests write little and often: planning every query anew after each write would take most of their time.
dbms.cypher.min_replan_interval=1h
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
"""


@dataclasses.dataclass(frozen=True)
class Size:
    """The memory of a server, its heap and its cache of the files, and how java runs."""

    heap: str
    pages: str
    flags: tuple[str, ...]

    @property
    def java(self) -> tuple[str, ...]:
        """All flags of java that the size sets."""
        return (f"-Xmx{self.heap}", *self.flags)


# Compile quickly rather than well: this halves the processor time of a start, most of what a test run needs.
SMALL = Size("512m", "256m", ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))


def working(heap: str) -> Size:
    """A server for work, of one processor or many: the optimising compiler on, as much cache as heap."""
    return Size(heap, heap, ("-XX:+UseParallelGC",))


# What Neo4j's own start script opens to its native memory and network code.
OPENS = tuple(
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
)
# Runs beside the server and outlives whoever started it: when that process ends without a farewell, however
# it ended, standard input closes and the guard stops the server. (Linux's parent-death signal would tie the
# server to the thread that started it, and other systems have none.)
GUARD = """\
import os, signal, sys, time
pid, grace = int(sys.argv[1]), int(sys.argv[2])
if not sys.stdin.buffer.read():
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(grace * 10):
            time.sleep(0.1)
            os.kill(pid, 0)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


class ServerError(RuntimeError):
    """Why there is no server, in one sentence."""


class PortTakenError(ServerError):
    """Another process took a port between our choosing it and the server's binding it."""


@dataclasses.dataclass(frozen=True)
class Server:
    """How to reach a running server."""

    uri: str
    http: str
    user: str
    password: str
    pid: int


@dataclasses.dataclass(frozen=True)
class Running:
    """A server that this process started, and the guard that stops it should this process just vanish."""

    server: Server
    process: subprocess.Popen[bytes]
    guard: subprocess.Popen[bytes]

    def release(self) -> None:
        """Dismiss the guard; the server is nobody's child from here on."""
        self.guard.communicate(b"farewell")

    def stop(self) -> None:
        """TERM, and KILL if that is not heeded or the wait is interrupted."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        except BaseException:
            self.process.kill()
            raise
        self.release()


def find_java() -> str:
    """The java to run: JAVA_HOME's, else the PATH's, provided it is new enough."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    java = java or shutil.which("java")
    if java is None:
        raise ServerError("Neo4j needs Java 17 or newer, and no java was found on the PATH.")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if said.returncode != 0 or version is None:
        raise ServerError(f"Neo4j needs Java 17 or newer, and {java} does not run.")
    if int(version[1]) < 17:
        raise ServerError(f"Neo4j needs Java 17 or newer, and {java} is Java {version[1]}.")
    return java


def fetch() -> Path:
    """The folder with the server's jars, copied by Maven unless that was done for this very pom."""
    lib = CACHE / "lib"
    wanted = hashlib.sha256(POM.read_bytes()).hexdigest()
    stamp = lib / "pom.sha256"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text() == wanted:
            return lib
        maven = shutil.which("mvn")
        if maven is None:
            raise ServerError("Copying Neo4j's jars needs Maven, and no mvn was found on the PATH.")
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="fetch-") as folder:
            new = Path(folder) / "lib"
            command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
            command += ["-DincludeScope=runtime", f"-DoutputDirectory={new}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0 or not any(new.glob("neo4j-*.jar")):
                raise ServerError(f"Maven could not copy Neo4j's jars: {gist(done.stdout + done.stderr)}")
            (new / stamp.name).write_text(wanted)
            # Only a complete folder ever gets the name; the old one goes with the temporary folder.
            if lib.exists():
                lib.rename(Path(folder) / "old")
            new.rename(lib)
    return lib


def gist(log: str) -> str:
    """The telling part of a log: its first lines that speak of an error, else its last ones; one line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"\bERROR\b|^Error|^Exception|^Caused by", line)]
    text = " | ".join(telling[:3] or lines[-3:]) or "it said nothing."
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return text if len(text) <= 500 else text[:499] + "…"


def logs(home: Path) -> str:
    """What the server and its Java machine wrote since the last start."""
    paths = (home / "logs" / "console.log", home / "logs" / "neo4j.log")
    return "\n".join(path.read_text(errors="replace") for path in paths if path.exists())


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on just now, all different because they are held together."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in held]
    for holder in held:
        holder.close()
    return ports


def password_of(home: Path, java: str, lib: Path) -> str:
    """The home's password: made and given to the server before the first start, read from then on."""
    path = home / "password"
    if path.exists() and (known := path.read_text()):
        return known
    password = secrets.token_urlsafe(18)
    command = [java, *SMALL.java, "-cp", f"{lib}/*"]
    command += ["org.neo4j.server.startup.Neo4jAdminCommand", "dbms", "set-initial-password", "--", password]
    environment = os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).replace(password, "…")
        raise ServerError(f"Neo4j did not accept its initial password: {gist(said)}")
    path.touch(mode=0o600)
    path.write_text(password)
    return password


def launch(home: Path, size: Size = SMALL) -> Running:
    """Start a server in the home folder, without waiting for it."""
    home = home.resolve()
    java = find_java()
    lib = fetch()
    bolt, http = free_ports(2)
    for folder in ("conf", "logs", "plugins", "import"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        # The server inherits the lock, so it is held exactly as long as the server runs.
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerError(f"A Neo4j server already runs in {home}.") from None
        (home / "conf" / "neo4j.conf").write_text(
            CONFIGURATION.format(bolt=bolt, http=http, heap=size.heap, pages=size.pages)
        )
        password = password_of(home, java, lib)
        # Logs of an earlier start would be taken for this one's.
        (home / "logs" / "neo4j.log").unlink(missing_ok=True)
        command = [java, *size.java, *OPENS, "-cp", f"{lib}/*", ENTRY_POINT]
        command += [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
        with (home / "logs" / "console.log").open("wb") as console:
            # A session of its own: Ctrl-C is for whoever started it, who then stops the server in order.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )
        try:
            command = [sys.executable, "-c", GUARD, str(process.pid), str(STOP_SECONDS)]
            guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        except BaseException:
            process.kill()
            raise
    uri, url = f"bolt://127.0.0.1:{bolt}", f"http://127.0.0.1:{http}"
    return Running(Server(uri, url, USER, password, process.pid), process, guard)


def wait_until_ready(running: Running, home: Path) -> None:
    """Return once the server answers a query."""
    # Not at the top: fetching and stopping do without the driver.
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    server = running.server
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ended = running.process.poll() is not None
        said = logs(home)
        if ended:
            kind = PortTakenError if "Address already in use" in said else ServerError
            raise kind(f"Neo4j stopped while starting: {gist(said)}")
        # Bolt answers before HTTP does; this line comes after both.
        if re.search(r"\bINFO +Started\.", said):
            try:
                with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
                    driver.execute_query("RETURN 1")
                return
            except (DriverError, Neo4jError):
                pass
        time.sleep(0.1)
    raise ServerError(f"Neo4j did not come up within {START_SECONDS} s: {gist(logs(home))}")


def bring_up(home: Path, attempts: int = START_ATTEMPTS, size: Size = SMALL) -> Running:
    """A server in the home folder that answers queries."""
    running = launch(home, size)
    try:
        wait_until_ready(running, home)
    except PortTakenError:
        running.stop()
        if attempts == 1:
            raise
        return bring_up(home, attempts - 1, size)
    except BaseException:
        running.stop()
        raise
    return running


@contextmanager
def running_server(home: Path, size: Size = SMALL) -> Iterator[Server]:
    """A server in the home folder that lives as long as the block, or as this process."""
    running = bring_up(home, size=size)
    try:
        yield running.server
    finally:
        running.stop()


def start(home: Path) -> Server:
    """A server that stays when this process ends."""
    running = bring_up(home)
    running.release()
    return running.server


def is_server(pid: int) -> bool:
    """Whether the process is a Neo4j: a number typed wrong or used anew must not stop something else."""
    # Linux tells without ps, which small images lack. A process ended but not yet reaped has no arguments.
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        if Path("/proc/self").exists():
            return False
        said = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, check=False).stdout
    return ENTRY_POINT.encode() in said


def stop(pid: int) -> None:
    """Stop a server by its process id."""
    if not is_server(pid):
        raise ServerError(f"Process {pid} is not a running Neo4j server.")
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            raise ServerError(f"Process {pid} belongs to another user.") from None
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if not is_server(pid):
                return
            time.sleep(0.1)
    raise ServerError(f"Process {pid} did not end.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Neo4j Community without containers.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="copy the server's jars now")
    starting = commands.add_parser("start", help="start a server in the background")
    starting.add_argument("--home", type=Path, default=CACHE / "home", help="data, password and logs")
    starting.add_argument("--json", action="store_true", help="print the details as JSON")
    stopping = commands.add_parser("stop", help="stop a server")
    stopping.add_argument("pid", type=int)
    options = parser.parse_args()
    try:
        if options.command == "fetch":
            print(fetch())
        elif options.command == "stop":
            stop(options.pid)
        else:
            details = dataclasses.asdict(start(options.home))
            if options.json:
                print(json.dumps(details))
            else:
                print("\n".join(f"{name:9}{value}" for name, value in details.items()))
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
