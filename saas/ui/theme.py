"""The stylesheets in the order of the cascade, the mark, and the packages that hold the fonts and icons."""

from __future__ import annotations

# What comes later may override what comes before.
_SHEETS = ["tokens", "base", "shell", "controls", "parts", "table"]
_SHEETS += ["board", "record", "overlay", "calendar", "public", "home", "importing", "rooms"]
_SHEETS += ["settings", "phone"]
STYLESHEETS = [f"/theme/{name}.css" for name in _SHEETS]
# The browser's tab shows it, and asks for it at each change of page: a drawing it would turn into pixels each
# time. The hash in its name lets it be kept.
MARK = "/favicon.540915bb.png"
ICONS = ["lucide@1.26.0"]
# Inter and IBM Plex Sans Arabic, both under the SIL Open Font License 1.1, which travels with the packages.
FONTS = ["@fontsource-variable/inter@5.2.8", "@fontsource/ibm-plex-sans-arabic@5.2.8"]
