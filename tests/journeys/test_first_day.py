"""A newcomer signs a company up, imports its deals, drags one, and a colleague sees it at once."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.conftest import Opened
from tests.support import samples


def test_a_company_signs_up_imports_its_deals_and_a_colleague_sees_a_drag_at_once(
    someone: Opened, tmp_path: Path
) -> None:
    files = samples.folder(tmp_path / "samples")
    layla, email = someone(), walk.address()
    walk.sign_up(layla, "Marsa Coffee Works", "Layla Haddad", email)

    # The first steps can be skipped; the letter confirms the address.
    layla.get_by_role("button", name="Continue").click()
    layla.get_by_role("link", name="Go to work").first.click()
    layla.wait_for_url("**/home")
    layla.goto(walk.link_in_letter(layla, email, "/confirm"))
    layla.get_by_role("button", name="Confirm address").click()
    expect(layla.get_by_text("Your address is confirmed")).to_be_visible()

    # Modules: Payments off and on again; the sidebar follows.
    layla.goto("/settings/modules")
    payments = layla.get_by_role("switch", name="Payments")
    before = payments.is_checked()
    payments.click()
    expect(payments).to_be_checked(checked=not before)
    main = layla.get_by_role("navigation", name="Main")
    expect(main.get_by_role("link", name="Invoices")).to_have_count(0 if before else 1)
    payments.click()
    expect(payments).to_be_checked(checked=before)

    # All four files, the deals last.
    for name in samples.NAMES:
        outcome = walk.bring_in(layla, files / name)
        expect(outcome.get_by_text(re.compile("created"))).to_be_visible()
    expect(outcome.get_by_text("8,800 created")).to_be_visible()

    # A colleague joins and has the board open.
    omar, omars = someone(), walk.address()
    walk.invite(layla, omars, "Rep")
    walk.join(omar, walk.link_in_letter(omar, omars, "/invitation"), "Omar Nasser")
    layla.goto("/crm/deals")
    omar.goto("/crm/deals")
    full, other = walk.two_open_stages(layla)
    title = walk.first_title(layla, full)
    expect(walk.lane(omar, full).get_by_role("link", name=title, exact=True).first).to_be_visible()

    # The drag, and its echo in the other tab; then it is taken back, and that is seen as well.
    walk.drag(layla, title, other)
    expect(walk.lane(layla, other).get_by_role("link", name=title, exact=True)).to_be_visible()
    expect(walk.lane(omar, other).get_by_role("link", name=title, exact=True)).to_be_visible()
    layla.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(walk.lane(omar, other).get_by_role("link", name=title, exact=True)).to_have_count(0)
    expect(walk.lane(omar, full).get_by_role("link", name=title, exact=True).first).to_be_visible()

    # The same file once more creates nothing.
    layla.goto("/import")
    layla.get_by_label("File", exact=True).set_input_files(files / "sales_pipeline.csv")
    layla.get_by_role("button", name="Continue").and_(layla.locator(":enabled")).click()
    expect(layla.get_by_text("Every row of this file is here already")).to_be_visible(timeout=walk.IMPORT_MS)
