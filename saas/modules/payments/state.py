"""The invoice list and the invoice page: each handler calls one verb."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx

from saas.directory import parties
from saas.directory.models import Party
from saas.kernel.errors import Stale
from saas.modules.payments.forms import InvoiceForm
from saas.modules.payments.models import Invoice, InvoiceState
from saas.modules.payments.permissions import PaymentsPermission
from saas.modules.payments.service import finding, invoices, queries
from saas.state import live
from saas.state.action import Key, Op, PublicId, Text200, action, toast
from saas.state.list_state import ListState
from saas.state.record import Nobody, RecordState
from saas.state.resource import Choice, Column, Kind, Resource, StartingView, Verbs, declare
from saas.state.unit import reading, register_topic, unit_of_work
from saas.tenancy import changes, roster
from saas.tenancy.session import TenantSession

STANDINGS = (
    Choice("draft", "payments.standing.draft"),
    Choice("issued", "payments.standing.issued", "acc"),
    Choice("overdue", "payments.standing.overdue", "bad"),
    Choice("void", "payments.standing.void"),
)
OPEN = {"key": "state", "op": "is", "values": [InvoiceState.ISSUED]}


async def _create(session: TenantSession, values: dict[str, Any]) -> Invoice:
    return await invoices.draft(
        session,
        party_id=values.get("party"),
        due_on=values.get("due_on"),
        note=values.get("note") or "",
    )


async def _update(session: TenantSession, invoice: Invoice, changed: dict[str, Any]) -> None:
    names = {"party": "party_id", "owner": "owner_id"}
    await invoices.update_draft(session, invoice, {names.get(k, k): v for k, v in changed.items()})


INVOICES = declare(
    Resource(
        key=invoices.TOPIC,
        model=Invoice,
        route="/payments/invoices",
        columns=(
            Column(
                "label",
                "payments.invoices.number",
                attr=Invoice.number,
                width=170,
                filterable=False,
                in_form=False,
            ),
            Column(
                "party",
                "payments.invoices.customer",
                Kind.REF,
                Invoice.party_id,
                260,
                sortable=False,
                editable=True,
                find=parties.customer_menu,
                target=Party,
            ),
            Column(
                "standing",
                "payments.invoices.standing",
                Kind.CHOICE,
                width=120,
                in_form=False,
                choices=STANDINGS,
            ),
            Column(
                "state",
                "payments.invoices.state",
                Kind.CHOICE,
                Invoice.state,
                hidden=True,
                sortable=False,
                in_form=False,
                choices=(*STANDINGS[:2], STANDINGS[3]),
            ),
            Column(
                "issued_on", "payments.invoices.issued_on", Kind.DATE, Invoice.issued_on, 120, in_form=False
            ),
            Column("due_on", "payments.invoices.due_on", Kind.DATE, Invoice.due_on, 120, editable=True),
            Column(
                "total",
                "payments.invoices.total",
                Kind.MONEY,
                Invoice.total_minor,
                150,
                in_form=False,
                currency="currency",
                as_read=Invoice.total_key,
                total=True,
            ),
            Column(
                "owner",
                "payments.invoices.owner",
                Kind.PERSON,
                Invoice.owner_id,
                160,
                sortable=False,
                editable=True,
                in_form=False,
            ),
            Column("source_title", "payments.invoices.deal", width=200, in_form=False, filterable=False),
            Column("note", "payments.invoice.note", longest=invoices.MAX_NOTE, only_form=True),
        ),
        rows=queries.rows,
        see=PaymentsPermission.SEE_INVOICES,
        edit=PaymentsPermission.EDIT_INVOICES,
        verbs=Verbs(_create, _update, invoices.archive, invoices.restore),
        search=queries.matching,
        searched=Party,
        views=(
            StartingView(
                "drafts",
                "payments.invoices.view_drafts",
                {"filters": [{"key": "state", "op": "is", "values": [InvoiceState.DRAFT]}]},
            ),
            StartingView("open", "payments.invoices.view_open", {"filters": [OPEN], "sort": "due_on"}),
            StartingView(
                "overdue",
                "payments.invoices.view_overdue",
                {"filters": [OPEN, {"key": "due_on", "op": "to", "values": ["@today-1"]}], "sort": "due_on"},
            ),
        ),
    )
)  # fmt: skip -- one column a line reads as the table it is
register_topic(invoices.TOPIC, Invoice, queries.rows, permission=PaymentsPermission.SEE_INVOICES)


class InvoicesState(ListState, rx.State):
    resource: ClassVar[Resource] = INVOICES


class InvoicePageState(RecordState, rx.State):
    """One invoice. ``record`` is ``queries.detail``: the row, its lines as typed, sums, note."""

    resource: ClassVar[Resource] = INVOICES

    async def _extra(self, session: TenantSession, row: Any) -> dict[str, Any]:
        shown = await queries.detail(session, row)
        return {k: v for k, v in shown.items() if not k.startswith("_")}

    @action(PaymentsPermission.SEE_INVOICES, writes=False)
    async def products(self, text: Text200):
        """The menu of a line's product."""
        async with reading() as session:
            items = await finding.goods(session, text, 20)
        self.options = {"field": "product", "text": text, "items": items}

    @action(PaymentsPermission.EDIT_INVOICES)
    async def save(self, op: Op, version: int, form: dict[Key, Any], id: PublicId | Nobody = ""):
        """The draft becomes what the page shows. Refused as ``Stale`` when somebody saved meanwhile."""
        wanted = InvoiceForm.of(form)
        async with unit_of_work("payments.invoice.save", op=op) as session:
            await self._write(session, wanted, version, id)
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, "payments.invoice.toast.saved", undo=action_id)

    @action(PaymentsPermission.ISSUE_INVOICES)
    async def issue(self, op: Op, version: int, form: dict[Key, Any], id: PublicId | Nobody = ""):
        """Save what the page shows and issue it, as one action; there is no way back but to void it."""
        wanted = InvoiceForm.of(form)
        async with unit_of_work("payments.invoice.issue", op=op) as session:
            invoice = await self._write(session, wanted, version, id)
            await invoices.issue(session, invoice, session.viewer.today())
            label = invoice.label
            await self._show_again(session, invoice)
        await self._answer(op)
        await toast(self, "payments.invoice.toast.issued", label=label)

    @action(PaymentsPermission.VOID_INVOICES)
    async def void(self, op: Op, reason: Text200, id: PublicId | Nobody = ""):
        """Take the invoice out of force, with the reason."""
        async with unit_of_work("payments.invoice.void", op=op) as session:
            invoice = await self._row(session, id, lock=True)
            await invoices.void(session, invoice, session.viewer.today(), reason)
            label = invoice.label
            await self._show_again(session, invoice)
        await self._answer(op)
        await toast(self, "payments.invoice.toast.voided", label=label)

    async def _write(self, session: TenantSession, wanted: InvoiceForm, version: int, id: str) -> Invoice:
        invoice = await self._row(session, id, lock=True)
        if invoice.version != version:
            raise Stale("version", by=await _last_writer(session, invoice, version))
        await invoices.update_draft(session, invoice, await wanted.facts(session))
        await invoices.write_lines(session, invoice, await wanted.written(session, invoice.currency))
        await self._show_again(session, invoice)
        return invoice

    async def _answer(self, op: str) -> None:
        await live.tell(self.router.session.client_token, {"topic": "ack", "op": op, "ok": True})


async def _last_writer(session: TenantSession, invoice: Invoice, version: int) -> str:
    later = await changes.since(session, "invoice", invoice.id, updates=invoice.version - version)
    writers = [change.member_id for change in later if change.member_id]
    names = await roster.names(session, writers[:1])
    return names.get(writers[0], "") if writers else ""
