# ruff: noqa: E501 -- tables of names, one line each
"""Believable data to try CRM with: the same each time for the same seed, in the company's own money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from saas.directory.models import LegalEntity, Party, Person, Product
from saas.kernel import chance
from saas.kernel.money import exponent
from saas.modules.crm.models import (
    Activity,
    ActivityKind,
    Deal,
    DealLine,
    LostReason,
    Outcome,
    Stage,
)
from saas.modules.crm.service import pipelines, positions
from saas.tenancy.models import Membership, MemberState
from saas.tenancy.session import TenantSession

# What a thing of 100 US dollars costs about, so that amounts look right in the company's currency.
PRICE_LEVEL = {
    "KWD": 31, "BHD": 38, "OMR": 39, "JOD": 71, "SAR": 375, "AED": 367, "QAR": 364, "EGP": 4900, "IQD": 131000,
    "USD": 100, "EUR": 93, "GBP": 80, "TRY": 3400, "INR": 8400, "JPY": 15000, "MAD": 1000, "TND": 310,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    name_ar: str
    segment: str
    people: tuple[tuple[str, str, str], ...]


# name, name in Arabic, segment, people (name, name in Arabic, what they do)
COMPANIES = (
    Company("Noor Dental Centre", "مركز نور لطب الأسنان", "Health", (("Hala Mansour", "هالة منصور", "Practice manager"), ("Dr Faris Odeh", "د. فارس عودة", "Owner"))),
    Company("Lantern Books", "مكتبة الفانوس", "Retail", (("Samir Tawil", "سمير طويل", "Buyer"),)),
    Company("Pearl Coast Hotels", "فنادق ساحل اللؤلؤ", "Hotel", (("Rania Sayegh", "رانيا صايغ", "Purchasing"), ("Tarek Haddad", "طارق حداد", "F&B manager"))),
    Company("Sidra Clinics", "عيادات السدرة", "Health", (("Maha Al Otaibi", "مها العتيبي", "Operations"),)),
    Company("Oryx & Olive", "المها والزيتون", "Restaurant", (("Karim Nassar", "كريم نصار", "Chef"),)),
    Company("Basalt Gym", "نادي بازلت", "Sport", (("Yara Khoury", "يارا خوري", "Manager"),)),
    Company("Mishkat Schools", "مدارس مشكاة", "Education", (("Huda Rashid", "هدى رشيد", "Principal"), ("Omar Jaber", "عمر جابر", "Finance"))),
    Company("Harbour Lane Café", "مقهى ممشى الميناء", "Café", (("Lina Darwish", "لينا درويش", "Owner"),)),
    Company("Dune & Date Café", "مقهى كثيب وتمر", "Café", (("Adel Sabah", "عادل صباح", "Owner"),)),
    Company("Rasif Bakery", "مخبز الرصيف", "Bakery", (("Nadia Issa", "نادية عيسى", "Owner"),)),
    Company("Zephyr Coworking", "زفير لمساحات العمل", "Office", (("James Whitfield", "جيمس ويتفيلد", "Community lead"),)),
    Company("Palm Court Suites", "أجنحة باحة النخيل", "Hotel", (("Salma Aziz", "سلمى عزيز", "General manager"), ("Ivan Petrov", "إيفان بتروف", "Engineer"))),
    Company("Majlis Lounge", "صالة المجلس", "Restaurant", (("Badr Al Enezi", "بدر العنزي", "Owner"),)),
    Company("Lujain Hospitality", "لجين للضيافة", "Catering", (("Reem Fahad", "ريم فهد", "Events"), ("Ziad Omran", "زياد عمران", "Kitchen"))),
    Company("Tawila Restaurants", "مطاعم الطاولة", "Restaurant", (("Fadi Saleh", "فادي صالح", "Operations"),)),
    Company("Rimal Catering", "رمال للتموين", "Catering", (("Aisha Karim", "عائشة كريم", "Purchasing"),)),
    Company("Saffar Roasters", "محمصة صفّار", "Roaster", (("Hamad Saffar", "حمد صفّار", "Owner"),)),
    Company("Kite & Kettle", "طائرة وغلاية", "Café", (("Mona Hijazi", "منى حجازي", "Owner"),)),
    Company("Reef Marina Club", "نادي مارينا ريف", "Sport", (("Daniel Costa", "دانيال كوستا", "Bar manager"),)),
    Company("Hessa’s Kitchen", "مطبخ حصة", "Restaurant", (("Hessa Al Ali", "حصة العلي", "Owner"),)),
    Company("Atlas Print House", "مطبعة أطلس", "Office", (("Jad Mourad", "جاد مراد", "Office manager"),)),
    Company("Wadi Pharmacy", "صيدلية الوادي", "Health", (("Sara Bishara", "سارة بشارة", "Pharmacist"),)),
    Company("Blue Minaret Travel", "المنارة الزرقاء للسفر", "Office", (("Khaled Amin", "خالد أمين", "Director"),)),
    Company("Cedar Law Office", "مكتب الأرز للمحاماة", "Office", (("Rita Chalhoub", "ريتا شلهوب", "Partner"),)),
)  # fmt: skip

# name, name in Arabic, price in hundreds of dollars
PRODUCTS = (
    ("Espresso machine, 2 group", "آلة إسبريسو بمجموعتين", 62), ("Espresso machine, 3 group", "آلة إسبريسو بثلاث مجموعات", 94),
    ("Grinder, on demand", "مطحنة حسب الطلب", 18), ("Water filter, annual", "فلتر ماء سنوي", 4),
    ("Barista training, day", "تدريب باريستا ليوم", 6), ("Service plan, 1 year", "خطة صيانة لسنة", 21),
    ("House blend, 10 kg", "خلطة البيت 10 كغ", 3), ("Install and plumbing", "تركيب وسباكة", 9),
)  # fmt: skip

TITLES = (
    ("Opening package", "حزمة الافتتاح"), ("Two espresso machines", "آلتا إسبريسو"),
    ("Monthly bean supply", "توريد بن شهري"), ("Lobby bar refit", "تجديد بار البهو"),
    ("Staff lounge setup", "تجهيز استراحة الموظفين"), ("Grinder replacement", "استبدال المطاحن"),
    ("Service plan renewal", "تجديد خطة الصيانة"), ("Water filtration", "تنقية المياه"),
    ("Training for 8 baristas", "تدريب ثمانية باريستا"), ("Second branch", "الفرع الثاني"),
    ("Cold brew taps", "صنابير قهوة باردة"), ("Terrace bar, seasonal", "بار الشرفة الموسمي"),
    ("Waiting room machine", "آلة غرفة الانتظار"), ("Mobile bar kit", "عدة بار متنقل"),
    ("Breakfast line, 2 sites", "خط إفطار لموقعين"), ("Room capsules", "كبسولات الغرف"),
)  # fmt: skip

STEPS = {
    ActivityKind.CALL: (("Call about the offer", "مكالمة بشأن العرض"), ("Call to confirm dates", "مكالمة لتأكيد المواعيد")),
    ActivityKind.MEETING: (("Site visit", "زيارة الموقع"), ("Tasting", "جلسة تذوّق")),
    ActivityKind.EMAIL: (("Send the quote", "إرسال عرض السعر"), ("Send references", "إرسال المراجع")),
    ActivityKind.TASK: (("Prepare the contract", "إعداد العقد"), ("Check stock", "مراجعة المخزون")),
}  # fmt: skip

NOTES = (
    ("Wants the quote in two phases, with training billed in the second.", "يريد عرض السعر على مرحلتين، ويُحتسب التدريب في الثانية."),
    ("Compares us with one other offer; decides by the end of the month.", "يقارن عرضنا بعرض آخر، والقرار قبل نهاية الشهر."),
    ("Asked for a reference customer of the same size.", "طلب عميلًا مرجعيًا بالحجم نفسه."),
    ("The old machine leaks; they would like delivery within two weeks.", "الآلة القديمة تسرّب الماء، ويفضلون التسليم خلال أسبوعين."),
)  # fmt: skip

# What companies and people are, said once for both languages.
IN_ARABIC = {
    "Health": "صحة", "Retail": "تجزئة", "Hotel": "فندق", "Restaurant": "مطعم", "Sport": "رياضة", "Education": "تعليم",
    "Café": "مقهى", "Bakery": "مخبز", "Office": "مكاتب", "Catering": "تموين", "Roaster": "محمصة",
    "Practice manager": "مدير المركز", "Owner": "المالك", "Buyer": "مشتريات", "Purchasing": "مشتريات",
    "F&B manager": "مدير الأغذية والمشروبات", "Operations": "عمليات", "Chef": "طاهٍ", "Manager": "مدير", "Principal": "مدير المدرسة",
    "Finance": "مالية", "Community lead": "مسؤول المجتمع", "General manager": "مدير عام", "Engineer": "مهندس", "Events": "فعاليات",
    "Kitchen": "مطبخ", "Bar manager": "مدير البار", "Office manager": "مدير المكتب", "Pharmacist": "صيدلانية", "Director": "مدير",
    "Partner": "شريكة",
}  # fmt: skip

TAGS = (("Refit", "تجديد"), ("Contract", "عقد"), ("New site", "موقع جديد"), ("Urgent", "عاجل"))
# In hundreds of dollars.
MONTHLY_GOAL = 1500
SOURCES = (("Trade fair", "معرض تجاري"), ("Referral", "توصية"), ("Website", "الموقع"), ("Walk-in", "زيارة"))


async def sample(session: TenantSession) -> None:
    """24 customers with people and products, some 45 deals over the stages, what was said and what is next."""
    await _Sample(session).write()


class _Sample:
    """One run. Everything that varies comes from one seeded generator."""

    def __init__(self, session: TenantSession) -> None:
        self.session = session
        self.viewer = session.viewer
        self.today = self.viewer.today()
        self.zone = ZoneInfo(self.viewer.time_zone)
        self.arabic = self.viewer.language == "ar"
        self.random = chance.generator("crm")
        self.level = Decimal(PRICE_LEVEL.get(self.viewer.currency, 100))

    async def write(self) -> None:
        pipeline = await pipelines.provision(self.session)
        stages = await pipelines.stages(self.session, pipeline.id)
        self.owners = await self._members()
        self.products = await self._products()
        parties = await self._customers()
        deals = await self._deals(parties, stages)
        await self._activities(deals, stages)
        if pipeline.goal_minor is None:
            await pipelines.set_goal(self.session, pipeline, self._minor(MONTHLY_GOAL))

    async def _members(self) -> list[int]:
        query = select(col(Membership.id)).where(
            col(Membership.archived_at).is_(None), col(Membership.state) == MemberState.ACTIVE
        )
        found = list(await self.session.all(query.order_by(col(Membership.id)).limit(6)))
        return found or [self.viewer.member_id]

    async def _products(self) -> list[Product]:
        """The sample's products; one whose code the company already has is taken as it is."""
        skus = [f"{10 + n}-{100 + 37 * n}" for n in range(len(PRODUCTS))]
        here = {p.sku: p for p in await self.session.all(select(Product).where(col(Product.sku).in_(skus)))}
        products = [
            here.get(sku)
            or Product(
                name=name,
                name_ar=name_ar,
                sku=sku,
                price_minor=self._minor(hundreds),
                currency=self.viewer.currency,
            )
            for sku, (name, name_ar, hundreds) in zip(skus, PRODUCTS, strict=True)
        ]
        self.session.add_all(products)
        await self.session.flush()
        return products

    async def _customers(self) -> list[tuple[Party, list[Person]]]:
        made: list[tuple[Party, list[Person]]] = []
        for n, company in enumerate(COMPANIES):
            party = Party(
                name=company.name,
                name_ar=company.name_ar,
                is_customer=True,
                owner_id=self.owners[n % len(self.owners)],
                segment=self._word(company.segment),
                country=self.viewer.country,
                phone=self._phone(n),
                email=f"office@{_domain(company.name)}.example",
                payment_terms_days=self.random.choice((0, 14, 30, 30, 60)),
            )
            self.session.add(party)
            made.append((party, []))
        await self.session.flush()
        for n, (company, (party, people)) in enumerate(zip(COMPANIES, made, strict=True)):
            for name, name_ar, title in company.people:
                first = name.replace("Dr ", "").split()[0].lower()
                people.append(
                    Person(
                        party_id=party.id,
                        name=name,
                        name_ar=name_ar,
                        title=self._word(title),
                        phone=self._phone(40 + n),
                        email=f"{first}@{_domain(company.name)}.example",
                    )
                )
            self.session.add_all(people)
            if n % 5 == 0:
                self.session.add(LegalEntity(party_id=party.id, legal_name=f"{company.name} Co. W.L.L."))
        await self.session.flush()
        return made

    async def _deals(self, parties: list[tuple[Party, list[Person]]], stages: list[Stage]) -> list[Deal]:
        in_stage = {"open": (14, 9, 8, 3), "won": 9, "lost": 4}
        plan: list[Stage] = []
        for stage, n in zip((s for s in stages if s.is_open), in_stage["open"], strict=False):
            plan += [stage] * n
        for stage in stages:
            if not stage.is_open:
                plan += [stage] * in_stage[stage.kind.value]
        deals: list[Deal] = []
        for n, stage in enumerate(plan):
            party, people = parties[(n * 7) % len(parties)]
            title, title_ar = TITLES[(n * 5) % len(TITLES)]
            source, source_ar = SOURCES[n % len(SOURCES)]
            # One deal in nine has been forgotten.
            entered = self._ago(self.random.randint(15, 22) if n % 9 == 4 else self.random.randint(0, 6))
            deal = Deal(
                title=title_ar if self.arabic else title,
                party_id=party.id,
                person_id=people[0].id if people else None,
                owner_id=self.owners[n % len(self.owners)],
                pipeline_id=stage.pipeline_id,
                stage_id=stage.id,
                position=n * positions.GAP,
                amount_minor=None if n == 3 else self._minor(self.random.randint(6, 240)),
                currency=self.viewer.currency,
                expected_close_on=self.today + timedelta(days=self.random.randint(-3, 45)),
                stage_entered_at=entered,
                last_active_at=entered,
                outcome=Outcome(stage.kind.value),
                source=source_ar if self.arabic else source,
                tags=[TAGS[n // 4 % len(TAGS)][self.arabic]] if n % 4 == 1 else [],
            )
            if not stage.is_open:
                deal.closed_on = self.today - timedelta(days=self.random.randint(0, self.today.day + 20))
                deal.expected_close_on = deal.closed_on
            if deal.outcome is Outcome.LOST:
                deal.lost_reason = self.random.choice(
                    (LostReason.PRICE, LostReason.COMPETITOR, LostReason.TIMING)
                )
            deals.append(deal)
        self.session.add_all(deals)
        await self.session.flush()
        for deal in deals[::3]:
            self._lines(deal)
        await self.session.flush()
        return deals

    def _lines(self, deal: Deal) -> None:
        total = 0
        for position, product in enumerate(self.random.sample(self.products, self.random.randint(1, 4))):
            quantity = self.random.randint(1, 6)
            price = product.price_minor or 0
            total += quantity * price
            self.session.add(
                DealLine(
                    deal_id=deal.id,
                    product_id=product.id,
                    position=position,
                    quantity=Decimal(quantity),
                    unit_price_minor=price,
                )
            )
        deal.amount_minor = total

    async def _activities(self, deals: list[Deal], stages: list[Stage]) -> None:
        open_ids = {stage.id for stage in stages if stage.is_open}
        for n, deal in enumerate(deals):
            note, note_ar = NOTES[n % len(NOTES)]
            said, said_ar = NOTES[(n + 1) % len(NOTES)]
            if n % 2 == 0:
                self._add(
                    deal,
                    kind=ActivityKind.NOTE,
                    body=note_ar if self.arabic else note,
                    done_at=deal.last_active_at,
                )
            if n % 3 == 0:
                self._add(
                    deal,
                    kind=ActivityKind.CALL,
                    body=said_ar if self.arabic else said,
                    done_at=deal.last_active_at - timedelta(days=2),
                    duration_min=self.random.randint(3, 25),
                )
            if deal.stage_id in open_ids and n % 6 != 1:
                kind = self.random.choice(list(STEPS))
                step, step_ar = self.random.choice(STEPS[kind])
                due = self.today + timedelta(days=self.random.choice((-3, -1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 8)))
                hour = self.random.choice((None, 10, 11, 14, 16))
                self._add(
                    deal,
                    kind=kind,
                    subject=step_ar if self.arabic else step,
                    due_at=datetime.combine(due, time(hour or 0), self.zone),
                    all_day=hour is None,
                )
        await self.session.flush()

    def _add(self, deal: Deal, **values: Any) -> None:
        self.session.add(
            Activity(
                deal_id=deal.id,
                party_id=deal.party_id,
                person_id=deal.person_id,
                owner_id=deal.owner_id,
                **values,
            )
        )

    def _minor(self, hundreds: int) -> int:
        """Some hundreds of dollars in the company's currency, rounded as people price."""
        amount = (self.level * hundreds / 5).quantize(Decimal(1)) * 5
        return int(amount.scaleb(exponent(self.viewer.currency)))

    def _ago(self, days: int) -> datetime:
        return datetime.combine(
            self.today - timedelta(days=days), time(self.random.randint(8, 16)), self.zone
        )

    def _word(self, english: str) -> str:
        return IN_ARABIC[english] if self.arabic else english

    def _phone(self, n: int) -> str:
        code = {
            "KW": "+965",
            "SA": "+966",
            "AE": "+971",
            "QA": "+974",
            "BH": "+973",
            "OM": "+968",
            "EG": "+20",
        }
        return f"{code.get(self.viewer.country, '+1')} 5550 {1000 + 37 * n % 9000:04d}"


def _domain(name: str) -> str:
    folded = name.lower().replace("é", "e")
    return "".join(c for c in folded if c.isascii() and c.isalnum())
