"""The mark that lets a browser call a handler: who may, with which arguments. Without it the gate refuses."""

from __future__ import annotations

import functools
import inspect
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    create_model,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from saas.kernel.errors import AppError, Invalid
from saas.kernel.permissions import Gate, Permission
from saas.state import live
from saas.tenancy import again

log = logging.getLogger(__name__)
_op: ContextVar[str] = ContextVar("the op of the event that is being handled", default="")
_told: ContextVar[list[str]] = ContextVar("the toasts that the event has made so far")
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
# A guard that depends on the state class, for handlers that a mixin gives to many pages.
Guard = Permission | Gate | Callable[[Any], Permission | Gate]


def _canonical_uuid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("not an id") from None


def _plain(value: str) -> str:
    if "\x00" in value:
        raise ValueError("holds a NUL character")
    return value


PublicId = Annotated[str, StringConstraints(max_length=36), AfterValidator(_canonical_uuid)]
Op = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]
Key = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9_.-]*$")]
Text80 = Annotated[str, StringConstraints(max_length=80), AfterValidator(_plain)]
Text200 = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]
Text4000 = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_plain)]
Ids = Annotated[list[PublicId], Field(max_length=1000)]
Value = Text4000 | int | float | bool | None | Annotated[list[Text200], Field(max_length=200)]
Form = Annotated[dict[Key, Value], Field(max_length=100)]


class WrongArguments(Invalid):
    """The event's arguments do not fit the handler: a forged or outdated client."""

    key = "errors.wrong_arguments"


@dataclass(frozen=True, slots=True)
class Action:
    """What the gate reads from a handler."""

    guard: Guard
    schema: type[BaseModel]
    is_load: bool
    writes: bool

    def required(self, state_class: type) -> Permission | Gate:
        guard = self.guard
        return guard if isinstance(guard, (Permission, Gate)) else guard(state_class)


def action(guard: Guard, *, load: bool = False, writes: bool = True) -> Callable[[Handler], Handler]:
    """Open a handler to those who hold ``guard``.

    ``load`` marks an ``on_load`` handler: refused silently, for the page itself says why. ``writes=False``
    marks one that a read-only company may still call: it only reads, or says who may act here.
    A change without a toast tells its tab so: what Ctrl Z means there is known at once.
    Arguments are checked against the handler's type hints; an ``AppError`` becomes a refusal that the tab
    shows, anything else a code for support with the traceback in the log.
    """

    def decorate(handler: Handler) -> Handler:
        if not inspect.iscoroutinefunction(handler):
            raise TypeError(f"{handler.__qualname__} must be async: a sync handler stops every user")

        @functools.wraps(handler)
        async def guarded(self: Any, **arguments: Any) -> Any:
            op = arguments.get("op", "")
            began, heard = _op.set(op), _told.set([])
            try:
                result = await _patiently(handler, self, arguments)
                if op and not _told.get():
                    await live.tell(self.router.session.client_token, {"topic": "untold", "of": op})
                return result
            except AlreadyDone:
                done = {"topic": "ack", "op": op, "ok": True, "repeated": True}
                await live.tell(self.router.session.client_token, done)
                await live.tell(self.router.session.client_token, {"topic": "untold", "of": op})
            except AppError as refusal:
                await refuse(self.router.session.client_token, op, refusal)
            except Exception:
                code = secrets.token_hex(4)
                log.exception("handler %s failed, code %s", handler.__qualname__, code)
                failure = Unexpected(code=code)
                await refuse(self.router.session.client_token, op, failure)
            finally:
                _op.reset(began)
                _told.reset(heard)

        guarded.__wasl_action__ = Action(guard, _schema(handler), load, writes and not load)  # pyright: ignore[reportAttributeAccessIssue] -- the mark itself
        return guarded  # pyright: ignore[reportReturnType] -- same shape as the handler

    return decorate


async def _patiently(handler: Callable[..., Awaitable[Any]], state: Any, arguments: dict[str, Any]) -> Any:
    """The handler's result. What PostgreSQL has taken back whole, of two who were at it at once, nobody was
    told of: that one is simply made again."""
    for tried in range(1, again.TRIES + 1):
        try:
            return await handler(state, **arguments)
        except (DBAPIError, StaleDataError) as error:
            if not again.was_overtaken(error) or tried == again.TRIES:
                raise
            reason = error.orig if isinstance(error, DBAPIError) else error
            name = getattr(handler, "__qualname__", handler)
            log.info("handler %s made again after a %s", name, type(reason).__name__)


class AlreadyDone(Exception):
    """This very change was committed before: a tab that lost its connection sent it a second time."""


class Unexpected(AppError):
    """A defect of ours; ``code`` finds it in the log."""

    key = "errors.unexpected"
    status = 500


async def refuse(token: str, op: str, refusal: AppError) -> None:
    """Tell one tab that its action did not happen: its optimistic op is dropped, the reason shown."""
    await live.tell(token, {"topic": "ack", "op": op, "ok": False, **refusal.as_message()})


async def toast(
    self: Any, key: str, *, undo: str = "", kind: str = "done", left: str = "", **params: Any
) -> None:
    """A short past-tense message in the acting tab, with Undo when ``undo`` is an action id. ``left``: the
    action that could not be taken back whole; what stayed can be looked at. It says ``of`` which op it is."""
    _told.get([]).append(key)
    message = {"topic": "toast", "kind": kind, "key": key, "params": params, "undo": undo, "left": left}
    await live.tell(self.router.session.client_token, {**message, "of": _op.get()})


def check(schema: type[BaseModel], payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with every value checked and converted. Raises ``WrongArguments``."""
    try:
        model = schema.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise WrongArguments(".".join(map(str, first["loc"]))[:80] or None) from None
    return {name: getattr(model, name) for name in type(model).model_fields}


def _schema(handler: Callable[..., Any]) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    hints = inspect.get_annotations(handler, eval_str=True)
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        if name not in hints:
            raise TypeError(f"{handler.__qualname__}: the argument {name!r} has no type")
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[name] = (hints[name], default)
    return create_model(f"{handler.__name__}_arguments", __config__=ConfigDict(extra="forbid"), **fields)
