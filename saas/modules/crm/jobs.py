"""What CRM does by the clock."""

from __future__ import annotations

from saas.modules.crm.service.reminders import remind

JOBS = (remind,)
