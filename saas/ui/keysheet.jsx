// All keys that work on this page.
import { Fragment, useMemo } from "react";
import { Dialog } from "./dialog.jsx";
import { allShortcuts, Kbd } from "./keys.jsx";
import { useText } from "./text.jsx";

const EVERYWHERE = new Set(["ctrl+KeyK", "ctrl+KeyZ", "shift+Slash", "Slash", "Escape"]);
const PARTS = [
  ["ui.keys.here", (combo) => !EVERYWHERE.has(combo) && !combo.startsWith("g ")],
  ["ui.keys.everywhere", (combo) => EVERYWHERE.has(combo)],
  ["ui.keys.places", (combo) => combo.startsWith("g ")],
];

export function KeySheet({ onClose }) {
  const t = useText();
  const list = useMemo(() => {
    const seen = new Set();
    return allShortcuts().filter((s) => !seen.has(s.combo) && seen.add(s.combo));
  }, []);
  return (
    <Dialog title={t("ui.keys.all")} className="wide" onClose={onClose}>
      <div className="in">
        <h2>{t("ui.keys.all")}</h2>
        <div className="keys" style={{ marginBlockStart: 12 }}>
          {PARTS.map(([part, fits]) => {
            const here = list.filter((s) => fits(s.combo));
            return here.length ? <Fragment key={part}><h3 className="h3">{t(part)}</h3>{here.map((s) => <div key={s.combo}><span>{s.text ?? t(s.label, s.params)}</span><span className="ks"><Kbd combo={s.combo} /></span></div>)}</Fragment> : null;
          })}
        </div>
      </div>
    </Dialog>
  );
}
