"""Icons are drawn as one path each; they look as their package draws them of several elements."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from tests.ui.conftest import Evaluate

_COMPARED = """
async (icons) => {
  const SIZE = 48, FAR = 110;   // of 255; where two parts meet, the edge of one lies over the other
  const pen = 'fill="none" stroke="#000" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  const size = `width="${SIZE}" height="${SIZE}" viewBox="0 0 24 24"`;
  const svg = (inside) => `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${pen}>${inside}</svg>`;
  const drawn = async (inside) => {
    const image = new Image();
    image.src = "data:image/svg+xml," + encodeURIComponent(svg(inside));
    await image.decode();
    const canvas = new OffscreenCanvas(SIZE, SIZE).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, SIZE, SIZE).data.filter((_, i) => i % 4 === 3);
  };
  const found = {};
  for (const [name, parts, outline] of icons) {
    const given = (all) => Object.entries(all).map(([k, v]) => `${k}="${v}"`).join(" ");
    const theirs = await drawn(parts.map(([tag, all]) => `<${tag} ${given(all)}/>`).join(""));
    const ours = await drawn(`<path d="${outline}"/>`);
    const far = theirs.filter((v, i) => Math.abs(v - ours[i]) > FAR).length;
    found[name] = { ink: theirs.filter((v) => v > 200).length, far };
  }
  return found;
}
"""


def test_an_icon_of_one_path_looks_as_its_elements_do(evaluate: Evaluate, browser: Browser) -> None:
    icons: list[list[Any]] = evaluate(
        "Object.entries(kit.icon.ICONS).map(([name, parts]) => [name, parts, kit.icon.outline(parts)])"
    )
    assert {part[0] for _, parts, _ in icons for part in parts} > {"path", "circle", "rect", "line"}
    page = browser.new_page()
    try:
        found = page.evaluate(_COMPARED, icons)
    finally:
        page.close()
    assert len(found) == len(icons) > 100
    # Where two strokes cross, a few pixels of their edges are a little lighter.
    assert {name: one for name, one in found.items() if one["far"] * 50 >= one["ink"]} == {}
