"""The queue of background jobs: procrastinate's tables in a schema of their own."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    op.execute("SET LOCAL search_path = jobs, pg_catalog")
    # Straight to the driver: the script is many statements, with signs that would look like parameters.
    with connection.connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema())
    # It would notify within the business transaction, and commits that notify queue up behind each other.
    # Ours goes out after the commit, on a connection of its own.
    op.execute("DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON jobs.procrastinate_jobs")
    op.execute("SET LOCAL search_path = wasl")
    op.execute(AT_HOME)
    for statement in GRANTS:
        op.execute(statement)


# Its functions name their tables without the schema, and are called with any search path.
AT_HOME = """
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_catalog, pg_temp', f);
  END LOOP;
END $$
"""

# A company's session may add a job for this company, and see none: who is told of it is decided here.
GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO wasl_system",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO wasl_system, wasl_owner",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO wasl_system, wasl_owner",
    "GRANT USAGE ON SCHEMA jobs TO wasl_owner",
    """
CREATE FUNCTION wasl.defer_job(
  job_name text, job_queue text, job_ids jsonb, run_at timestamptz, once_key text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_catalog, pg_temp AS $$
DECLARE company integer := wasl.current_tenant();
BEGIN
  IF jsonb_exists(job_ids, 'tenant_id') THEN
    RAISE EXCEPTION 'a job belongs to the company that is bound' USING ERRCODE = '42501';
  END IF;
  RETURN (procrastinate_defer_jobs_v1(ARRAY[ROW(
    job_queue, job_name, 0, NULL, company || ':' || job_name || ':' || once_key,
    job_ids || jsonb_build_object('tenant_id', company), run_at
  )::procrastinate_job_to_defer_v1]))[1];
EXCEPTION WHEN unique_violation THEN
  RETURN NULL;
END $$""",
    "ALTER FUNCTION wasl.defer_job(text, text, jsonb, timestamptz, text) OWNER TO wasl_owner",
    "GRANT EXECUTE ON FUNCTION wasl.defer_job(text, text, jsonb, timestamptz, text) TO wasl_app",
)
