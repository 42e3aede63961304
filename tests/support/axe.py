"""axe-core in a page: what keeps people with a screen reader, a keyboard or weak eyes out."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from playwright.sync_api import Page

# What axe holds to be lesser, and we do not.
_ALSO = ("heading-order", "page-has-heading-one", "region", "empty-table-header")
_RUN = """(async (also) => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .filter((rule) => ["serious", "critical"].includes(rule.impact) || also.includes(rule.id))
    .map((rule) => `${rule.impact} ${rule.id}: ` + rule.nodes.slice(0, 4)
      .map((node) => `${node.target.join(" ")} ${node.html.slice(0, 200)}`).join(" | "));
})"""


def serious(page: Page) -> list[str]:
    """The serious and critical findings of the page as it stands, and those of how it is built up: headings,
    landmarks, heads of tables.

    By the browser's debugging protocol, since the page's own policy forbids scripts that it does not know.
    """
    session = page.context.new_cdp_session(page)
    try:
        session.send("Runtime.evaluate", {"expression": _script()})
        answer = session.send(
            "Runtime.evaluate",
            {
                "expression": f"{_RUN}({json.dumps(_ALSO)})",
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
    finally:
        session.detach()
    assert "exceptionDetails" not in answer, answer
    return answer["result"]["value"]


def _script() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")
