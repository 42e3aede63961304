// The third step: what will happen, what looks wrong, what is missing; decided before anything is written.
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Warnings } from "./import_file.jsx";
import { Badge, Button, Segment } from "./parts.jsx";
import { useText } from "./text.jsx";

const FATE_TONE = { create: "ok", update: "info", skip: "", refuse: "bad" };

export function CheckStep({ run, busy, wished, onFix, onMissing, onDuplicates, onOrder, onGoBack, onStart }) {
  const t = useText(), f = useFormat();
  const report = run.report ?? {}, counts = report.counts ?? {};
  const will = (counts.create ?? 0) + (counts.update ?? 0);
  return (
    <>
      <Warnings run={run} />
      <section className="panel" aria-labelledby="import-check">
        <header><h2 id="import-check">{t("imports.check.title")}</h2>{busy ? <span className="spin end" role="status" aria-label={t("imports.run.checking")} /> : null}</header>
        <dl className="tiles four">
          {["create", "update", "skip", "refuse"].map((fate) => (
            <div key={fate}><dt className="sm muted">{t(`imports.check.${fate}`)}</dt><dd className={`kpi num ${fate === "refuse" && counts.refuse ? "bad" : ""}`}>{f.number(counts[fate] ?? 0)}</dd></div>
          ))}
        </dl>
        {report.before || report.repeats || run.note || !will ? (
          <div className="in col">
            {run.note && counts.create ? <p className="note info"><Icon name="mail" size="s" /><span>{t(run.note)}</span></p> : null}
            {report.before ? <p className="note info"><Icon name="history" size="s" /><span>{t("imports.check.before", { at: { at: report.before } })}</span></p> : null}
            {report.repeats ? <p className="note"><Icon name="info" size="s" /><span>{t("imports.check.repeats", { n: report.repeats })}</span></p> : null}
            {will ? null : <p className="note"><Icon name={counts.refuse ? "info" : "circle-check"} size="s" /><span>{t(counts.refuse ? "imports.check.nothing_fits" : "imports.check.nothing")}</span></p>}
          </div>
        ) : null}
        <footer>
          <Button kind="ghost" label={t("imports.run.back")} disabled={!!busy} onClick={onGoBack} />
          <span className="end" />
          <Button kind="pri" label={t("imports.run.go")} busy={busy === "start"} busyLabel={t("imports.run.queued")} disabled={!!busy} onClick={onStart} />
        </footer>
      </section>
      <Findings run={run} wished={wished} onFix={onFix} />
      <Dates run={run} wished={wished} onOrder={onOrder} />
      <MissingNames run={run} wished={wished} onMissing={onMissing} />
      {counts.skip || counts.update ? (
        <section className="panel" aria-labelledby="import-here">
          <header><h2 id="import-here">{t("imports.duplicates.title")}</h2><span className="end" /><Segment name={t("imports.duplicates.title")} value={wished("duplicates", run.duplicates)} options={["skip", "update", "merge"].map((value) => ({ value, label: t(`imports.duplicates.${value}`) }))} onChange={onDuplicates} /></header>
          <div className="in muted">{t(`imports.duplicates.${wished("duplicates", run.duplicates)}_help`)}</div>
        </section>
      ) : null}
      <Refused rows={report.refused} total={counts.refuse} run={run} />
      <Preview run={run} />
    </>
  );
}

function Findings({ run, wished, onFix }) {
  const t = useText();
  const findings = run.report?.findings ?? [];
  return (
    <section className="panel" aria-labelledby="import-findings">
      <header><h2 id="import-findings">{t("imports.findings.title")}</h2></header>
      <ul className="in asks">
        {findings.length ? findings.map((one) => (
          <li key={one.key}>
            <span className="grow"><bdi className="was">{one.value}</bdi><Icon name="arrow-right" size="s" /><bdi className="b5">{one.suggestion}</bdi><span className="muted sm"><bdi>{run.columns[one.column]?.header}</bdi> · {t("imports.findings.rows", { n: one.rows })} · {t(`imports.findings.${one.why}`)}</span></span>
            <label className="row g3"><input type="checkbox" className="chk" checked={wished(`fix${one.key}`, one.accepted)} aria-label={t("imports.findings.use_for", { suggestion: one.suggestion, value: one.value })} onChange={(e) => onFix(one.key, e.target.checked)} /><span aria-hidden="true">{t("imports.findings.use", { suggestion: one.suggestion })}</span></label>
          </li>
        )) : <li className="muted">{t("imports.findings.none")}</li>}
      </ul>
    </section>
  );
}

