"""Who is looking: resolved from the session row on every event, never from arguments or page state."""

from __future__ import annotations

from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from datetime import date, datetime

from saas.kernel import clock
from saas.kernel.errors import AppError
from saas.kernel.permissions import Permission, Visibility


class SignedOut(AppError):
    """No live session behind this request."""

    key = "errors.signed_out"
    status = 401


@dataclass(frozen=True, slots=True)
class Viewer:
    """One member of one company, in one signed-in session; everything the gate decides by."""

    session_id: int
    csrf: str
    account_id: int
    email: str
    tenant_id: int
    tenant_name: str
    tenant_slug: str
    tenant_state: str
    member_id: int
    member_public_id: str
    member_name: str
    role: str
    permissions: frozenset[str]
    modules: frozenset[str]
    visibility: Visibility
    team_id: int | None
    team_member_ids: frozenset[int]
    country: str
    currency: str
    time_zone: str
    language: str
    trial_ends_on: date | None
    email_confirmed_at: datetime | None = None
    theme: str = "system"
    digits: str = "latin"
    shortcuts: bool = True

    def may(self, permission: Permission | str) -> bool:
        """Whether the role includes the right, its module being on."""
        value = str(permission)
        module = value.split(".", 1)[0]
        return value in self.permissions and (module == "workspace" or module in self.modules)

    def today(self) -> date:
        """The calendar date where the company is."""
        return clock.today(self.time_zone)

    @property
    def owners(self) -> frozenset[int] | None:
        """Whose records this member sees: membership ids, or None for everybody's."""
        match self.visibility:
            case Visibility.ALL:
                return None
            case Visibility.TEAM:
                return self.team_member_ids | {self.member_id}
            case Visibility.OWN:
                return frozenset({self.member_id})

    @property
    def unlimited(self) -> Viewer:
        """The same member for work that must see every record, such as drawing up a patch for all rooms."""
        return replace(self, visibility=Visibility.ALL)


_current: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def current() -> Viewer:
    """The viewer of the event under way. Raises ``SignedOut`` when there is none."""
    viewer = _current.get()
    if viewer is None:
        raise SignedOut
    return viewer


def current_or_none() -> Viewer | None:
    return _current.get()


def bind(viewer: Viewer | None) -> Token[Viewer | None]:
    """Set for the task under way; the gate and the HTTP routes alone call this."""
    return _current.set(viewer)
