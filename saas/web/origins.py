"""Which pages may talk to us: those of our own address, spelled exactly."""

from __future__ import annotations

from saas.kernel.settings import Environment, Settings


def allowed_origins(settings: Settings) -> tuple[str, ...]:
    """The origin of PUBLIC_URL; in development also the loopback names with our port."""
    origins = [settings.origin]
    if settings.environment is Environment.DEVELOPMENT:
        origins += [f"http://{host}:{settings.port}" for host in ("localhost", "127.0.0.1", "[::1]")]
    return tuple(dict.fromkeys(origins))
