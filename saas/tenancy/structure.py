"""What the catalogue of PostgreSQL must say for isolation to hold; each exception is named, with its reason.

``VIOLATIONS`` gives one row ``(object, problem)`` for each thing that is wrong, and none when all is well.
Any role may run it.
"""

from __future__ import annotations

from saas.tenancy.write_gate import ALWAYS_WRITTEN, TRIGGER

# Written by triggers alone: the app reads its own rows, and nobody's sessions write.
KEPT_BY_TRIGGERS = ("change", "search_word")
# Belong to no company, yet the app reaches a part: its own description, and the outbox it adds letters to.
PARTLY_SHARED = ("tenant", "mail_message")
# A tenant's row may point at these, which belong to no company.
SHARED_TARGETS = ("tenant", "account", "pod")
# Sign-in reads these before a company is bound.
READ_AT_SIGN_IN = ("team", "role", "membership", "enabled_module", "invitation")
# Run with the owner's rights when the app calls them: each binds or ignores the company by itself.
TRUSTED_FUNCTIONS = ("refresh_statistics", "defer_job", "forget_sample")

# As PostgreSQL prints the policy; the schema's name appears or not with the reader's search path.
BOUND = "(tenant_id = ( SELECT current_tenant() AS current_tenant))"


def _names(names: tuple[str, ...]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in names) + "]::name[]"


_REACHED = """
  has_table_privilege('wasl_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
  OR has_any_column_privilege('wasl_app', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')"""

