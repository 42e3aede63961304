// Importing in four steps: the file, its columns, what will happen, and the import with its outcome.
import { Fragment, useEffect, useRef, useState } from "react";
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { useLive } from "./live.jsx";
import { Badge, Button, Segment } from "./parts.jsx";
import { Empty, Skeleton } from "./states.jsx";
import { useText } from "./text.jsx";
import { send } from "./upload.jsx";
import { isOn, may, useViewer } from "./viewer.jsx";

const STEPS = ["file", "columns", "check", "import"];
const STEP_OF = { mapping: 1, checked: 2, queued: 3, running: 3, done: 3, failed: 3, cancelled: 3, undone: 3 };
const TONE = { done: "ok", failed: "bad", undone: "", cancelled: "", running: "acc", queued: "acc", mapping: "info", checked: "info" };
const FATE_TONE = { create: "ok", update: "info", skip: "", refuse: "bad" };
const ASK_EACH_MS = 3000;
const address = (id) => (id ? `/import?run=${id}` : "/import");
const isUnderWay = (run) => run.state === "queued" || run.state === "running";

export function ImportDesk({ run, earlier, limitMb, loaded, onOpen, onClose, onKind, onSheet, onMap, onCheck, onFix, onMissing, onDuplicates, onOrder, onGoBack, onStart, onCancel, onUndo, onForget }) {
  const t = useText(), viewer = useViewer();
  const [news, setNews] = useState({});              // id -> the newest row from the live stream
  const [busy, setBusy] = useState("");              // the step that waits for the server
  const shown = run?.id ? fresher(run, news[run.id]) : null;
  const [wishes, setWishes] = useState({});          // what was just chosen, shown until the server has answered
  const settled = () => { setBusy(""); setWishes({}); };
  useEffect(settled, [run]);
  useLive("import.run", (patch) => {
    for (const row of patch.rows ?? []) {
      setNews((old) => ({ ...old, [row.id]: row }));
      // The row tells how far it is; the page of a finished import needs more than the row.
      if (row.id === run?.id && row.state !== run.state) onOpen(row.id);
    }
  }, () => { if (run?.id) onOpen(run.id); });
  useLive("ack", (ack) => { if (ack.ok === false) settled(); });

  // The stream tells how far it is; should a message get lost, the page asks.
  const waiting = shown && isUnderWay(shown) ? shown.id : null;
  useEffect(() => {
    if (!waiting) return undefined;
    const asking = setInterval(() => onOpen(waiting), ASK_EACH_MS);
    return () => clearInterval(asking);
  }, [waiting]);

  const go = (id) => { history.replaceState(history.state, "", address(id)); if (id) onOpen(id); else onClose(); };
  const act = (name, call) => (...rest) => { setBusy(name); call(shown.id, ...rest); };
  // A choice shows in the same frame; `key` names it among the wishes, the last argument is its value.
  const pick = (key, call) => (...rest) => { setWishes((old) => ({ ...old, [key + rest.slice(0, -1).join()]: rest.at(-1) })); act("choice", call)(...rest); };
  const wished = (key, now) => (key in wishes ? wishes[key] : now);
  if (viewer && !may(viewer, "workspace.import")) return <div className="body"><Empty icon="lock" title={t("ui.refused.title")} text={t("ui.refused.text")} /></div>;
  if (!loaded) return <div className="body"><Skeleton rows={6} /></div>;
  const step = shown ? STEP_OF[shown.state] ?? 0 : 0;
  const parts = { run: shown, busy, go, wished };
  return (
    <div className="body pad">
      <div className="import">
        <Steps at={step} />
        {shown ? <FileLine {...parts} onSheet={pick("sheet", onSheet)} onForget={() => { onForget(shown.id); history.replaceState(history.state, "", address("")); }} /> : null}
        {step === 0 ? <FileStep limitMb={limitMb} onArrived={go} /> : null}
        {step === 1 ? <ColumnsStep {...parts} onKind={pick("kind", onKind)} onMap={pick("map", onMap)} onCheck={act("check", onCheck)} /> : null}
        {step === 2 ? <CheckStep {...parts} onFix={pick("fix", onFix)} onMissing={pick("missing", onMissing)} onDuplicates={pick("duplicates", onDuplicates)} onOrder={pick("order", onOrder)} onGoBack={act("back", onGoBack)} onStart={act("start", onStart)} /> : null}
        {step === 3 ? <Outcome {...parts} onCancel={act("cancel", onCancel)} onUndo={act("undo", onUndo)} onCheck={act("check", onCheck)} /> : null}
        {step === 0 || !isUnderWay(shown) ? <Earlier rows={(earlier ?? []).map((row) => fresher(row, news[row.id]))} current={shown?.id} onOpen={go} /> : null}
      </div>
    </div>
  );
}

