// The last step: how far it is, what came of it, and the imports before.
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Refused } from "./import_check.jsx";
import { address, Bar, isUnderWay } from "./import_run.jsx";
import { Badge, Button } from "./parts.jsx";
import { useText } from "./text.jsx";
import { isOn, useViewer } from "./viewer.jsx";

const TONE = { done: "ok", failed: "bad", undone: "", cancelled: "", running: "acc", queued: "acc", checking: "acc", mapping: "info", checked: "info" };

export function Outcome({ run, busy, onCancel, onUndo, onCheck }) {
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

export function Earlier({ rows, current, onOpen }) {
  const t = useText(), f = useFormat();
  const others = rows.filter((row) => row.id !== current);
  if (!others.length) return null;
  const pick = (id) => (e) => { if (e.metaKey || e.ctrlKey || e.button) return; e.preventDefault(); onOpen(id); };
  return (
    <section className="panel" aria-labelledby="import-earlier">
      <header><h2 id="import-earlier">{t("imports.earlier.title")}</h2></header>
      <div className="in scrollx" role="group" tabIndex={0} aria-labelledby="import-earlier">
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
