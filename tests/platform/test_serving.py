"""What one address of ours answers, and how: pages, files, headers, and the doors that are closed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.server import Server

_CLOSED = [
    "/ping",
    "/_health",
    "/_upload",
    "/_upload/secret.txt",
    "/_all_routes",
    "/auth-codespace",
    "/_event",
]
_SIGNED_HEADERS = ["x-content-type-options", "referrer-policy", "x-frame-options", "content-security-policy"]


@pytest.fixture(scope="module")
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client


def _html_tag(answer: httpx.Response) -> str:
    tag = re.search(r"<html[^>]*>", answer.text)
    assert tag
    return tag[0]


def _asset(http: httpx.Client) -> str:
    found = re.search(r'href="(/assets/framework[^"]+\.js)"', http.get("/").text)
    assert found
    return found[1]


def test_a_hashed_file_is_compressed_with_brotli_first_and_kept_for_ever(http: httpx.Client) -> None:
    answer = http.get(_asset(http), headers={"accept-encoding": "gzip, br"})
    assert answer.headers["content-encoding"] == "br"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


def test_every_encoding_holds_the_same_file(http: httpx.Client) -> None:
    path = _asset(http)
    plain = http.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with http.stream("GET", path, headers={"accept-encoding": "gzip"}) as zipped:
        assert zipped.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(zipped.iter_raw())) == plain.content


def test_a_page_is_checked_each_time_and_sent_once(http: httpx.Client) -> None:
    first = http.get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = http.get("/", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    ("headers", "tag"),
    [
        ({}, '<html lang="en" dir="ltr" data-theme="system">'),
        ({"accept-language": "ar-KW,ar;q=0.9,en;q=0.5"}, '<html lang="ar" dir="rtl" data-theme="system">'),
        ({"accept-language": "fr, en;q=0.4, ar;q=0.3"}, '<html lang="en" dir="ltr" data-theme="system">'),
        (
            {"accept-language": "en", "cookie": "wasl_lang=ar; wasl_theme=dark"},
            '<html lang="ar" dir="rtl" data-theme="dark">',
        ),
        (
            {"accept-language": "en", "cookie": f"wasl_session={'x' * 43}"},
            '<html lang="en" dir="ltr" data-theme="system">',
        ),
        (
            {"cookie": 'wasl_lang="><script>; wasl_theme=x" onload="'},
            '<html lang="en" dir="ltr" data-theme="system">',
        ),
    ],
)
def test_a_page_arrives_in_the_persons_language_direction_and_theme(
    http: httpx.Client, headers: dict[str, str], tag: str
) -> None:
    answer = http.get("/", headers=headers)
    assert _html_tag(answer) == tag
    assert "cookie" in answer.headers["vary"]


def test_different_looks_never_share_a_tag(http: httpx.Client) -> None:
    looks = [f"wasl_lang={lang}; wasl_theme={theme}" for lang in ("en", "ar") for theme in ("light", "dark")]
    assert len({http.get("/", headers={"cookie": look}).headers["etag"] for look in looks}) == len(looks)


def test_an_unknown_page_is_a_page_that_says_so(http: httpx.Client) -> None:
    answer = http.get("/no/such/page")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_a_missing_file_is_no_page(http: httpx.Client) -> None:
    answer = http.get("/assets/gone-12345678.js")
    assert answer.status_code == 404
    assert "html" not in answer.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/..%2f..%2fpyproject.toml", "/assets/..%2f..%2f..%2fenv.json"]
)
def test_no_file_outside_the_build_is_served(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


@pytest.mark.parametrize("path", _CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_reflexs_own_addresses_are_closed(http: httpx.Client, method: str, path: str) -> None:
    assert http.request(method, path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/livez", "/no/such/page", "/_upload"])
def test_every_answer_carries_the_security_headers(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    assert [name for name in _SIGNED_HEADERS if name not in headers] == []
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_scripts_run_by_hash_alone(http: httpx.Client) -> None:
    policy = http.get("/").headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'sha256-" in scripts
    assert "unsafe" not in scripts


def test_a_body_above_the_limit_is_refused_before_it_is_read(http: httpx.Client) -> None:
    assert http.post("/livez", content=b"x" * (2 * 1024 * 1024)).status_code == 413


def test_the_bundle_names_no_address(server: Server, http: httpx.Client) -> None:
    chunk = re.search(r"/assets/reflex-env-[^\"]+\.js", http.get("/").text)
    assert chunk
    code = http.get(chunk[0]).text
    assert "localhost" not in code
    assert "location.origin" in code


def test_the_health_pages_answer(http: httpx.Client) -> None:
    assert http.get("/livez").status_code == 200
    assert http.get("/readyz").status_code == 200
