// All keys that work on this page.
import { useMemo } from "react";
import { Dialog } from "./dialog.jsx";
import { allShortcuts, Kbd } from "./keys.jsx";
import { useText } from "./text.jsx";

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
          {list.map((s) => <div key={s.combo}><span>{t(s.label, s.params)}</span><span className="ks"><Kbd combo={s.combo} /></span></div>)}
        </div>
      </div>
    </Dialog>
  );
}
