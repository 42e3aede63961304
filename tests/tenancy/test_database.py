"""Starting, preparing and losing the database."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from saas.tenancy.database import MIGRATIONS, CannotPrepare, prepare, start_embedded, stop_embedded
from tests.support.database import Cluster, Place

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, for the socket lies in it."""
    with TemporaryDirectory(prefix="wasl-") as made:
        yield Path(made)
        stop_embedded(Path(made))


def pid_of(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def test_the_migrations_are_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == 1
    assert all(
        not script.is_branch_point and not script.is_merge_point for script in scripts.walk_revisions()
    )


def until_dead(pid: int) -> None:
    """Return when the kernel has taken the process down: a kill is asked for, not done, when it returns."""
    status = Path(f"/proc/{pid}/stat")
    deadline = time.monotonic() + 20
    while status.exists() and status.read_text().rpartition(")")[2].split()[0] not in "ZX":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_server_that_is_dying_is_not_taken_for_one_that_lives(folder: Path) -> None:
    """Stopped, it stands for one whose death takes a moment: there, ready by its own word, and silent."""
    start_embedded(folder)
    dying = pid_of(folder)
    os.kill(dying, signal.SIGSTOP)
    death = threading.Timer(0.3, os.kill, (dying, signal.SIGKILL))
    death.start()
    try:
        url = start_embedded(folder)
    finally:
        death.join()
    with psycopg.connect(url, connect_timeout=10) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert pid_of(folder) != dying


def test_a_server_that_was_killed_this_instant_is_started_anew(folder: Path) -> None:
    start_embedded(folder)
    for _ in range(4):
        os.kill(pid_of(folder), signal.SIGKILL)
        with psycopg.connect(start_embedded(folder)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_server_comes_back_with_all_that_was_committed(folder: Path) -> None:
    url = start_embedded(folder)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    open_one = psycopg.connect(url)
    open_one.execute("INSERT INTO kept VALUES (2)")
    pid = pid_of(folder)
    os.kill(pid, signal.SIGKILL)
    until_dead(pid)
    assert start_embedded(folder) == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
    open_one.close()


def test_the_last_who_holds_the_server_stops_it(folder: Path) -> None:
    start_embedded(folder)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdin is not None
    assert other.stdout is not None
    assert other.stdout.readline().strip() == b"holding"
    assert stop_embedded(folder) is False
    os.kill(pid_of(folder), 0)
    other.stdin.close()
    assert other.wait(60) == 0
    assert not (folder / "postgres" / "postmaster.pid").exists()


HOLD = """
import sys
from pathlib import Path
from saas.tenancy.database import start_embedded, stop_embedded
start_embedded(Path(sys.argv[1]))
print("holding", flush=True)
sys.stdin.read()
assert stop_embedded(Path(sys.argv[1]))
"""


def test_secrets_are_the_owners_to_read_and_the_server_listens_to_no_network(folder: Path) -> None:
    url = start_embedded(folder)
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("//postgres:", "//postgres:x"))


def test_starters_at_once_prepare_one_database(folder: Path) -> None:
    url, failures = start_embedded(folder, durable=False), []

    def start() -> None:
        try:
            prepare(url, Place(folder))
        except Exception as error:  # shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_preparing_again_changes_nothing_and_gives_the_same_urls(cluster: Cluster) -> None:
    assert prepare(cluster.superuser_url, cluster.place) == cluster.urls


def test_machines_that_share_a_server_agree_on_the_passwords(cluster: Cluster, folder: Path) -> None:
    assert prepare(cluster.superuser_url, Place(folder)) == cluster.urls


def test_a_server_that_does_not_answer_is_one_clear_line(folder: Path) -> None:
    with pytest.raises(CannotPrepare, match="the database does not answer: "):
        prepare(f"postgresql://postgres:x@/postgres?host={folder}", Place(folder))


def test_a_url_without_the_power_to_prepare_is_one_clear_line(cluster: Cluster, folder: Path) -> None:
    with pytest.raises(CannotPrepare, match="needs a superuser"):
        prepare(cluster.urls.migrator, Place(folder))


def test_a_database_of_another_version_is_one_clear_line(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls.migrator, autocommit=True) as connection:
        before = connection.execute("SELECT version_num FROM wasl.alembic_version").fetchone()
        assert before is not None
        connection.execute("UPDATE wasl.alembic_version SET version_num = 'later'")
        try:
            with pytest.raises(CannotPrepare, match="another version"):
                prepare(cluster.superuser_url, cluster.place)
        finally:
            connection.execute("UPDATE wasl.alembic_version SET version_num = %s", before)
