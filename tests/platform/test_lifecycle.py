"""Starting, stopping, and being told what is wrong in one line."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import time
from pathlib import Path

import aiohttp
import httpx
import psutil
import pytest

from saas.cli import frontend
from tests.support import server as servers
from tests.support.database import Cluster


def _run(data_dir: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        servers.command(*arguments),
        cwd=servers.ROOT,
        env=servers.environment(data_dir, servers.free_port(), settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _processes_of(data_dir: Path) -> list[str]:
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline", "cwd"])
        if str(data_dir) in " ".join(process.info["cmdline"] or []) + str(process.info["cwd"] or "")
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_everything_that_the_start_began(
    data_dir: Path, built_front_end: Path, number: signal.Signals
) -> None:
    own = data_dir / f"stop-{number.name}"
    with servers.running(own, "--no-build") as server:
        children = psutil.Process(server.process.pid).children(recursive=True)
        assert httpx.get(server.url).status_code == 200
        assert server.stop(number) == 0
    assert [child for child in children if child.is_running()] == []
    assert _processes_of(own) == []
    assert "Traceback" not in server.log.read_text()
    assert "stopped" in server.log.read_text()


@pytest.mark.alone
async def test_a_stop_does_not_wait_for_open_tabs(cluster: Cluster, built_front_end: Path) -> None:
    with servers.running(cluster.place.data_dir, "--no-build") as server:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(server.socket_url + "&token=tab", headers={"Origin": server.url}) as socket,
        ):
            await socket.receive_str(timeout=5)
            began = time.monotonic()
            assert await asyncio.to_thread(server.stop) == 0
            assert time.monotonic() - began < 10


def test_after_a_crash_the_next_start_takes_over_the_database(data_dir: Path, built_front_end: Path) -> None:
    own = data_dir / "crash"
    with servers.running(own, "--no-build") as server:
        server.stop(signal.SIGKILL)
    with servers.running(own, "--no-build") as server:
        assert httpx.get(f"{server.url}/readyz").status_code == 200
        assert server.stop() == 0
    assert _processes_of(own) == []


def test_a_second_start_skips_the_build(cluster: Cluster, built_front_end: Path) -> None:
    with servers.running(cluster.place.data_dir) as server:
        said = server.log.read_text()
    assert frontend.Outcome.UNCHANGED.value in next(line for line in said.splitlines() if "front end" in line)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://localhost/wasl"),
        ("REDIS_URL", "http://localhost"),
        ("PUBLIC_URL", "suite.example.com"),
        ("ENVIRONMENT", "staging"),
        ("TRUSTED_PROXY_HOPS", "-1"),
        ("PUBLIC_URL", "https://suite.example.com:https"),
        ("PUBLIC_URL", "https://sara:secret@suite.example.com"),
        ("SMTP_URL", "smtp://mail.example.com:submission"),
        ("REDIS_URL", "redis://localhost:x/0"),
        ("DATABASE_URL", "postgresql://localhost:99999/wasl"),
        ("DATABASE_URL", "postgresql://localhost/wasl?colour=blue"),
        ("MAIL_FROM", "Wasl"),
        ("MAIL_FROM", "Wasl <no reply@example.com>"),
        ("WORKER_INSIDE", "perhaps"),
        ("TRIAL_DAYS", "0"),
        ("HOST", "no such host"),
        ("HOST", "é" * 70 + ".example"),
        ("DATA_DIR", "/dev/null"),
        ("DATA_DIR", "/proc/wasl"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(data_dir: Path, setting: str, value: str) -> None:
    ended = _run(data_dir / "wrong", "serve", "--no-build", **{setting: value})
    assert ended.returncode == 2
    complaint = ended.stderr.strip()
    assert setting in complaint
    assert len(complaint.splitlines()) == 1


def test_a_settings_file_that_is_no_text_is_one_line_that_names_it(data_dir: Path) -> None:
    here = data_dir / "settings"
    here.mkdir()
    (here / ".env").write_bytes("PUBLIC_URL=https://suite.example.com # سهلة".encode("utf-16"))
    ended = subprocess.run(
        servers.command("serve", "--no-build"),
        cwd=here,
        env=servers.environment(here, servers.free_port()),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ".env" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATABASE_URL", "postgresql://postgres@127.0.0.1:{port}/wasl"),
        ("REDIS_URL", "redis://127.0.0.1:{port}/0"),
    ],
)
def test_a_service_that_does_not_answer_is_one_line(data_dir: Path, setting: str, value: str) -> None:
    nobody = servers.free_port()
    ended = _run(data_dir / "silent", "serve", "--no-build", **{setting: value.format(port=nobody)})
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert str(nobody) in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("setting", ["APP_DATABASE_URL", "SYSTEM_DATABASE_URL"])
def test_a_connection_with_more_power_than_it_may_have_is_one_line(cluster: Cluster, setting: str) -> None:
    ended = _run(cluster.place.data_dir, "serve", "--no-build", **{setting: cluster.superuser_url})
    assert ended.returncode == 2
    assert setting in ended.stderr
    assert "superuser" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_production_does_not_start_without_its_address(data_dir: Path) -> None:
    ended = _run(data_dir / "production", "serve", "--no-build", ENVIRONMENT="production", PUBLIC_URL="")
    assert ended.returncode == 2
    assert ended.stderr.strip().startswith("wasl: PUBLIC_URL is needed")


@pytest.mark.parametrize("setting", ["PORT", "METRICS_PORT"])
def test_a_taken_port_is_one_line_that_names_it(data_dir: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = _run(data_dir / "taken", "serve", "--no-build", **{setting: str(port)})
    assert ended.returncode == 2
    assert ended.stderr.strip() == f"wasl: port {port} on 127.0.0.1 is taken; set {setting} to another"


def test_metrics_are_served_on_a_port_of_their_own_and_only_when_asked_for(
    cluster: Cluster, built_front_end: Path
) -> None:
    port = servers.free_port()
    with servers.running(cluster.place.data_dir, "--no-build", more={"METRICS_PORT": str(port)}) as server:
        numbers = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert "wasl_sockets 0" in numbers
        assert httpx.get(f"{server.url}/metrics").status_code == 404