const fresher = (row, newer) => (newer && newer.version >= row.version ? { ...row, ...newer, by: newer.by || row.by } : row);

function Steps({ at }) {
  const t = useText();
  return (
    <ol className="waypoints" aria-label={t("imports.step.steps")}>
      {STEPS.map((key, i) => (
        <li key={key} className={i < at ? "past" : i === at ? "now" : ""} aria-current={i === at ? "step" : undefined}>
          <span className="n" aria-hidden="true">{i < at ? <Icon name="check" size="s" /> : i + 1}</span>{t(`imports.step.${key}`)}
        </li>
      ))}
    </ol>
  );
}

function FileStep({ limitMb, onArrived }) {
  const t = useText(), f = useFormat(), viewer = useViewer();
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState(null);      // {name, share}
  const [refused, setRefused] = useState(null);      // {key, params}
  const field = useRef(null);
  const take = async (file) => {
    if (!file || sending) return;
    setRefused(null);
    if (limitMb && file.size > limitMb * 1048576) {
      setRefused({ key: "imports.file.too_large", params: { name: file.name, size: Math.ceil(file.size / 1048576), max: limitMb } });
      return;
    }
    setSending({ name: file.name, share: 0 });
    const said = await send("/import/files", file, viewer?.csrf, (share) => setSending({ name: file.name, share }));
    setSending(null);
    if (field.current) field.current.value = "";
    if (said.id) onArrived(said.id);
    else setRefused(said.errors?.[0] ?? { key: "imports.file.lost" });
  };
  const drop = (e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files?.[0]); };
  return (
    <section className="panel" aria-labelledby="import-intro">
      <div className="in col g6">
        <p id="import-intro" className="ink2">{t("imports.intro")}</p>
        <label className={`drop ${over ? "over" : ""}`} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
          <Icon name="file-up" size="xl" />
          <span className="b5" aria-hidden="true">{sending ? t(sending.share < 1 ? "imports.file.sending" : "imports.file.reading", { name: sending.name }) : t("imports.file.drop")}</span>
          <span className="vh">{t("imports.file.label")}</span>
          <input ref={field} type="file" className="vh" aria-label={t("imports.file.label")} aria-describedby="import-help" accept=".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" disabled={!!sending} onChange={(e) => take(e.target.files?.[0])} />
          {sending ? <Bar share={sending.share} name={t("imports.run.progress_name")} text={f.percent(sending.share)} /> : <span id="import-help" className="sm muted">{t("imports.file.help", { max: limitMb })}</span>}
        </label>
        {refused ? <p className="note bad" role="alert"><Icon name="alert" size="s" /><span>{t(refused.key, refused.params)}</span></p> : null}
      </div>
      <footer><span className="end" /><Button kind="pri" label={t("imports.run.continue")} disabled reason={t("imports.file.drop")} /></footer>
    </section>
  );
}

function Bar({ share, name, text }) {
  const value = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return <span className="bar m load" role="progressbar" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={value} aria-valuetext={text}><i style={{ inlineSize: `${value}%` }} /></span>;
}

function FileLine({ run, go, wished, onSheet, onForget }) {
  const t = useText();
  const open = ["mapping", "checked", "failed", "cancelled"].includes(run.state);
  return (
    <div className="row wraps g5 fileline">
      <Icon name="file" /><bdi className="b5 trunc">{run.file}</bdi><span className="muted num">{t("imports.file.rows", { n: run.total })}</span>
      {open && run.sheets?.length > 1 ? (
        <label className="row g3"><span className="sm muted">{t("imports.file.sheet")}</span>
          <select className="inp" value={wished("sheet", run.sheet)} onChange={(e) => onSheet(e.target.value)}>{run.sheets.map((name) => <option key={name}>{name}</option>)}</select>
        </label>
      ) : null}
      <span className="end" />
      {open ? <Button size="sm" kind="ghost" icon="trash" label={t("imports.file.remove")} onClick={onForget} /> : null}
      {open || isUnderWay(run) ? null : <Button size="sm" icon="plus" label={t("imports.file.another")} onClick={() => go("")} />}
    </div>
  );
}

