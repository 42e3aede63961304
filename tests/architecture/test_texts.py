"""English and Arabic say the same things, with the same values, and nothing is said that is not written."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from saas.kernel.catalog import modules
from saas.kernel.errors import AppError
from saas.kernel.i18n import PACKAGE, PLURAL_FORMS, Language, load_texts, text_files
from saas.state.page import pages
from saas.state.resource import RESOURCES
from tests.support import catalogue

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_JSX_CALL = re.compile(r"""\bt\(\s*(["'`])([a-z][\w.]*)\1""")


def complaints(texts: dict[str, dict[str, Any]]) -> list[str]:
    """What differs between the languages: a key, a placeholder, a plural form."""
    english, arabic = texts["en"], texts["ar"]
    found = [f"{key} is missing in Arabic" for key in sorted(set(english) - set(arabic))]
    found += [f"{key} is missing in English" for key in sorted(set(arabic) - set(english))]
    for key in sorted(set(english) & set(arabic)):
        if isinstance(english[key], dict) != isinstance(arabic[key], dict):
            found.append(f"{key} has plural forms in one language alone")
            continue
        if _placeholders(english[key]) != _placeholders(arabic[key]):
            found.append(f"{key} has other placeholders in Arabic")
        for language, text in (("en", english[key]), ("ar", arabic[key])):
            if isinstance(text, dict) and (missing := _forms(language) - set(text)):
                found.append(f"{key} lacks {sorted(missing)} in {language}")
            if not _said(text):
                found.append(f"{key} says nothing in {language}")
    return found


def test_both_languages_have_the_same_keys_placeholders_and_plural_forms() -> None:
    assert complaints(load_texts()) == []


@pytest.mark.parametrize(
    ("arabic", "noticed"),
    [
        ({}, "missing in Arabic"),
        ({"a.b": "{n} عنصر", "a.c": "x"}, "missing in English"),
        ({"a.b": "عنصر"}, "plural forms in one language"),
        ({"a.b": dict.fromkeys(PLURAL_FORMS, "{m} عنصر")}, "other placeholders"),
        ({"a.b": {"other": "{n} عنصر"}}, "lacks"),
        ({"a.b": dict.fromkeys(PLURAL_FORMS, "")}, "says nothing"),
    ],
)
def test_a_difference_between_the_languages_is_noticed(arabic: dict[str, Any], noticed: str) -> None:
    texts = {"en": {"a.b": {"one": "{n} item", "other": "{n} items"}}, "ar": arabic}
    assert any(noticed in complaint for complaint in complaints(texts))


def test_every_text_file_has_its_sibling() -> None:
    for file in text_files():
        for language in Language:
            assert file.with_name(f"{language}.toml").exists(), file.parent


def test_texts_are_written_under_the_name_of_their_room() -> None:
    for name, module in modules().items():
        for language in Language:
            file = PACKAGE / "modules" / name / "texts" / f"{language}.toml"
            assert set(tomllib.loads(file.read_text("utf-8"))) == {module.key}, file


def test_every_key_that_python_asks_for_is_written() -> None:
    known = load_texts()["en"]
    missing = [f"{where}: {key}" for where, key in keys_in_python() if key not in known]
    assert missing == []


def test_every_key_that_the_browser_asks_for_is_written() -> None:
    known = load_texts()["en"]
    missing = [f"{where}: {key}" for where, key in keys_in_jsx() if key not in known]
    assert missing == []


def test_every_error_can_be_said() -> None:
    catalogue.load()
    known = load_texts()["en"]
    assert [f"{e.__module__}.{e.__name__}: {e.key}" for e in _errors(AppError) if e.key not in known] == []


def test_every_page_list_and_module_has_its_names() -> None:
    catalogue.load()
    known = load_texts()["en"]
    assert sorted(key for key in _declared_keys() if key and key not in known) == []


def test_every_list_can_say_what_was_done() -> None:
    catalogue.load()
    known = load_texts()["en"]
    wanted = []
    for key, resource in RESOURCES.items():
        verbs = {
            "created": resource.verbs.create,
            "edited": resource.verbs.update,
            "bulk": resource.verbs.update,
        }
        verbs |= {"archived": resource.verbs.archive, "restored": resource.verbs.restore}
        wanted += [f"{key}.toast.{name}" for name, verb in verbs.items() if verb is not None]
    assert [key for key in wanted if key not in known] == []


def keys_in_python() -> Iterator[tuple[str, str]]:
    """Literal keys given to ``T``, ``translate`` and ``toast``."""
    place = {"T": 0, "translate": 1, "toast": 1}
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = _called(node)
            if name in place and len(node.args) > place[name]:  # pyright: ignore[reportAttributeAccessIssue] -- a Call
                argument = node.args[place[name]]  # pyright: ignore[reportAttributeAccessIssue]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield f"{_where(file)}:{argument.lineno}", argument.value


def keys_in_jsx() -> Iterator[tuple[str, str]]:
    """Literal keys given to ``t``."""
    for file in sorted(PACKAGE.rglob("*.jsx")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            for found in _JSX_CALL.finditer(line):
                if _KEY.fullmatch(found[2]):
                    yield f"{_where(file)}:{number}", found[2]


def _declared_keys() -> Iterator[str]:
    for page in pages():
        yield page.title
    for module in modules().values():
        yield from (item.text for item in module.nav)
        for widget in module.widgets:
            yield from (widget.title, widget.link_text)
    for resource in RESOURCES.values():
        yield from (view.label for view in resource.views)
        for column in resource.columns:
            yield from (column.label, column.help, *(choice.label for choice in column.choices))


def _errors(base: type[AppError]) -> Iterator[type[AppError]]:
    for error in base.__subclasses__():
        if error.__module__.startswith("saas."):
            yield error
            yield from _errors(error)


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _placeholders(text: Any) -> set[str]:
    whole = " ".join(text.values()) if isinstance(text, dict) else text
    return set(_PLACEHOLDER.findall(whole))


def _forms(language: str) -> set[str]:
    return set(Locale.parse(language).plural_form.tags) | {"other"}


def _said(text: Any) -> bool:
    return all(part.strip() for part in (text.values() if isinstance(text, dict) else [text]))


def _where(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()
