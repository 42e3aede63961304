"""The build: what it must refuse, what it must leave out, and when it may be skipped."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from saas.cli import compile, frontend
from saas.cli.failure import Failure
from saas.ui.headstart import ContextChanged, script_for
from saas.ui.theme import MARK
from saas.web.bundle import BundleChanged, SameOrigin, inline_script_hashes
from tests.support.server import ROOT

_BUDGET_KB = 250


def _chunk(folder: Path, code: str) -> Path:
    (folder / "assets").mkdir()
    chunk = folder / "assets" / "reflex-env-abc.js"
    chunk.write_text(code)
    return chunk


def test_the_addresses_are_taken_out_of_the_bundle(tmp_path: Path) -> None:
    chunk = _chunk(tmp_path, "var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`};")
    SameOrigin().post_build(static_dir=tmp_path)
    assert "localhost" not in chunk.read_text()
    assert 'location.origin.replace(/^http/,"ws")+"/_event"' in chunk.read_text()


@pytest.mark.parametrize(
    "code",
    [
        "var e={PING:`http://localhost:8000/ping`};",
        "var e={EVENT:`ws://localhost:8000/_event`};",
        "var e={EVENT:`ws://localhost:8000/_event`,PING:`http://localhost:8000/ping`,X:`//localhost:8000/x`};",
    ],
)
def test_the_build_fails_when_reflex_writes_its_addresses_otherwise(tmp_path: Path, code: str) -> None:
    _chunk(tmp_path, code)
    with pytest.raises(BundleChanged):
        SameOrigin().post_build(static_dir=tmp_path)


def test_a_script_of_another_file_needs_no_hash() -> None:
    html = '<script src="/a.js"></script><script>one()</script><script type="module">two()</script>'
    assert len(inline_script_hashes(html)) == 2


def test_no_radix_and_no_tailwind_is_in_the_bundle(built_front_end: Path) -> None:
    names = json.loads((ROOT / "reflex.lock" / "package.json").read_text())
    packages = {*names["dependencies"], *names["devDependencies"]}
    assert [p for p in packages if p.startswith("@radix-ui/themes") or "tailwind" in p] == []
    styles = "".join(path.read_text() for path in (built_front_end / "assets").glob("*.css"))
    assert "--radix" not in styles
    assert "radix-themes" not in styles


def test_the_lock_holds_no_address() -> None:
    for name in ("reflex.lock/package-lock.json", "requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert '"resolved"' not in text
        assert not re.search("^-", text, re.MULTILINE), "an option stands there, such as where to look"
        assert "://" not in re.sub(r'"url": "[^"]*"', "", text)


def test_a_build_finds_every_package_in_the_committed_lock(built_front_end: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        path = f"reflex.lock/{name}"
        committed = subprocess.run(
            ["git", "show", f"HEAD:{path}"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        now = json.loads((ROOT / path).read_text())
        assert now == json.loads(committed.stdout), f"commit {path}: a build has changed it"


def test_every_dependency_is_locked_with_hashes() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for file, wanted in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", [*project["dependencies"], *project["optional-dependencies"]["dev"]]),
    ):
        locked = set(
            re.findall(
                r"^([a-zA-Z0-9_.-]+)==\S+(?: ;[^\\]*)? \\\n    --hash=", (ROOT / file).read_text(), re.M
            )
        )
        names = {re.split(r"[\[<>=!~ ;]", name)[0].lower() for name in wanted}
        assert names - locked == set(), f"run `make lock`: {file}"


def _first_load_bytes(built_front_end: Path, page: Path) -> int:
    """Gzip bytes of every script and style sheet that the page asks for before it is alive."""
    html = page.read_text()
    wanted = set(re.findall(r'"(/assets/[^"]+\.(?:js|css))"', html))
    # The dictionary of the page's language; the address of the other is an attribute for later.
    wanted |= set(re.findall(r'src="(/texts/[^"]+\.js)"', html))
    return sum(len(gzip.compress((built_front_end / path.lstrip("/")).read_bytes(), 9)) for path in wanted)


def test_a_first_visit_loads_little_script_and_style_whatever_the_page(built_front_end: Path) -> None:
    sizes = {
        page.relative_to(built_front_end).as_posix(): _first_load_bytes(built_front_end, page)
        for page in built_front_end.rglob("*.html")
    }
    assert min(sizes.values()) > 50_000, "nothing was counted"
    assert {page: size for page, size in sizes.items() if size > _BUDGET_KB * 1000} == {}


def test_the_hash_of_the_sources_follows_what_a_page_is_made_of(tmp_path: Path) -> None:
    for folder in ("saas/texts", "assets", "reflex.lock"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "rxconfig.py").write_text("")
    seen = {frontend.sources_hash(tmp_path)}
    for name in (
        "saas/page.py",
        "saas/board.jsx",
        "saas/texts/ar.toml",
        "assets/theme.css",
        "reflex.lock/package.json",
    ):
        (tmp_path / name).write_text(name)
        seen.add(frontend.sources_hash(tmp_path))
    assert len(seen) == 6
    (tmp_path / "README.md").write_text("no part of any page")
    assert frontend.sources_hash(tmp_path) in seen


def test_the_mark_of_the_browser_tab_is_named_by_what_is_in_it_for_it_is_kept_for_ever() -> None:
    _, digest, _ = MARK.split(".")
    file = ROOT / "assets" / MARK.removeprefix("/")
    assert hashlib.sha256(file.read_bytes()).hexdigest().startswith(digest)


def test_the_page_comes_alive_in_one_go_and_the_next_one_is_drawn_within_the_click(tmp_path: Path) -> None:
    entry = tmp_path / "entry.client.js"
    entry.write_text(
        "startTransition(() => {\n  hydrateRoot(document, createElement(HydratedRouter));\n});\n"
    )
    for _ in range(2):
        compile._draw_at_once(entry)
        assert (
            entry.read_text()
            == "hydrateRoot(document, createElement(HydratedRouter, { useTransitions: false }));\n"
        )
    entry.write_text("hydrateRoot(document, createElement(AnotherRouter));")
    with pytest.raises(Failure, match="mounts the router otherwise"):
        compile._draw_at_once(entry)


def test_a_head_that_does_not_know_what_a_page_asks_first_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "utils").mkdir()
    context = tmp_path / "utils" / "context.jsx"
    (tmp_path / "reflex.json").write_text('{"version": "1.2.3"}')
    (tmp_path / "routes.json").write_text('["index", "things/[thing]", "404"]')
    lines = [
        'export const initialStateHashes = ["aa"]',
        'export const stateSchema = "bb"',
        'export const clientStorage = {"cookies": {}, "local_storage": {}, "session_storage": {}}',
        "    return [ReflexEvent('state.hydrate_and_load', payload)]",
    ]
    context.write_text("\n".join(lines))
    known = (
        '{"version":"1.2.3","schema":"bb","event":"state.hydrate_and_load","hashes":["aa"],'
        '"routes":["index","things/[thing]"]}'
    )
    assert script_for(tmp_path).endswith(f"({known});")
    for i in range(4):
        context.write_text("\n".join(lines[:i] + lines[i + 1 :]))
        with pytest.raises(ContextChanged):
            script_for(tmp_path)
    # What the browser keeps for a state would have to ride along.
    context.write_text("\n".join(lines).replace('"cookies": {}', '"cookies": {"a": {}}'))
    with pytest.raises(ContextChanged):
        script_for(tmp_path)
