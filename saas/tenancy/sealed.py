"""What a company's session is bound to, and the listeners that keep it there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria
from sqlalchemy.util import await_only

from saas.tenancy.guard import TenancyError
from saas.tenancy.owned import TenantOwned, uuid7
from saas.tenancy.prepared import COMPANY, OF_COMPANY

# Held by the doors alone: without it no session can be made.
SEAL = object()


@dataclass(slots=True)
class Binding:
    """Who acts for whom: what a transaction is bound to."""

    tenant_id: int
    member_id: int | None = None
    action: str = ""
    action_id: UUID = field(default_factory=uuid7)
    patience_s: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("tenant", self.tenant_id), ("member", self.member_id)):
            wrong = type(value) is not int or not 0 < value < 2**63
            if wrong and not (name == "member" and value is None):
                raise TenancyError("no tenant bound" if name == "tenant" else "not a member id")
        if not all(c.isalnum() or c in "._-" for c in self.action):
            raise TenancyError("an action is named by letters, digits, dots and dashes")
        if not isinstance(self.action_id, UUID):
            raise TenancyError("an action's id is a UUID")
        if self.patience_s is not None and type(self.patience_s) is not int:
            raise TenancyError("patience is a number of seconds")

    def begin(self) -> bytes:
        """One message to the server: the transaction starts bound."""
        return (
            f"BEGIN; SET LOCAL app.tenant_id = '{self.tenant_id}'; "
            f"SET LOCAL app.member_id = '{self.member_id or ''}'; "
            f"SET LOCAL app.action_id = '{self.action_id}'; SET LOCAL app.action = '{self.action}'"
            + "".join(f"; SET LOCAL {limit} = '{self.patience_s}s'" for limit in self._longer)
        ).encode()

    @property
    def _longer(self) -> tuple[str, ...]:
        """What one who may take long takes: between its statements as well, where a file is read or other
        transactions do the work."""
        longer = ("statement_timeout", "idle_in_transaction_session_timeout")
        return longer if self.patience_s is not None else ()


class SealedSession(Session):
    """The ORM's side of a ``TenantSession``; adds the company to each statement about owned rows."""

    def __init__(self, *args: Any, seal: object = None, binding: Binding | None = None, **rest: Any) -> None:
        if seal is not SEAL or binding is None:
            raise TenancyError("no tenant bound: open a tenant_session")
        super().__init__(*args, **rest)
        self.binding = binding


@event.listens_for(SealedSession, "after_begin")
def _bind(session: SealedSession, transaction: SessionTransaction, connection: Connection) -> None:
    # A savepoint lives inside the binding of its transaction.
    if transaction.nested:
        return
    _begin(connection, session.binding.begin())


class PlainSession(Session):
    """Begins without a binding."""


@event.listens_for(PlainSession, "after_begin")
def _begin_plain(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested:
        _begin(connection, b"BEGIN")


def _begin(connection: Connection, message: bytes) -> None:
    driver: psycopg.AsyncConnection = connection.connection.driver_connection  # pyright: ignore[reportAssignmentType] -- psycopg's
    try:
        await_only(driver.execute(message, prepare=False))
    except (psycopg.OperationalError, psycopg.InterfaceError):
        connection.invalidate()
        raise


# Named once for each statement that is made once: SQLAlchemy then knows it again without walking through it.
_named: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


@event.listens_for(SealedSession, "do_orm_execute")
def _name_the_company(state: ORMExecuteState) -> None:
    assert isinstance(state.session, SealedSession)
    tenant_id = state.session.binding.tenant_id
    if state.is_select:
        if not state.is_column_load:
            statement = _named.get(state.statement)
            if statement is None:
                statement = _named[state.statement] = state.statement.options(OF_COMPANY)
            state.statement = statement
        given: Any = state.parameters or {}
        state.parameters = {**given, COMPANY.key: tenant_id}
    elif state.is_update or state.is_delete:
        # Its parameters are columns to be set, so the company stands in the statement itself.
        criterion = with_loader_criteria(
            TenantOwned, lambda model: model.company == tenant_id, include_aliases=True
        )
        state.statement = state.statement.options(criterion)


@event.listens_for(SealedSession, "before_flush")
def _stamp(session: SealedSession, context: Any, instances: Any) -> None:
    tenant_id = session.binding.tenant_id
    for row in session.new:
        if not isinstance(row, TenantOwned):
            continue
        if row.tenant_id is None:
            row.tenant_id = tenant_id
        elif row.tenant_id != tenant_id:
            raise TenancyError("a row of another company")
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, TenantOwned) and row.tenant_id != tenant_id:
            raise TenancyError("a row keeps its company")


@event.listens_for(SealedSession, "loaded_as_persistent")
def _look_again(session: SealedSession, row: Any) -> None:
    if isinstance(row, TenantOwned) and row.tenant_id != session.binding.tenant_id:
        raise TenancyError("a row of another company was loaded")


@event.listens_for(SealedSession, "before_attach")
def _refuse_foreigners(session: SealedSession, row: Any) -> None:
    if isinstance(row, TenantOwned) and row.tenant_id not in (None, session.binding.tenant_id):
        raise TenancyError("a row of another company")