VIOLATIONS = f"""
WITH reached AS (
  SELECT c.oid, c.relname AS name, c.relowner, c.relrowsecurity, c.relforcerowsecurity,
         c.relname = ANY ({_names(KEPT_BY_TRIGGERS)}) AS kept,
         coalesce(obj_description(c.oid, 'pg_class') LIKE 'unrecorded: _%', false) AS unrecorded
  FROM pg_class c
  WHERE c.relnamespace = 'wasl'::regnamespace AND c.relkind IN ('r', 'p') AND ({_REACHED})
), owned AS (
  SELECT * FROM reached WHERE name <> ALL ({_names(PARTLY_SHARED)})
), tenant_column AS (
  SELECT o.oid, a.attnum, a.attnotnull FROM owned o
  JOIN pg_attribute a ON a.attrelid = o.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
)
SELECT name::text AS object, 'has no tenant_id NOT NULL' AS problem FROM owned o
WHERE NOT EXISTS (SELECT FROM tenant_column t WHERE t.oid = o.oid AND t.attnotnull)

UNION ALL SELECT name, 'row level security is off' FROM reached WHERE NOT relrowsecurity
UNION ALL SELECT name, 'row level security is not forced on the owner' FROM owned
WHERE NOT relforcerowsecurity
UNION ALL SELECT name, 'is not owned by wasl_owner' FROM reached
WHERE relowner <> 'wasl_owner'::regrole

UNION ALL SELECT name, 'has no policy that binds it to the company' FROM owned o
WHERE NOT EXISTS (
  SELECT FROM pg_policy p
  WHERE p.polrelid = o.oid AND p.polpermissive AND 'wasl_app'::regrole = ANY (p.polroles)
    AND replace(pg_get_expr(p.polqual, o.oid), 'wasl.', '') = '{BOUND}'
    AND CASE WHEN o.kept THEN p.polcmd = 'r'
        ELSE p.polcmd = '*' AND replace(pg_get_expr(p.polwithcheck, o.oid), 'wasl.', '') = '{BOUND}' END)
UNION ALL SELECT o.name, 'has more than one policy for wasl_app: they add up' FROM owned o
JOIN pg_policy p ON p.polrelid = o.oid AND p.polpermissive
  AND p.polroles && ARRAY['wasl_app'::regrole, 0]::oid[]
GROUP BY o.name HAVING count(*) > 1
UNION ALL SELECT o.name, format('lets %s in by the policy %s', coalesce(r.rolname, 'everybody'), p.polname)
FROM owned o JOIN pg_policy p ON p.polrelid = o.oid AND p.polpermissive
CROSS JOIN LATERAL unnest(p.polroles) AS u (id) LEFT JOIN pg_roles r ON r.oid = u.id
WHERE coalesce(r.rolname, '') NOT IN ('wasl_app', 'wasl_owner')
  AND NOT (coalesce(r.rolname, '') = 'wasl_system' AND p.polcmd = 'r'
           AND o.name = ANY ({_names(READ_AT_SIGN_IN)}))
UNION ALL SELECT o.name, format('the policy %s lets the owner past the company', p.polname)
FROM owned o JOIN pg_policy p ON p.polrelid = o.oid AND 'wasl_owner'::regrole = ANY (p.polroles)
WHERE NOT o.kept AND replace(pg_get_expr(p.polqual, o.oid), 'wasl.', '') IS DISTINCT FROM '{BOUND}'

UNION ALL SELECT o.name, 'its primary key does not start with tenant_id' FROM owned o
WHERE NOT EXISTS (SELECT FROM pg_index i JOIN tenant_column t ON t.oid = i.indrelid
                  WHERE i.indrelid = o.oid AND i.indisprimary AND i.indkey[0] = t.attnum)
UNION ALL SELECT i.indexrelid::regclass::text, 'is unique across companies: it does not start with tenant_id'
FROM pg_index i JOIN tenant_column t ON t.oid = i.indrelid
WHERE i.indisunique AND i.indkey[0] <> t.attnum
UNION ALL SELECT i.indexrelid::regclass::text,
  'excludes across companies: its first column does not hold tenant_id'
FROM pg_index i JOIN tenant_column t ON t.oid = i.indrelid
WHERE i.indisexclusion AND i.indkey[0] <> t.attnum
  AND pg_get_indexdef(i.indexrelid, 1, true) NOT LIKE '%tenant_id%' AND NOT EXISTS (
  SELECT FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  WHERE d.adrelid = i.indrelid AND d.adnum = i.indkey[0] AND a.attgenerated <> ''
    AND pg_get_expr(d.adbin, d.adrelid) LIKE '%tenant_id%')

UNION ALL SELECT o.name || '.' || k.conname, 'points across companies: tenant_id is not part of the reference'
FROM owned o JOIN pg_constraint k ON k.conrelid = o.oid AND k.contype = 'f'
JOIN pg_class target ON target.oid = k.confrelid
WHERE target.relname <> ALL ({_names(SHARED_TARGETS)}) AND NOT EXISTS (
  SELECT FROM unnest(k.conkey, k.confkey) AS pair (here, there)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here AND a.attname = 'tenant_id'
  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there AND b.attname = 'tenant_id')
UNION ALL SELECT o.name, 'its tenant_id refers to no company' FROM owned o
WHERE NOT EXISTS (
  SELECT FROM pg_constraint k JOIN tenant_column t ON t.oid = k.conrelid
  WHERE k.conrelid = o.oid AND k.contype = 'f' AND k.confrelid = 'wasl.tenant'::regclass
    AND k.conkey = ARRAY[t.attnum])

UNION ALL SELECT o.name, 'has no working trigger ' || wanted.name
FROM owned o CROSS JOIN (VALUES ('guard_row', true), ('record_insert', false), ('record_update', false),
                                ('record_delete', false)) AS wanted (name, always)
WHERE NOT o.kept AND (wanted.always OR NOT o.unrecorded) AND NOT EXISTS (
  SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
  WHERE g.tgrelid = o.oid AND p.proname = wanted.name AND p.pronamespace = 'wasl'::regnamespace
    AND g.tgenabled IN ('O', 'A'))
UNION ALL SELECT o.name, 'may be written while the company is read-only' FROM owned o
WHERE NOT o.kept AND o.name <> ALL ({_names(tuple(ALWAYS_WRITTEN))}) AND NOT EXISTS (
  SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
  WHERE g.tgrelid = o.oid AND p.proname = '{TRIGGER}' AND p.pronamespace = 'wasl'::regnamespace
    AND g.tgenabled IN ('O', 'A') AND g.tgqual IS NULL
    -- Once a statement, before it, for insert, delete and update.
    AND g.tgtype & 31 = 2 | 4 | 8 | 16 AND g.tgattr = '')
UNION ALL SELECT o.name, 'is kept by triggers, yet wasl_app may write it' FROM owned o
WHERE o.kept AND has_table_privilege('wasl_app', o.oid, 'INSERT, UPDATE, DELETE')
UNION ALL SELECT name, 'may be truncated, referenced or given triggers by wasl_app' FROM reached o
WHERE has_table_privilege('wasl_app', o.oid, 'TRUNCATE, REFERENCES, TRIGGER')

UNION ALL SELECT c.oid::regclass::text, 'is a view that reads with its owner''s rights'
FROM pg_class c
WHERE c.relnamespace IN ('wasl'::regnamespace, 'public'::regnamespace)
  AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(
    c.reloptions && '{{security_invoker=true,security_invoker=on,security_invoker=1}}', false))
  AND has_table_privilege('wasl_app', c.oid, 'SELECT')
UNION ALL SELECT p.oid::regprocedure::text, 'runs with its owner''s rights without a search path of its own'
FROM pg_proc p
WHERE p.pronamespace IN ('wasl'::regnamespace, 'jobs'::regnamespace, 'public'::regnamespace) AND p.prosecdef
  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%')
UNION ALL SELECT p.oid::regprocedure::text, 'runs with its owner''s rights when wasl_app calls it'
FROM pg_proc p
WHERE p.pronamespace IN ('wasl'::regnamespace, 'public'::regnamespace) AND p.prosecdef
  AND p.proname <> ALL ({_names(TRUSTED_FUNCTIONS)}) AND has_function_privilege('wasl_app', p.oid, 'EXECUTE')

UNION ALL SELECT rolname, 'has a power that ends isolation' FROM pg_roles r
WHERE rolname IN ('wasl_app', 'wasl_system')
  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
       OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
       OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid))
UNION ALL SELECT n.nspname, 'lets wasl_app create objects' FROM pg_namespace n
WHERE has_schema_privilege('wasl_app', n.oid, 'CREATE')
UNION ALL SELECT current_database(), 'lets wasl_app make temporary tables'
WHERE has_database_privilege('wasl_app', current_database(), 'TEMP')
UNION ALL SELECT 'set_config', 'may be called by wasl_app'
WHERE has_function_privilege('wasl_app', 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')
UNION ALL SELECT 'plpgsql', 'lets wasl_app run DO blocks'
WHERE has_language_privilege('wasl_app', 'plpgsql', 'USAGE')
UNION ALL SELECT 'pg_settings', 'may be written by wasl_app'
WHERE has_table_privilege('wasl_app', 'pg_catalog.pg_settings', 'UPDATE')
UNION ALL SELECT 'jobs.' || c.relname, 'is the workers'' alone, yet wasl_app reaches it' FROM pg_class c
WHERE c.relnamespace = 'jobs'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND ({_REACHED})
ORDER BY 1, 2
"""

TABLES = f"""
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'wasl'::regnamespace AND c.relkind IN ('r', 'p') AND ({_REACHED})
  AND c.relname <> ALL ({_names(PARTLY_SHARED)})
ORDER BY 1
"""
