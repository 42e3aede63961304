"""What no file of ours may hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_OURS = re.compile(r"\.(py|jsx|js|css|toml|md|sh)$|^Makefile$|^\.ci/run$")
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b|NotImplementedError")
# `
_SILENCED = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore)(?:[:\[]\s*([\w, ]+)\]?)?\s*(--.*)?$", re.M
)
_SWALLOWED = re.compile(r"except(?: Base)?(?: Exception)?:\s*(?:\n\s*)?pass\b")
# In brackets, so that the rule does not name itself.
_ELSEWHERE = re.compile(r"/[r]oot/|/[h]ome/\w|[r]egistry\.npm|[p]ypi\.org|[p]ythonhosted")


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.splitlines() if _OURS.search(name)]
    # This file names what it looks for.
    return [path for path in paths if path.exists() and path != Path(__file__)]


def _found(pattern: re.Pattern[str], suffixes: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _files()
        if not suffixes or path.suffix in suffixes
        for match in pattern.finditer(path.read_text(errors="replace"))
    ]


def test_nothing_is_left_unfinished() -> None:
    assert _found(_UNFINISHED, (".py", ".jsx", ".js", ".css", ".toml")) == []


def unexplained(source: str) -> list[str]:
    """The comments that switch a check off without a reason here or earlier in the file."""
    explained: set[str] = set()
    bare = []
    for match in _SILENCED.finditer(source):
        codes = set((match[1] or "everything").replace(" ", "").split(","))
        if match[2]:
            explained |= codes
        elif not codes <= explained:
            bare.append(match[0])
    return bare


def test_a_check_is_switched_off_only_with_a_reason_beside_it() -> None:
    found = {str(p.relative_to(ROOT)): unexplained(p.read_text()) for p in _files() if p.suffix == ".py"}
    assert {path: bare for path, bare in found.items() if bare} == {}


def test_no_error_is_swallowed() -> None:
    assert _found(_SWALLOWED, (".py",)) == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert _found(_ELSEWHERE) == []


@pytest.mark.parametrize("line", ["x = 1  # noqa", "x = 1  # noqa: S607", "x = 1  # type: ignore[arg]"])
def test_the_rule_on_reasons_sees_a_bare_one(line: str) -> None:
    assert unexplained(line)


def test_the_rule_on_reasons_lets_an_explained_one_pass() -> None:
    assert unexplained("x = 1  # noqa: S607 -- found on PATH\ny = 1  # noqa: S607\n") == []
