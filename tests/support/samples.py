"""The sample files that lie beside the project; where they do not, files of the same shape and size."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "crm-sales"
NAMES = ("sales_teams.csv", "accounts.csv", "products.csv", "sales_pipeline.csv")
DEALS = 8_800
_STAGES = ("Won", "Won", "Won", "Lost", "Lost", "Engaging", "Prospecting")


def folder(own: Path) -> Path:
    """Where the four files are: beside the project, else made under ``own``."""
    if all((BESIDE / name).is_file() for name in NAMES):
        return BESIDE
    _make(own)
    return own


def _make(own: Path) -> None:
    dice = random.Random(8_800)
    own.mkdir(parents=True, exist_ok=True)
    agents = [f"Agent Number{n}" for n in range(30)]
    products = [("GTX Basic", "GTX", 550), ("GTX Pro", "GTX", 4821), ("MG Special", "MG", 55)]
    accounts = [f"Account {n}" for n in range(85)]
    _write(
        own / "sales_teams.csv",
        ("sales_agent", "manager", "regional_office"),
        ((agent, f"Manager {n % 5}", ("Central", "East", "West")[n % 3]) for n, agent in enumerate(agents)),
    )
    _write(
        own / "accounts.csv",
        ("account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"),
        (
            (name, "technolgy", 1980 + n % 40, n * 13.5, n * 11, "Philipines", "")
            for n, name in enumerate(accounts)
        ),
    )
    _write(own / "products.csv", ("product", "series", "sales_price"), products)

    def deals() -> Iterable[tuple[object, ...]]:
        for n in range(DEALS):
            stage = dice.choice(_STAGES)
            engaged = date(2016, 10, 20) + timedelta(days=dice.randrange(400))
            closed = engaged + timedelta(days=dice.randrange(1, 90)) if stage in ("Won", "Lost") else ""
            product = "GTXPro" if n % 6 == 0 else dice.choice(products)[0]
            account = "" if n % 6 == 1 else dice.choice(accounts)
            value = {"Won": dice.randrange(50, 9000), "Lost": 0}.get(stage, "")
            opened = "" if stage == "Prospecting" else engaged
            yield f"D{n:06}", dice.choice(agents), product, account, stage, opened, closed, value

    header = ("opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date")
    _write(own / "sales_pipeline.csv", (*header, "close_date", "close_value"), deals())


def _write(path: Path, header: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
