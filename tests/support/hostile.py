"""Values for handlers: those that fit their schemas, and those that people and attackers send instead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel

NASTY = (
    "",
    " ",
    "\x00",
    "\x00\x00a",
    "a\nb\r\nc\td",
    "\u202ereversed\u202c",
    "\u200f\u200e\u2066\u2069",
    "\ufeff",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "ء أ إ آ ٱ ة ى ـ",
    "٠١٢٣٤٥٦٧٨٩",
    "١٬٢٣٤٫٥٦",
    "'; DROP TABLE wasl.deal; --",
    "\\'; SELECT set_config('app.tenant_id', '1', false); --",
    "%s %(name)s {0} {name} $1 :name",
    "%",
    "_",
    "\\",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "../../../../etc/passwd",
    "javascript:alert(1)",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "1e-400",
    "9" * 40,
    "-0",
    "0x10",
    "1_000",
    "9999-12-31",
    "0000-00-00",
    "2024-02-30",
    "31/12/1899",
    "@today",
    "@today-99999999",
    "@me",
    "null",
    "true",
    "a" * 80,
    "a" * 81,
    "a" * 4001,
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "not-a-uuid",
)
_HUGE = (0, 1, -1, 2**31 - 1, 2**31, -(2**31) - 1, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**30)

texts = st.sampled_from(NASTY) | st.text(max_size=60)
numbers = st.sampled_from(_HUGE) | st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def payloads(schema: type[BaseModel], ids: list[str], words: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Payloads for the schema. ``ids`` are public ids that exist, ``words`` keys that mean something."""
    described = schema.model_json_schema()
    definitions = described.get("$defs", {})
    properties = described.get("properties", {})
    required = set(described.get("required", ()))
    fitting = st.fixed_dictionaries(
        {n: _fits(n, rule, definitions, ids, words) for n, rule in properties.items() if n in required},
        optional={
            n: _fits(n, rule, definitions, ids, words) for n, rule in properties.items() if n not in required
        },
    )
    wrong = st.fixed_dictionaries({n: anything for n in properties})
    other_names = st.dictionaries(texts, anything, max_size=3)
    one_wrong = st.tuples(fitting, st.sampled_from(sorted(properties) or ["more"]), anything).map(
        lambda parts: {**parts[0], parts[1]: parts[2]}
    )
    # Most of them get past the schema, since what lies behind it is what is to be tried.
    return st.one_of(fitting, fitting, fitting, one_wrong, wrong, other_names)


def _fits(
    name: str, rule: dict[str, Any], definitions: dict[str, Any], ids: list[str], words: list[str]
) -> st.SearchStrategy[Any]:
    """A value that the schema lets pass, most of the time."""
    if "$ref" in rule:
        return _fits(name, definitions[rule["$ref"].rsplit("/", 1)[1]], definitions, ids, words)
    if "anyOf" in rule:
        return st.one_of([_fits(name, part, definitions, ids, words) for part in rule["anyOf"]])
    if "enum" in rule:
        return st.sampled_from(rule["enum"])
    if "const" in rule:
        return st.just(rule["const"])
    match rule.get("type"):
        case "string":
            return _text(name, rule, ids, words)
        case "integer":
            return st.sampled_from((0, 1, 2, -1, 2**31 - 1, 2**31, 2**63 - 1, 2**63)) | st.integers(-50, 50)
        case "number":
            return numbers
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "array":
            inner = _fits(name, rule.get("items", {}), definitions, ids, words)
            return st.lists(inner, max_size=min(rule.get("maxItems", 4), 4))
        case "object" if "properties" in rule:
            parts = {n: _fits(n, part, definitions, ids, words) for n, part in rule["properties"].items()}
            return st.fixed_dictionaries({}, optional=parts)
        case "object":
            more = rule.get("additionalProperties")
            inner = _fits("", more, definitions, ids, words) if isinstance(more, dict) and more else anything
            return st.dictionaries(st.sampled_from(words) | texts, inner, max_size=5)
    return anything


def _text(name: str, rule: dict[str, Any], ids: list[str], words: list[str]) -> st.SearchStrategy[str]:
    longest = rule.get("maxLength", 4000)
    if longest == 36:
        known = st.sampled_from(ids) if ids else st.nothing()
        return known | known | st.uuids().map(str) | st.just(str(UUID(int=0)))
    if name == "op":
        return st.uuids().map(str)
    return (st.sampled_from(words) | texts | st.sampled_from(ids or ["x"])).map(lambda text: text[:longest])