function Dates({ run, wished, onOrder }) {
  const t = useText();
  const asked = run.report?.dates ?? [];
  if (!asked.length) return null;
  return (
    <section className="panel" aria-labelledby="import-dates">
      <header><h2 id="import-dates">{t("imports.dates.title")}</h2></header>
      <ul className="in asks">
        {asked.map((one) => (
          <li key={one.field}><span className="grow">{t("imports.dates.ask", { example: one.example, column: run.columns[one.column]?.header })}</span>
            <Segment name={t("imports.dates.title")} value={wished(`order${one.field}`, one.order)} options={["dmy", "mdy"].map((value) => ({ value, label: t(`imports.dates.${value}`) }))} onChange={(order) => onOrder(one.field, order)} /></li>
        ))}
      </ul>
    </section>
  );
}

function MissingNames({ run, wished, onMissing }) {
  const t = useText();
  const missing = run.report?.missing ?? [];
  if (!missing.length) return null;
  return (
    <section className="panel" aria-labelledby="import-missing">
      <header><h2 id="import-missing">{t("imports.missing.title")}</h2></header>
      <ul className="in asks">
        {missing.map((one) => (
          <li key={one.reference}>
            <span className="grow">
              <b>{t(one.text, { n: one.count })}</b> <span className="muted">{t("imports.missing.rows", { n: one.rows })}</span>
              <span className="names sm muted">{one.names.slice(0, 6).map((name) => <bdi key={name} className="bdg">{name}</bdi>)}{one.count > 6 ? t("imports.missing.more", { n: one.count - 6 }) : null}</span>
              {one.reference === "member" && wished("missingmember", one.choice) === "create" ? <span className="sm muted">{t("imports.missing.members_note.text")}</span> : null}
            </span>
            {one.can_create ? <Segment name={t(one.text, { n: one.count })} value={wished(`missing${one.reference}`, one.choice)} options={["create", "empty"].map((value) => ({ value, label: t(`imports.missing.${value}`) }))} onChange={(choice) => onMissing(one.reference, choice)} /> : <Badge>{t("imports.missing.empty")}</Badge>}
          </li>
        ))}
      </ul>
    </section>
  );
}

const said = (t, reason) => t(reason.key, Object.fromEntries(Object.entries(reason.params ?? {}).map(([name, value]) => [name, name === "field" ? { key: value } : value])));

export function Refused({ rows, total, run, children }) {
  const t = useText();
  if (!rows?.length) return null;
  return (
    <section className="panel" aria-labelledby="import-refused">
      <header><h2 id="import-refused">{t("imports.refused.title")}</h2>{children}</header>
      <div className="in scrollx" role="group" tabIndex={0} aria-labelledby="import-refused">
        <table className="plain">
          <thead><tr><th scope="col">{t("imports.check.row")}</th><th scope="col">{t("imports.columns.column")}</th><th scope="col">{t("imports.refused.reason")}</th></tr></thead>
          <tbody>{rows.map((one) => <tr key={one.row}><td className="num">{one.row}</td><td><bdi>{run.columns[one.column]?.header ?? "–"}</bdi></td><td className="wraps">{said(t, one)}</td></tr>)}</tbody>
        </table>
        {total > rows.length ? <p className="muted sm pad">{t("imports.refused.more", { n: total - rows.length })}</p> : null}
      </div>
      <footer>{t("imports.refused.note")}</footer>
    </section>
  );
}

function Preview({ run }) {
  const t = useText();
  const rows = run.report?.preview ?? [];
  if (!rows.length) return null;
  const fixes = Object.fromEntries((run.report.findings ?? []).filter((one) => one.accepted).map((one) => [one.key, one.suggestion]));
  const used = run.columns.map((column, i) => ({ ...column, i })).filter((column) => column.field);
  return (
    <section className="panel" aria-labelledby="import-preview">
      <header><h2 id="import-preview">{t("imports.check.preview")}</h2></header>
      <div className="in scrollx" role="group" tabIndex={0} aria-labelledby="import-preview">
        <table className="plain">
          <thead><tr><th scope="col">{t("imports.check.row")}</th>{used.map((column) => <th key={column.i} scope="col"><bdi>{column.header}</bdi></th>)}<th scope="col">{t("imports.check.fate")}</th></tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.row}>
                <td className="num muted">{row.row}</td>
                {used.map(({ i }) => { const fix = fixes[`${i}:${row.cells[i]}`]; return <td key={i}>{fix ? <ins><bdi>{fix}</bdi></ins> : <bdi>{row.cells[i] || "–"}</bdi>}</td>; })}
                <td><Badge tone={FATE_TONE[row.fate]}>{t(`imports.fate.${row.fate}`)}</Badge></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
