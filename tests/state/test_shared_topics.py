"""Who hears of what belongs to nobody."""

from __future__ import annotations

from saas.kernel.permissions import Visibility
from saas.modules.payments.permissions import PaymentsPermission
from saas.modules.scheduling.permissions import SchedulingPermission
from saas.state import live
from tests.support import catalogue
from tests.support.database import Company
from tests.support.viewers import viewer_of


def test_a_member_limited_to_own_records_hears_of_the_whole_calendar_and_of_own_invoices(
    company: Company,
) -> None:
    catalogue.load()
    rights = (PaymentsPermission.SEE_INVOICES, SchedulingPermission.SEE_CALENDAR)
    rep = viewer_of(
        company, visibility=Visibility.OWN, permissions=rights, modules=("payments", "scheduling")
    )
    heard = live.rooms_of(rep)
    assert live.room(company.tenant_id, "scheduling.appointment") in heard
    assert live.room(company.tenant_id, "payments.invoice") not in heard
    assert live.room(company.tenant_id, "payments.invoice", rep.member_id) in heard


def test_without_the_right_nothing_of_the_calendar_is_heard(company: Company) -> None:
    catalogue.load()
    stranger = viewer_of(company, modules=("scheduling",))
    assert live.room(company.tenant_id, "scheduling.appointment") not in live.rooms_of(stranger)
