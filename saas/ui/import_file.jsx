// The first two steps of an import: the file, and which column is what.
import { Fragment, useRef, useState } from "react";
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Bar, isUnderWay } from "./import_run.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";
import { send } from "./upload.jsx";
import { useViewer } from "./viewer.jsx";

export function FileStep({ limitMb, onArrived }) {
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

export function FileLine({ run, go, wished, onSheet, onForget }) {
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

export function ColumnsStep({ run, busy, wished, onKind, onMap, onCheck }) {
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
        <div className="in scrollx" role="group" tabIndex={0} aria-labelledby="import-columns">
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

export function Warnings({ run }) {
  const t = useText();
  if (!run.warnings?.length) return null;
  return <ul className="notes">{run.warnings.map((one) => <li key={one.key} className="note warn"><Icon name="warning" size="s" /><span>{t(one.key, one.params)}</span></li>)}</ul>;
}
