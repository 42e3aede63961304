"""The kit's own functions, run by Node as they are shipped."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from saas.cli import node
from tests.support.server import ROOT

Evaluate = Callable[[str], Any]
# One process for all: an expression a line in, its value or its error a line out.
_LOOP = """
import * as kit from %s;
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try { said = { value: new Function("kit", `return (${JSON.parse(line)})`)(kit) ?? null }; }
  catch (error) { said = { error: String(error.stack) }; }
  console.log(JSON.stringify(said));
}
"""


@pytest.fixture(scope="session")
def evaluate(built_front_end: Path) -> Iterator[Evaluate]:
    """``evaluate("kit.format.parseMoney('1.5', 'KWD')")``: a JavaScript expression, its value as JSON."""
    with TemporaryDirectory(prefix="wasl-kit-") as folder:
        env = os.environ | node.environment(Path(folder) / "bin")
        bundle = Path(folder) / "kit.mjs"
        paths = (
            Path(__file__).with_name("pure.mjs"),
            built_front_end.parent.parent,
            ROOT / "saas" / "ui",
            bundle,
        )
        subprocess.run(["node", *map(str, paths)], env=env, check=True, capture_output=True, text=True)
        command = ["node", "--input-type=module", "-e", _LOOP % json.dumps(bundle.as_uri())]
        with subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            stdin, stdout = process.stdin, process.stdout
            assert stdin is not None
            assert stdout is not None

            def run(expression: str) -> Any:
                stdin.write(json.dumps(expression) + "\n")
                stdin.flush()
                said = json.loads(stdout.readline())
                assert "error" not in said, said
                return said["value"]

            yield run
            stdin.close()
