"""People: the list, and one of them in the drawer or on a page."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from saas.modules.crm.state.person_list import PEOPLE
from saas.state.list_state import ListState
from saas.state.record import RecordState
from saas.state.resource import Resource


class PeopleState(ListState, rx.State):
    resource: ClassVar[Resource] = PEOPLE


class PersonState(RecordState, rx.State):
    resource: ClassVar[Resource] = PEOPLE
