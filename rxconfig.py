"""How Reflex builds and runs Wasl: npm, no Radix, no Tailwind, one build for any address."""

import reflex as rx
from reflex.plugins import SitemapPlugin

from saas.kernel.settings import settings
from saas.ui.headstart import Headstart
from saas.ui.languages import TextsPlugin
from saas.web.bundle import InlineScriptHashes, SameOrigin
from saas.web.origins import allowed_origins

_settings = settings()
_state_manager = rx.constants.StateManagerMode

config = rx.Config(
    app_name="saas",
    app_module_import="saas.app",
    # The address is baked into the bundle by the build and taken out again by SameOrigin.
    api_url="http://localhost:8000",
    cors_allowed_origins=allowed_origins(_settings),
    state_manager_mode=_state_manager.REDIS if _settings.redis_url else _state_manager.MEMORY,
    redis_url=_settings.redis_url,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    react_strict_mode=False,
    frontend_compression_formats=["brotli", "gzip"],
    frontend_lazy_bundled_libraries=True,
    plugins=[TextsPlugin(), Headstart(), SameOrigin(), InlineScriptHashes()],
    disable_plugins=[SitemapPlugin],
)
