"""Make ``.venv`` and install the pinned dependencies into it; does nothing when they are there.

    python3 scripts/environment.py [--dev]

Runs on the machine's own Python with nothing installed: the standard library alone, in syntax that an old
Python can read far enough to say that it is too old.
"""

import hashlib
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed.sha256")
LAUNCHER = """#!{python}
import sys

sys.path.insert(0, {root!r})
from saas.cli import main

sys.exit(main())
"""


def main():
    if sys.version_info < (3, 11):
        stop("Python 3.11 or newer is needed; this is %s (%s)" % (sys.version.split()[0], sys.executable))
    dev = "--dev" in sys.argv[1:]
    began = time.monotonic()
    wanted = digest("requirements.lock") + (" " + digest("requirements-dev.lock") if dev else "")
    if installed() in (wanted, wanted + " " + digest("requirements-dev.lock")):
        return
    say("  packages    ")
    if not os.path.exists(PYTHON):
        make()
    lock = "requirements-dev.lock" if dev else "requirements.lock"
    run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        + ["--require-hashes", "--only-binary", ":all:", "-r", os.path.join(ROOT, lock)],
        "the packages of %s were not installed" % lock,
    )
    write_launcher()
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)
    say("%s  %.1f s\n" % (lock, time.monotonic() - began))


def make():
    try:
        import ensurepip  # noqa: F401 -- Debian keeps it in a package of its own
        import venv  # noqa: F401
    except ImportError:
        stop("this Python lacks venv; on Debian and Ubuntu: apt-get install python3-venv")
    run([sys.executable, "-m", "venv", VENV], "the virtual environment was not made")


def write_launcher():
    path = os.path.join(VENV, "bin", "wasl")
    with open(path, "w") as file:
        file.write(LAUNCHER.format(python=PYTHON, root=ROOT))
    os.chmod(path, 0o755)


def installed():
    try:
        with open(STAMP) as stamp:
            return stamp.read()
    except OSError:
        return ""


def digest(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        return hashlib.sha256(file.read() + sys.version.encode()).hexdigest()


def run(command, complaint):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        stop("%s:\n%s" % (complaint, "\n".join(done.stdout.strip().splitlines()[-20:])))


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def stop(line):
    sys.stderr.write("wasl: %s\n" % line)
    sys.exit(2)


if __name__ == "__main__":
    main()
