"""The one root of errors that a person may read. Each error lives beside what raises it."""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """Something a person can act on: a text key, the values that fill it, and the field it is about.

    ``key`` names a text in ``texts/*.toml``; the browser translates it, so one refusal reads right in
    every language. Subclasses set ``key``; instances may carry ``field`` (the form field) and any values;
    a value ``{"key": text key}`` is itself translated.
    """

    key: ClassVar[str] = "errors.unexpected"
    status: ClassVar[int] = 400

    def __init__(self, field: str | None = None, **params: str | int | dict[str, str]) -> None:
        self.field = field
        self.params = params
        super().__init__(f"{self.key} {params}" if params else self.key)

    def as_message(self) -> dict:
        """``{key, params, field}``: what the browser needs to say it in the reader's language."""
        return {"key": self.key, "params": dict(self.params), "field": self.field or ""}


class NotFound(AppError):
    """No such row for this company. The same answer whether it never existed or is somebody else's."""

    key = "errors.not_found"
    status = 404


class NotAllowed(AppError):
    """The member lacks the right. ``params['permission']`` names it."""

    key = "errors.not_allowed"
    status = 403


class Invalid(AppError):
    """A value that does not fit its field; ``field`` says which."""

    key = "errors.invalid"
    status = 422


class Stale(AppError):
    """Somebody else changed the row meanwhile: ``params`` carry ``by``."""

    key = "errors.stale"
    status = 409
