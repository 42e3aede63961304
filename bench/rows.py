"""The seed's rows as SQL: one statement a table, all companies at once."""

from __future__ import annotations

# One hash a row and purpose: believable spread, the same on every machine.
_R = "(hashint8(({0})::bigint * 7919 + t::bigint * 104729 + {1}) & 2147483647)"
_FIRST = (
    "ARRAY['Sara','Omar','Lina','Yousef','Maha','Ali','Noor','Hassan','Dana','Khaled','Mona','Tariq','Huda','Sami',"
    "'Anna','David','Maria','James','Elena','Peter','Julia','Mark','Nadia','Ravi','Priya','Chen','Mei','Ivan']"
)
_LAST = (
    "ARRAY['Al-Sabah','Haddad','Khalil','Nasser','Farouk','Mansour','Aziz','Saleh','Hamdan','Qasim','Ibrahim',"
    "'Smith','Jones','Garcia','Muller','Rossi','Novak','Kim','Singh','Tanaka','Silva','Dubois','Larsen','Popov']"
)
_TRADE = (
    "ARRAY['Trading','Medical','Foods','Steel','Textiles','Logistics','Systems','Pharma','Construction','Energy',"
    "'Motors','Media','Travel','Furniture','Plastics','Electronics']"
)
_PLACE = (
    "ARRAY['Gulf','Nile','Atlas','Cedar','Pearl','Desert','Coral','Falcon','Oasis','Summit','Harbor','Delta','Nova',"
    "'Orient','Zenith','Crescent','Horizon','Palm','Amber','Granite']"
)


def _pick(words: str, salt: int, of: str = "g") -> str:
    return f"({words})[1 + {_R.format(of, salt)} % array_length({words}, 1)]"


