"""``python -m bench [AREA ...]``: without an area, everything but the browser's, then the browser's."""

from __future__ import annotations

import importlib
import sys
import time
import traceback

from bench import house, table
from saas.kernel.catalog import modules

# What the areas are called, in the order of the table; each is a file of this folder with ``rows(house)``.
SOCKET_AREAS = ("ground", "crm", "payments", "scheduling", "warehouse")
BROWSER = "browser"


def main(arguments: list[str]) -> int:
    known = (*SOCKET_AREAS, BROWSER)
    wanted = arguments or list(known)
    if unknown := [area for area in wanted if area not in known]:
        print(f"bench: no area {unknown[0]!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    began = time.monotonic()
    before = table.conditions()
    found: list[table.Row] = []
    failed: list[str] = []
    with house.opened(build=BROWSER in wanted) as opened:
        for area in (area for area in known if area in wanted):
            if area in SOCKET_AREAS[1:] and area not in modules():
                continue
            print(f"  measuring {area} ...", flush=True)
            try:
                found += importlib.import_module(f"bench.{area}").rows(opened)
            except Exception:  # what the other areas measured is still worth showing
                traceback.print_exc()
                failed.append(area)
    print(f"\n{table.show(found)}\n")
    if failed:
        print(f"  no figures for {', '.join(failed)}: see above", file=sys.stderr)
    print(f"  before: {before}; after: {table.conditions()}; {time.monotonic() - began:.0f} s in all")
    print(f"  {table.RESULTS} holds these rows")
    table.save(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
