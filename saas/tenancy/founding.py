"""A company to be: guessed where the form is silent, named on the web, founded in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from saas.kernel import clock
from saas.kernel.catalog import modules
from saas.kernel.errors import Invalid
from saas.tenancy import module_switches, places
from saas.tenancy.addresses import RESERVED_SLUGS, check_slug, clean_name, slug_ideas, slug_of
from saas.tenancy.companies import found_company
from saas.tenancy.session import Database, SystemSession
from saas.tenancy.tokens import digest

_FREE_SLUG_TRIES = 5


class SlugTaken(Invalid):
    """``params``: the ``slug`` asked for, and two free ones, ``first`` and ``second``."""

    key = "accounts.errors.slug_taken"


@dataclass(frozen=True, slots=True)
class Founding:
    """A company to be, everything checked. ``chosen_slug``: the person typed the web name."""

    name: str
    slug: str
    chosen_slug: bool
    country: str
    currency: str
    time_zone: str
    language: str
    trial_ends_on: date

    @classmethod
    def guessed(
        cls,
        name: str,
        slug: str,
        country: str,
        currency: str,
        time_zone: str,
        language: str,
        trial_days: int,
    ) -> Founding:
        """What is empty follows: country from the time zone, the rest from the country."""
        place = places.check_country(country) if country else places.country_at(time_zone)
        zone = places.check_time_zone(time_zone) if time_zone else places.zone_of(place)
        return cls(
            name=clean_name(name, "company"),
            slug=check_slug(slug) if slug else slug_of(name),
            chosen_slug=bool(slug),
            country=place,
            currency=places.check_currency(currency) if currency else places.countries()[place],
            time_zone=zone,
            language=places.check_language(language) if language else places.language_of(place),
            trial_ends_on=clock.today(zone) + timedelta(days=trial_days),
        )


async def found(session: SystemSession, account_id: int, founding: Founding) -> int:
    """The company with its roles, its owner and its first modules; gives its id.

    Raises ``SlugTaken`` when the person chose the web name; a suggested one moves on to the next free.
    """
    for _ in range(_FREE_SLUG_TRIES):
        founding = await _with_free_slug(session, founding)
        try:
            async with session.begin_nested():
                return await _found(session, account_id, founding)
        except IntegrityError as error:
            # Somebody took the name in this moment; anything else is a defect and goes up.
            if "slug" not in str(error.orig):
                raise
    raise SlugTaken("slug", slug=founding.slug, first=f"{founding.slug}-2", second=f"{founding.slug}-3")


async def provision(database: Database, tenant_id: int) -> None:
    """What each module that is on starts with, such as a pipeline; safe to repeat.

    A transaction of its own, for the company must be there before its rows. Should it never come to that, the
    modules' switches still say so, and the first page that somebody opens there makes it good.
    """
    async with database.tenant_session(tenant_id, action="company.found") as session:
        await module_switches.provision(session)


async def refuse_taken(session: SystemSession, slug: str, country: str) -> None:
    """Raises ``SlugTaken`` with free names when a company has this one."""
    free = await _free(session, [slug, *slug_ideas(slug, country)])
    if slug not in free:
        first, second = [*free, f"{slug}-{digest(slug).hex()[:4]}", f"{slug}-co"][:2]
        raise SlugTaken("slug", slug=slug, first=first, second=second)


async def _found(session: SystemSession, account_id: int, founding: Founding) -> int:
    founded = await found_company(
        session,
        account_id=account_id,
        name=founding.name,
        slug=founding.slug,
        country=founding.country,
        currency=founding.currency,
        time_zone=founding.time_zone,
        language=founding.language,
        trial_ends_on=founding.trial_ends_on,
        modules=[module.key for module in modules().values() if module.on_by_default],
    )
    return founded.tenant_id


async def _with_free_slug(session: SystemSession, founding: Founding) -> Founding:
    if founding.chosen_slug:
        await refuse_taken(session, founding.slug, founding.country)
        return founding
    wished = founding.slug if founding.slug not in RESERVED_SLUGS else f"{founding.slug}-company"
    free = await _free(session, [wished, *slug_ideas(wished, founding.country)])
    return replace(founding, slug=free[0] if free else f"{wished[:30]}-{digest(str(clock.now())).hex()[:8]}")


async def _free(session: SystemSession, slugs: list[str]) -> list[str]:
    """Those that no company has, in the order given."""
    taken = set(
        await session.all(
            sa.text("SELECT slug FROM wasl.tenant WHERE slug = ANY(cast(:slugs AS text[]))"), slugs=slugs
        )
    )
    return [slug for slug in slugs if slug not in taken]
