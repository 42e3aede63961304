"""Payments: invoices from draft to void, and what customers owe."""

from __future__ import annotations

from saas.kernel.module import Module, NavItem, PartyAction, Related, SearchProvider, Widget
from saas.modules.payments import demo
from saas.modules.payments.permissions import ROLES, PaymentsPermission
from saas.modules.payments.service import queries, related


def _pages() -> None:
    from saas.modules.payments.pages import register

    register()


MODULE = Module(
    key="payments",
    name="Payments",
    icon="receipt",
    permissions=PaymentsPermission,
    roles=ROLES,
    nav=(
        NavItem(
            "/payments/invoices", "payments.nav.invoices", "receipt", PaymentsPermission.SEE_INVOICES, "i"
        ),
    ),
    pages=_pages,
    counts=queries.counts,
    widgets=(
        Widget(
            "payments.owed",
            "payments.home.owed",
            "stat",
            PaymentsPermission.SEE_INVOICES,
            queries.owed,
            link="/payments/invoices",
            order=12,
        ),
        Widget(
            "payments.overdue",
            "payments.home.overdue",
            "stat",
            PaymentsPermission.SEE_INVOICES,
            queries.overdue,
            link="/payments/invoices",
            order=13,
        ),
    ),
    search=(SearchProvider("payments.invoice", PaymentsPermission.SEE_INVOICES, queries.find),),
    related=(
        Related(
            "payments.invoices",
            "payments.invoices.title",
            "receipt",
            PaymentsPermission.SEE_INVOICES,
            related.invoices,
            topics=("payments.invoice",),
        ),
    ),
    begins=(
        PartyAction(
            "payments.begin.invoice",
            "receipt",
            PaymentsPermission.EDIT_INVOICES,
            "/payments/invoices?new={party}",
            short="payments.invoices.one",
            order=20,
        ),
    ),
    sample=demo.sample,
)
