"""The import contract names every room that exists, and holds."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from saas.kernel.i18n import PACKAGE

ROOT = PACKAGE.parent


def contracts() -> list[dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def test_the_contract_holds() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]


def test_every_room_has_its_floor() -> None:
    floors = next(c for c in contracts() if c["type"] == "layers" and c["containers"] == ["saas"])
    named = {name.strip(" ()") for layer in floors["layers"] for name in layer.split("|")}
    rooms = {p.stem for p in PACKAGE.iterdir() if (p / "__init__.py").exists() or p.suffix == ".py"}
    assert rooms - {"__init__"} <= named | set(floors.get("exhaustive_ignores", ()))


def test_every_module_is_under_the_contract_of_floors() -> None:
    folders = {p.name for p in (PACKAGE / "modules").iterdir() if (p / "__init__.py").exists()}
    covered: set[str] = set()
    for contract in contracts():
        if contract["type"] == "layers":
            for container in contract["containers"]:
                covered |= (
                    folders if container == "saas.modules.*" else {container.removeprefix("saas.modules.")}
                )
    assert folders <= covered


def test_modules_are_kept_apart_by_the_contract() -> None:
    assert any(
        c["type"] == "independence" and any(m.startswith("saas.modules") for m in c["modules"])
        for c in contracts()
    )
