"""What the invoice page sends, checked for shape and size, and read into what the verbs take."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from saas.directory.models import Party, Product
from saas.modules.payments.models import MAX_LINES
from saas.modules.payments.service.invoices import MAX_NOTE
from saas.modules.payments.service.lines import LineInput, read_price, read_quantity, read_rate
from saas.state.action import PublicId, WrongArguments
from saas.state.values import clean, day
from saas.tenancy.session import TenantSession

Short = Annotated[str, StringConstraints(max_length=40)]


class LineForm(BaseModel):
    """A line as typed; ``id`` is empty for a new one."""

    model_config = ConfigDict(extra="forbid")
    id: PublicId | None = None
    product: PublicId | None = None
    description: Annotated[str, StringConstraints(max_length=400)] = ""
    quantity: Short = ""
    price: Short = ""
    tax: Short = ""

    @property
    def blank(self) -> bool:
        """Nothing was typed: a line that was added and left."""
        return not any((self.description.strip(), self.quantity.strip(), self.price.strip(), self.product))


class InvoiceForm(BaseModel):
    model_config = ConfigDict(extra="forbid")
    party: PublicId | None = None
    due_on: Short = ""
    note: Annotated[str, StringConstraints(max_length=MAX_NOTE)] = ""
    lines: Annotated[list[LineForm], Field(max_length=MAX_LINES)] = []

    @classmethod
    def of(cls, sent: dict[str, Any]) -> InvoiceForm:
        """Raises ``WrongArguments`` for what our page could not have sent."""
        try:
            return cls.model_validate(sent)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            raise WrongArguments(".".join(map(str, first["loc"]))[:80] or None) from None

    async def facts(self, session: TenantSession) -> dict[str, Any]:
        """Customer, due date and note as ``update_draft`` takes them. Raises ``NotFound`` or ``NotADate``."""
        party = await session.by_public_id(Party, self.party) if self.party else None
        due_on: date | None = None
        if self.due_on.strip():
            due_on = day(self.due_on, session.viewer, "due_on")
        return {"party_id": party.id if party else None, "due_on": due_on, "note": clean(self.note)}

    async def written(self, session: TenantSession, currency: str) -> list[LineInput]:
        """The lines as ``write_lines`` takes them. Raises the error of the first field that does not fit."""
        lines = []
        for place, line in enumerate(line for line in self.lines if not line.blank):
            at = f"lines.{place}"
            product = await session.by_public_id(Product, line.product) if line.product else None
            lines.append(
                LineInput(
                    clean(line.description),
                    read_quantity(line.quantity, f"{at}.quantity"),
                    read_price(line.price, currency, f"{at}.price"),
                    read_rate(line.tax, f"{at}.tax"),
                    product.id if product else None,
                    UUID(line.id) if line.id else None,
                )
            )
        return lines
