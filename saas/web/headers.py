"""What every answer tells the browser to refuse."""

from __future__ import annotations

from collections.abc import Iterable

# Answers that are not pages of the bundle: no script at all.
PLAIN_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page_policy(script_hashes: Iterable[str]) -> str:
    """The Content-Security-Policy of a page whose inline scripts have these hash sources."""
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *script_hashes]),
            # React and charts set style attributes; a style cannot run code.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def security_headers(https: bool) -> dict[bytes, bytes]:
    """Name -> value of the headers that any answer gets which has not set them itself."""
    headers = {
        b"content-security-policy": PLAIN_POLICY.encode(),
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"referrer-policy": b"strict-origin-when-cross-origin",
        b"cross-origin-opener-policy": b"same-origin",
        b"permissions-policy": b"camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if https:
        headers[b"strict-transport-security"] = b"max-age=31536000; includeSubDomains"
    return headers
