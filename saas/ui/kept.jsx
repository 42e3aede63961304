// What an undo had to leave: which records and fields, what stands there now and whose it is.
import { useNavigate } from "react-router";
import { Dialog } from "./dialog.jsx";
import { Icon } from "./icon.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";
import { Plain } from "./timeline.jsx";

/** `entry` {action, n, rows} of `UndoState.left`; `onInsist(action, topic, id)` takes one row back all the same. */
export default function Kept({ entry, onInsist, onClose }) {
  const t = useText(), go = useNavigate();
  const column = (line) => [{ key: line.field, choices: line.choices }];
  const rows = entry?.rows ?? [], more = (entry?.n ?? 0) - rows.length;
  const open = (e, href) => { if (e.ctrlKey || e.metaKey || e.shiftKey) return; e.preventDefault(); onClose(); go(href); };
  return (
    <Dialog title={t("ui.kept.title")} className="wide" onClose={onClose}>
      <div className="in">
        <h2>{t("ui.kept.title")}</h2>
        <p>{t(rows.length ? "ui.kept.text" : "ui.kept.none")}</p>
        <ul className="kept">
          {rows.map((r) => (
            <li key={r.key}>
              <div className="row g3 wraps">
                <span className="grow">
                  {r.href ? <a href={r.href} className="b5 link trunc" onClick={(e) => open(e, r.href)}><bdi>{r.title || t("ui.kept.record")}</bdi></a> : <span className="b5">{t("ui.kept.record")}</span>}
                  <span className="muted sm" style={{ display: "block" }}>{t(`ui.kept.${r.reason}`, { by: r.by || t("ui.kept.somebody") })}</span>
                </span>
                {r.can ? <Button size="sm" icon="undo" label={t("ui.kept.insist")} name={t("ui.kept.insist_on", { name: r.title })} onClick={() => onInsist(entry.action, r.topic, r.id)} /> : null}
              </div>
              {r.lines.map((l) => (
                <div className="diff" key={l.field}>
                  <span className="f">{t(l.label)}</span><b><Plain change={l} value={l.new} columns={column(l)} /></b>
                  <span className="muted">{t("ui.kept.before")}</span><Plain change={l} value={l.old} columns={column(l)} />
                </div>
              ))}
            </li>
          ))}
        </ul>
        {more > 0 && rows.length ? <p className="muted">{t("ui.kept.more", { n: more })}</p> : null}
      </div>
      <div className="acts"><Button label={t("ui.close")} onClick={onClose} /></div>
    </Dialog>
  );
}