ROWS = (
    # Members: the founder is number 1 already; the others sign in as well.
    """
    INSERT INTO wasl.account (email, email_key, name, email_confirmed_at)
    SELECT e, e, 'Member ' || t || '-' || m, now() FROM (
      SELECT t, m, 'member' || t || '-' || m || '@bench.test' AS e FROM size, generate_series(2, members) m
    ) x ORDER BY t, m""",
    """
    INSERT INTO wasl.membership (tenant_id, account_id, display_name, email, role_id)
    SELECT s.t, a.id, a.name, a.email, r.id
    FROM size s CROSS JOIN LATERAL generate_series(2, s.members) m
    JOIN wasl.account a ON a.email_key = 'member' || s.t || '-' || m || '@bench.test'
    JOIN wasl.role r ON r.tenant_id = s.t AND r.key = CASE WHEN m % 5 = 0 THEN 'admin' ELSE 'rep' END
    ORDER BY s.t, m""",
    """
    CREATE TEMP TABLE member ON COMMIT DROP AS
    SELECT tenant_id AS t, id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS nth, account_id
    FROM wasl.membership""",
    "CREATE UNIQUE INDEX ON member (t, nth)",
    """
    INSERT INTO wasl.login_session (token_hash, account_id, tenant_id, csrf, expires_at)
    SELECT sha256(('bench-session-' || t || '-' || nth || '-xxxxxxxxxxxxxxxx')::bytea), account_id, t,
           md5('csrf' || t || '-' || nth), now() + interval '10 years'
    FROM member""",
    "DELETE FROM wasl.stage",
    "DELETE FROM wasl.pipeline",
    "INSERT INTO wasl.pipeline (tenant_id, id, name, name_ar) SELECT t, 1, 'Sales', 'المبيعات' FROM size",
    """
    INSERT INTO wasl.stage (tenant_id, id, pipeline_id, name, name_ar, kind, position, probability, idle_days)
    SELECT t, v.id, 1, v.name, v.name_ar, v.kind, v.id - 1, v.probability, v.idle
    FROM size, (VALUES (1, 'New', 'جديد', 'open', 10, 14), (2, 'Qualified', 'مؤهلة', 'open', 30, 14),
      (3, 'Proposal', 'عرض', 'open', 50, 14), (4, 'Negotiation', 'تفاوض', 'open', 75, 7),
      (5, 'Won', 'فوز', 'won', 100, NULL), (6, 'Lost', 'خسارة', 'lost', 0, NULL)
    ) v(id, name, name_ar, kind, probability, idle)""",
    f"""
    INSERT INTO wasl.party (tenant_id, id, name, owner_id, segment, country, city, phone, email, created_at)
    SELECT t, g, {_pick(_PLACE, 1)} || ' ' || {_pick(_TRADE, 2)} || ' ' || g,
           m.id, ({_pick("ARRAY['retail','software','medical','services']", 3)}), 'KW', 'Kuwait City',
           '+965' || (20000000 + {_R.format("g", 4)} % 70000000),
           'office' || g || '@customer' || t || '.test',
           now() - interval '1 minute' * ({_R.format("g", 5)} % 1000000)
    FROM size s CROSS JOIN LATERAL generate_series(1, customers) g
    JOIN LATERAL (SELECT id FROM member WHERE member.t = s.t
                  AND nth = 1 + {_R.format("g", 6)} % s.members) m ON true""",
    f"""
    INSERT INTO wasl.person (tenant_id, id, party_id, name, title, email, phone, created_at)
    SELECT t, g, 1 + {_R.format("g", 11)} % customers, {_pick(_FIRST, 12)} || ' ' || {_pick(_LAST, 13)},
           {_pick("ARRAY['Buyer','Director','Engineer','Owner','Accountant']", 14)},
           'person' || g || '@customer' || t || '.test', '+965' || (50000000 + g),
           now() - interval '1 minute' * ({_R.format("g", 15)} % 1000000)
    FROM size, generate_series(1, people) g""",
    # Most deals have been decided, over three years of selling: one in twenty is open.
    f"""
    INSERT INTO wasl.deal (tenant_id, id, title, party_id, person_id, owner_id, pipeline_id, stage_id,
      position, amount_minor, currency, expected_close_on, stage_entered_at, last_active_at, outcome,
      closed_on, lost_reason, created_at)
    SELECT t, g, {_pick(_PLACE, 21)} || ' ' || {_pick(_TRADE, 22)} || ' deal ' || g,
           1 + {_R.format("g", 23)} % customers, 1 + {_R.format("g", 24)} % people, m.id, 1, stage,
           g::bigint * 1048576,
           CASE WHEN g % 11 = 0 THEN NULL ELSE {_R.format("g", 26)} % 90000000 END, 'KWD',
           CURRENT_DATE + ({_R.format("g", 27)} % 90)::int, at, at,
           CASE stage WHEN 5 THEN 'won' WHEN 6 THEN 'lost' ELSE 'open' END,
           CASE WHEN stage > 4 THEN at::date END,
           CASE stage WHEN 6 THEN
             {_pick("ARRAY['price','competitor','timing','no_need','not_said']", 28)} END,
           now() - interval '1 minute' * ({_R.format("g", 29)} % 1000000)
    FROM size s CROSS JOIN LATERAL generate_series(1, deals) g
    JOIN LATERAL (SELECT CASE WHEN {_R.format("g", 30)} % 20 = 0 THEN 1 + {_R.format("g", 31)} % 4
                              WHEN {_R.format("g", 32)} % 3 = 0 THEN 6 ELSE 5 END AS stage,
                         {_R.format("g", 33)} AS since) d ON true
    JOIN LATERAL (SELECT now() - interval '1 minute'
                         * (since % CASE WHEN stage > 4 THEN 1578000 ELSE 90000 END) AS at) x ON true
    JOIN LATERAL (SELECT id FROM member WHERE member.t = s.t
                  AND nth = 1 + {_R.format("g", 34)} % s.members) m ON true""",
    f"""
    INSERT INTO wasl.activity (tenant_id, id, kind, direction, subject, due_at, done_at, owner_id, deal_id,
      party_id, created_at)
    SELECT t, g, {_pick("ARRAY['call','meeting','email','message','task']", 41)},
           CASE WHEN g % 2 = 0 THEN 'out' ELSE 'in' END, 'Follow up ' || g,
           now() + interval '1 minute' * ({_R.format("g", 42)} % 40000 - 20000),
           CASE WHEN g % 10 <> 0 THEN now() - interval '1 minute' * ({_R.format("g", 43)} % 900000) END,
           m.id, 1 + {_R.format("g", 44)} % deals, 1 + {_R.format("g", 45)} % customers,
           now() - interval '1 minute' * ({_R.format("g", 46)} % 1000000)
    FROM size s CROSS JOIN LATERAL generate_series(1, activities) g
    JOIN LATERAL (SELECT id FROM member WHERE member.t = s.t
                  AND nth = 1 + {_R.format("g", 47)} % s.members) m ON true""",
    f"""
    INSERT INTO wasl.product (tenant_id, id, name, sku, unit, price_minor, currency, created_at)
    SELECT t, g, {_pick(_PLACE, 51)} || ' ' ||
           {_pick("ARRAY['Pump','Valve','Chair','Desk','Lamp','Filter','Cable','Panel','Sensor']", 52)}
           || ' ' || g, 'SKU-' || lpad(g::text, 6, '0'), 'pcs', 1000 + {_R.format("g", 53)} % 900000, 'KWD',
           now() - interval '1 minute' * ({_R.format("g", 54)} % 1000000)
    FROM size, generate_series(1, products) g""",
    f"""
    INSERT INTO wasl.invoice (tenant_id, id, owner_id, party_id, state, number, currency, issued_on, due_on,
      net_minor, tax_minor, total_minor, created_at)
    SELECT t, g, m.id, 1 + {_R.format("g", 61)} % customers, 'issued', g, 'KWD', d, d + 30, net, 0, net, d
    FROM size s CROSS JOIN LATERAL generate_series(1, invoices) g
    JOIN LATERAL (SELECT CURRENT_DATE - ({_R.format("g", 62)} % 400)::int AS d,
                         2 * (1000 + {_R.format("g", 63)} % 900000)::bigint AS net) x ON true
    JOIN LATERAL (SELECT id FROM member WHERE member.t = s.t
                  AND nth = 1 + {_R.format("g", 64)} % s.members) m ON true""",
    f"""
    INSERT INTO wasl.invoice_line (tenant_id, id, invoice_id, product_id, position, description, quantity,
      unit_price_minor, net_minor)
    SELECT i.tenant_id, i.id * 2 + k, i.id, 1 + {_R.format("i.id", 65)} % s.products, k, 'Delivery ' || k + 1,
           1, i.net_minor / 2, i.net_minor / 2
    FROM wasl.invoice i JOIN size s ON s.t = i.tenant_id CROSS JOIN generate_series(0, 1) k""",
    "DELETE FROM wasl.invoice_series",
    "INSERT INTO wasl.invoice_series (tenant_id, series, next_number)"
    " SELECT t, 'INV', invoices + 1 FROM size",
    "DELETE FROM wasl.stock_location",
    "INSERT INTO wasl.stock_location (tenant_id, id, name, is_default)"
    " SELECT t, 1, 'Main store', true FROM size",
    f"""
    INSERT INTO wasl.stock_move (tenant_id, id, product_id, location_id, quantity, reason, moved_at)
    SELECT t, g * 3 + k, g, 1,
           CASE k WHEN 0 THEN 500 + {_R.format("g", 71)} % 500 ELSE -(1 + {_R.format("g", 72)} % 200) END,
           CASE k WHEN 0 THEN 'receive' ELSE 'ship' END,
           now() - interval '1 hour' * ({_R.format("g + k", 73)} % 9000)
    FROM size, generate_series(1, products) g, generate_series(0, 2) k""",
)

