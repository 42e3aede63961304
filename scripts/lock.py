"""Write ``requirements.lock`` and ``requirements-dev.lock``: names, versions, hashes, no address."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = ("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade", "--quiet")
# Where packages come from is not written unless asked for.
PLAIN = ("--no-header", "--no-annotate")


def main() -> int:
    env = dict(os.environ)
    if certificates := env.get("PIP_CERT"):
        env.setdefault("SSL_CERT_FILE", certificates)
    for output, more in (
        ("requirements.lock", ()),
        ("requirements-dev.lock", ("--extra", "dev", "--constraint", "requirements.lock")),
    ):
        command = ["pip", "compile", "pyproject.toml", *COMMON, *PLAIN, *more, "--output-file", output]
        done = subprocess.run([sys.executable, "-m", "uv", *command], cwd=ROOT, env=env, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
