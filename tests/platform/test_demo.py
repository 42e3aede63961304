"""A company to look at, in one command."""

from __future__ import annotations

import subprocess

from saas.cli import demo
from saas.kernel import chance
from tests.support import server as servers
from tests.support.database import Cluster


def _demo(cluster: Cluster, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        servers.command("demo"),
        cwd=servers.ROOT,
        env=servers.environment(cluster.place.data_dir, servers.free_port(), settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_demo_company_is_made_once_however_often_it_is_asked_for(cluster: Cluster) -> None:
    first, second = _demo(cluster), _demo(cluster)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "was there" not in first.stdout
    assert "was there" in second.stdout
    assert demo.OWNER.email in first.stdout


def test_production_gets_no_company_with_a_known_password(cluster: Cluster) -> None:
    refused = _demo(cluster, ENVIRONMENT="production")
    assert refused.returncode == 2
    assert "production" in refused.stderr


def test_the_same_seed_gives_the_same_data_and_another_seed_other() -> None:
    def drawn(seed: int) -> list[int]:
        with chance.seeded(seed):
            generator = chance.generator("crm")
            return [generator.randrange(1_000_000) for _ in range(5)]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_one_part_of_the_data_does_not_change_another() -> None:
    assert chance.generator("crm").random() != chance.generator("payments").random()
