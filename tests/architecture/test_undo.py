"""Whatever a person does can be taken back, or it is said here why not."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from saas.state.resource import RESOURCES
from saas.state.undoing import GUARDED
from saas.tenancy.owned import TenantOwned
from tests.support import catalogue

_A_LETTER = "a letter leaves the building; the offer itself can be withdrawn, which has its Undo"
_A_STEP = "a step of an import that has not run: each choice is chosen again where it stands"
_SESSIONS = "an ended session cannot be given back; signing in makes another"
_MARKS = "a second click, or a key, marks it as new again, where it stands"
_SAMPLES = "the opposite stands at the same place: samples are added and removed as a whole"

# Handlers that write and offer no Undo, by module and state, with the reason.
WITHOUT = {
    "payments.state.InvoicePageState.issue": "an issued invoice is a document: it is voided, never unmade",
    "payments.state.InvoicePageState.void": "a voided number stays voided; the draft is written again",
    "pages.onboarding.OnboardingState.add_sample": _SAMPLES,
    "pages.onboarding.OnboardingState.remove_sample": _SAMPLES,
    "pages.settings_company.CompanyState.remove_sample": _SAMPLES,
    "pages.onboarding.OnboardingState.invite": _A_LETTER,
    "pages.members_state.MembersState.invite": _A_LETTER,
    "pages.members_state.MembersState.resend": _A_LETTER,
    "pages.members_state.MembersState.leave": "who has left has no tab to take it back in; it is asked",
    "pages.settings_company.CompanyState.save": "the company's own row is outside its change record",
    "pages.profile.ProfileState.rename": "the name stands in the account too, outside the company's record",
    "pages.profile.ProfileState.change_password": "of a password only a hash is kept",
    "pages.profile.ProfileState.confirm_again": "sends a letter to oneself and changes nothing",
    "pages.settings_sessions.SessionsState.sign_out": _SESSIONS,
    "pages.settings_sessions.SessionsState.sign_out_others": _SESSIONS,
    "state.starring.StarState.star": "a second click takes the star off, where it was put",
    "pages.inbox_state.InboxState.open": _MARKS,
    "pages.inbox_state.InboxState.mark": _MARKS,
    "state.importing.ImportState.start": "undone as a whole by the button of the finished import",
    "state.importing.ImportState.undo": "is itself the taking back; the file is imported again",
    "state.importing.ImportState.cancel": "nothing of a cancelled import stays; it is started again",
    "state.importing.ImportState.forget": "the uploaded file is deleted at once, for it holds personal data",
    "state.importing.ImportState.check": _A_STEP,
    "state.importing.ImportState.choose_kind": _A_STEP,
    "state.importing.ImportState.choose_sheet": _A_STEP,
    "state.importing.ImportState.go_back": _A_STEP,
    "state.importing.ImportState.map_column": _A_STEP,
    "state.importing.ImportState.order_dates": _A_STEP,
    "state.importing.ImportState.take_fix": _A_STEP,
    "state.importing.ImportState.treat_duplicates": _A_STEP,
    "state.importing.ImportState.treat_missing": _A_STEP,
}


_OF_A_RECORD = "goes with the record that it belongs to, whose list says the right"
_ONES_OWN = "is the member's own, whatever their rights"
_NOT_BY_HAND = "no handler writes it; what does is undone in another way, or never"
# Tables whose changes are taken back without a right of their own, with the reason.
WITHOUT_A_RIGHT = {
    "address": _OF_A_RECORD,
    "attachment": _OF_A_RECORD,
    "comment": _OF_A_RECORD,
    "deal_line": _OF_A_RECORD,
    "deal_rollup": _NOT_BY_HAND,
    "import_mapping": _NOT_BY_HAND,
    "import_run": _NOT_BY_HAND,
    "invoice_line": _OF_A_RECORD,
    "invoice_series": _NOT_BY_HAND,
    "legal_entity": _OF_A_RECORD,
    "notification": _ONES_OWN,
    "role": _NOT_BY_HAND,
    "saved_view": _ONES_OWN,
    "star": _ONES_OWN,
    "stock_level": _OF_A_RECORD,
    "stock_location": _NOT_BY_HAND,
    "tagging": _OF_A_RECORD,
    "team": _NOT_BY_HAND,
}


def test_taking_back_asks_for_the_right_that_each_table_needs() -> None:
    catalogue.load()
    listed = {resource.model.__tablename__ for resource in RESOURCES.values()}
    bare = {model.__tablename__ for model in _models(TenantOwned)} - listed - GUARDED.keys()
    assert bare - WITHOUT_A_RIGHT.keys() == set(), "guard them in state/undoing.py, or say why not"
    assert WITHOUT_A_RIGHT.keys() - bare == set(), "these have their right by now, or are gone"


def test_every_handler_that_writes_offers_undo_or_has_a_reason_not_to() -> None:
    bare = {
        _place(handler)
        for handler in catalogue.handlers()
        if handler.mark is not None
        and _changes_something(handler)
        and not _offers(handler.state, handler.method)
    }
    assert bare - WITHOUT.keys() == set(), "offer Undo in the toast, or say why not"
    assert WITHOUT.keys() - bare == set(), "these offer Undo by now, or are gone"


def test_a_handler_without_undo_is_noticed() -> None:
    class Forgetful:
        async def with_undo(self) -> None:
            await toast(self, "done", undo="1")

        async def through_another(self) -> None:
            await self._tell()

        async def _tell(self) -> None:
            await toast(self, "done", undo="1")

        async def without(self) -> None:
            await toast(self, "done")

    async def toast(state: object, key: str, **rest: str) -> None: ...

    assert _offers(Forgetful, "with_undo")
    assert _offers(Forgetful, "through_another")
    assert not _offers(Forgetful, "without")


def _models(base: Any) -> Iterator[Any]:
    for model in base.__subclasses__():
        # Tests make tables of their own.
        if hasattr(model, "__table__") and model.__module__.startswith("saas."):
            yield model
        yield from _models(model)


def _place(handler: catalogue.Handler) -> str:
    module = handler.state.__module__.removeprefix("saas.").removeprefix("modules.")
    return f"{module}.{handler.state.__qualname__}.{handler.method}"


def _changes_something(handler: catalogue.Handler) -> bool:
    if handler.mark is None or handler.mark.is_load:
        return False
    source = inspect.getsource(_function(handler.state, handler.method))
    return handler.mark.writes or "unit_of_work" in source or "toast(" in source


def _offers(state: Any, method: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the method, or one of the state's own that it calls, gives a toast an action to undo."""
    calls = list(_calls(state, method))
    if any(name == "toast" and "undo" in given for name, given in calls):
        return True
    inner = {name for name, _ in calls if name.startswith("_") and hasattr(state, name)} - seen
    return any(_offers(state, name, seen | {method}) for name in inner)


def _calls(state: Any, method: str) -> Iterator[tuple[str, set[str]]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(_function(state, method))))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "id", "") or getattr(function, "attr", "")
            yield name, {keyword.arg or "" for keyword in node.keywords}


def _function(state: Any, method: str) -> Any:
    handlers = getattr(state, "event_handlers", {})
    return inspect.unwrap(handlers[method].fn if method in handlers else getattr(state, method))