function ColumnsStep({ run, busy, wished, onKind, onMap, onCheck }) {
  const t = useText();
  const chosen = new Set((run.columns ?? []).map((column) => column.field).filter(Boolean));
  const lacking = (run.fields ?? []).filter((field) => field.required && !chosen.has(field.key));
  const reason = !run.kind ? t("imports.columns.no_kind") : lacking.length ? t("imports.columns.required", { field: { key: lacking[0].text } }) : "";
  return (
    <>
      <Warnings run={run} />
      <section className="panel" aria-labelledby="import-columns">
        <header>
          <h2 id="import-columns">{t("imports.columns.title")}</h2>
          <label className="row g3 end"><span className="sm muted">{t("imports.kind")}</span>
            <select className="inp" value={wished("kind", run.kind)} onChange={(e) => onKind(e.target.value)}>
              {run.kind ? null : <option value="">{t("imports.choose_kind")}</option>}
              {(run.kinds ?? []).map((kind) => <option key={kind.key} value={kind.key}>{t(kind.text)}</option>)}
            </select>
          </label>
        </header>
        <div className="in scrollx" role="region" tabIndex={0} aria-labelledby="import-columns">
          <table className="plain mapping">
            <thead><tr><th scope="col">{t("imports.columns.column")}</th><th scope="col">{t("imports.columns.example")}</th><th scope="col">{t("imports.columns.field")}</th></tr></thead>
            <tbody>
              {(run.columns ?? []).map((column, i) => (
                <tr key={i} className={column.field ? "" : "faint"}>
                  <th scope="row"><bdi className="b5">{column.header}</bdi><div className="xs muted num">{t("imports.columns.filled", { n: column.filled })}</div></th>
                  <td><div className="examples">{column.examples.map((value, n) => <Fragment key={n}>{n ? <span className="muted" aria-hidden="true">·</span> : null}<bdi className="trunc">{value}</bdi></Fragment>)}</div></td>
                  <td>
                    <select className="inp" aria-label={t("imports.columns.goes_to", { column: column.header })} value={wished(`map${i}`, column.field)} disabled={!run.kind} onChange={(e) => onMap(i, e.target.value)}>
                      <option value="">{t("imports.columns.skip")}</option>
                      {(run.fields ?? []).map((field) => <option key={field.key} value={field.key}>{t(field.text)}{field.required ? " *" : ""}</option>)}
                    </select>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <footer><span className={reason ? "warn" : ""}>{reason}</span><span className="end" /><Button kind="pri" label={t("imports.run.continue")} busy={busy === "check"} busyLabel={t("imports.run.checking")} disabled={!!reason} reason={reason} onClick={onCheck} /></footer>
      </section>
    </>
  );
}

function Warnings({ run }) {
  const t = useText();
  if (!run.warnings?.length) return null;
  return <ul className="notes">{run.warnings.map((one) => <li key={one.key} className="note warn"><Icon name="warning" size="s" /><span>{t(one.key, one.params)}</span></li>)}</ul>;
}

function CheckStep({ run, busy, wished, onFix, onMissing, onDuplicates, onOrder, onGoBack, onStart }) {
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
            {will ? null : <p className="note"><Icon name="circle-check" size="s" /><span>{t("imports.check.nothing")}</span></p>}
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

function Refused({ rows, total, run, children }) {
  const t = useText();
  if (!rows?.length) return null;
  return (
    <section className="panel" aria-labelledby="import-refused">
      <header><h2 id="import-refused">{t("imports.refused.title")}</h2>{children}</header>
      <div className="in scrollx" role="region" tabIndex={0} aria-labelledby="import-refused">
        <table className="plain">
          <thead><tr><th scope="col">{t("imports.check.row")}</th><th scope="col">{t("imports.columns.column")}</th><th scope="col">{t("imports.refused.reason")}</th></tr></thead>
          <tbody>{rows.map((one) => <tr key={one.row}><td className="num">{one.row}</td><td><bdi>{run.columns[one.column]?.header ?? "–"}</bdi></td><td>{said(t, one)}</td></tr>)}</tbody>
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
      <div className="in scrollx" role="region" tabIndex={0} aria-labelledby="import-preview">
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

function Outcome({ run, busy, onCancel, onUndo, onCheck }) {
  const t = useText(), f = useFormat(), viewer = useViewer();
  // A page of a module that is off is no place to send somebody to.
  const first = run.route?.split("/")[1];
  const route = first === "settings" || isOn(viewer, first) ? run.route : "";
  const under = isUnderWay(run), share = run.total ? run.done / run.total : 0;
  const counts = Object.entries(run.counts ?? {}).filter(([name, n]) => n > 0 || name === "created");
  return (
    <>
      <section className="panel" aria-labelledby="import-run">
        <header><h2 id="import-run">{t(`imports.run.${run.state}`)}</h2>{run.kind_text ? <Badge>{t(run.kind_text)}</Badge> : null}</header>
        <div className="in col g5" role="status">
          {under ? (
            <>
              <Bar share={share} name={t("imports.run.progress_name")} text={f.percent(share)} />
              <span className="num ink2">{t("imports.run.progress", { done: run.done, total: run.total })}</span>
            </>
          ) : null}
          {run.state === "done" ? (
            <ul className="row wraps g6 sums">{counts.map(([name, n]) => <li key={name} className={name === "refused" && n ? "bad" : ""}><Icon name={name === "refused" ? "circle-x" : "circle-check"} size="s" />{t(`imports.run.${name}`, { n })}</li>)}</ul>
          ) : null}
          {run.state === "done" && run.also?.length ? <p className="muted">{t("imports.run.also.title")}: {run.also.map((one, i) => <span key={one.text}>{i ? t("ui.list_sep") : ""}{t(one.text, { n: one.n })}</span>)}</p> : null}
          {run.error ? <p className="note bad"><Icon name="alert" size="s" /><span>{t(run.error.key, run.error.params)}</span></p> : null}
          {run.state === "failed" || run.state === "cancelled" ? <p className="ink2">{t("imports.run.nothing_written")}</p> : null}
          {run.state === "undone" ? <p className="ink2">{t("imports.run.taken_back", { n: run.counts.created + run.counts.updated - run.conflicts })}</p> : null}
          {run.state === "undone" && run.conflicts ? <p className="note warn"><Icon name="warning" size="s" /><span>{t("imports.run.conflicts", { n: run.conflicts })}</span></p> : null}
        </div>
        {run.state === "undone" ? null : <footer>
          {under ? <Button label={run.cancelling ? t("imports.run.cancelling") : t("imports.run.cancel")} icon="x" disabled={run.cancelling} busy={busy === "cancel"} busyLabel={t("imports.run.cancelling")} onClick={onCancel} /> : null}
          {run.state === "done" && run.counts.created + run.counts.updated > 0 ? <Button icon="undo" label={t("imports.run.undo")} busy={busy === "undo"} busyLabel={t("imports.run.undoing")} onClick={onUndo} /> : null}
          {run.state === "failed" || run.state === "cancelled" ? <Button icon="refresh" label={t("imports.run.again")} busy={busy === "check"} busyLabel={t("imports.run.checking")} onClick={onCheck} /> : null}
          <span className="end" />
          {run.state === "done" && run.counts.refused ? <a className="btn" download href={`/import/files/${run.id}/refused`}><Icon name="download" /><span className="lbl">{t("imports.refused.download")}</span></a> : null}
          {run.state === "done" && route ? <Button kind="pri" href={route} label={t("imports.run.open", { kind: { key: run.kind_text } })} /> : null}
        </footer>}
      </section>
      {run.state === "done" ? <Refused rows={run.refused_rows} total={run.counts.refused} run={run} /> : null}
    </>
  );
}

function Earlier({ rows, current, onOpen }) {
  const t = useText(), f = useFormat();
  const others = rows.filter((row) => row.id !== current);
  if (!others.length) return null;
  const pick = (id) => (e) => { if (e.metaKey || e.ctrlKey || e.button) return; e.preventDefault(); onOpen(id); };
  return (
    <section className="panel" aria-labelledby="import-earlier">
      <header><h2 id="import-earlier">{t("imports.earlier.title")}</h2></header>
      <div className="in scrollx" role="region" tabIndex={0} aria-labelledby="import-earlier">
        <table className="plain">
          <thead><tr><th scope="col">{t("imports.earlier.file")}</th><th scope="col">{t("imports.earlier.kind")}</th><th scope="col">{t("imports.earlier.outcome")}</th><th scope="col">{t("imports.earlier.by")}</th><th scope="col">{t("imports.earlier.at")}</th></tr></thead>
          <tbody>
            {others.map((row) => (
              <tr key={row.id}>
                <td><a className="link" href={address(row.id)} onClick={pick(row.id)}><bdi>{row.file}</bdi></a></td>
                <td>{row.kind_text ? t(row.kind_text) : "–"}</td>
                <td><span className="row g3"><Badge tone={TONE[row.state]}>{t(`imports.state.${row.state}`)}</Badge>{row.state === "done" ? <span className="sm muted num">{t("imports.run.created", { n: row.counts.created })}</span> : isUnderWay(row) ? <span className="sm muted num">{t("imports.run.progress", { done: row.done, total: row.total })}</span> : null}</span></td>
                <td><bdi>{row.by || "–"}</bdi></td>
                <td><time className="num" dateTime={row.at} suppressHydrationWarning>{f.dateTime(row.at)}</time></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