DERIVED = (
    """
    INSERT INTO wasl.deal_rollup (tenant_id, stage_id, currency, deals, amount_minor)
    SELECT tenant_id, stage_id, currency, count(*), coalesce(sum(amount_minor), 0)::bigint FROM wasl.deal
    WHERE archived_at IS NULL GROUP BY tenant_id, stage_id, currency""",
    """
    INSERT INTO wasl.stock_level (tenant_id, product_id, location_id, on_hand, reorder_at)
    SELECT tenant_id, product_id, location_id, sum(quantity)::bigint, 50 FROM wasl.stock_move
    GROUP BY tenant_id, product_id, location_id""",
)

CHECKS = {
    "the sums of stages": """
        SELECT count(*) FROM (
          SELECT tenant_id, stage_id, count(*) AS n, coalesce(sum(amount_minor), 0) AS total FROM wasl.deal
          WHERE archived_at IS NULL GROUP BY tenant_id, stage_id
        ) d FULL JOIN (
          SELECT tenant_id, stage_id, sum(deals) AS n, sum(amount_minor) AS total FROM wasl.deal_rollup
          GROUP BY tenant_id, stage_id
        ) r USING (tenant_id, stage_id) WHERE (d.n, d.total) IS DISTINCT FROM (r.n, r.total)""",
    "deals without a member, customer or person": """
        SELECT count(*) FROM wasl.deal d
        LEFT JOIN wasl.membership m ON (m.tenant_id, m.id) = (d.tenant_id, d.owner_id)
        LEFT JOIN wasl.party c ON (c.tenant_id, c.id) = (d.tenant_id, d.party_id)
        LEFT JOIN wasl.person p ON (p.tenant_id, p.id) = (d.tenant_id, d.person_id)
        WHERE m.id IS NULL OR c.id IS NULL OR p.id IS NULL""",
    "invoices whose totals are not their lines'": """
        SELECT count(*) FROM wasl.invoice i JOIN (
          SELECT tenant_id, invoice_id, sum(net_minor) AS net FROM wasl.invoice_line
          GROUP BY tenant_id, invoice_id
        ) l ON (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id) WHERE i.net_minor <> l.net""",
    "stock that is not its ledger's sum": """
        SELECT count(*) FROM wasl.stock_level l WHERE on_hand <> (
          SELECT sum(quantity) FROM wasl.stock_move m
          WHERE (m.tenant_id, m.product_id) = (l.tenant_id, l.product_id))
        """,
}
