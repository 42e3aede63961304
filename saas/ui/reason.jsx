// Why something was lost, asked before its card goes there.
import { useState } from "react";
import { Dialog } from "./dialog.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";

/** `reasons` [{value, label}], labels as text keys; `onPick(reason, note)`. */
export function Reason({ reasons, title, onPick, onClose }) {
  const t = useText();
  const [value, setValue] = useState("");
  const [note, setNote] = useState("");
  return (
    <Dialog title={t("ui.board.why")} onClose={onClose}>
      <form className="in" id="why" onSubmit={(e) => { e.preventDefault(); if (value) onPick(value, note.trim()); }}>
        <h2>{t("ui.board.why")}</h2><p><bdi>{title}</bdi></p>
        <div className="col" role="radiogroup" aria-label={t("ui.board.why")} style={{ marginBlockStart: 12 }}>
          {reasons.map((r) => <label key={r.value} className="mchoice"><input type="radio" name="why" value={r.value} checked={value === r.value} onChange={() => setValue(r.value)} />{t(r.label)}</label>)}
        </div>
        <label className="fld"><span className="lab">{t("ui.board.why_note")}</span><input className="inp field" dir="auto" maxLength={400} value={note} onChange={(e) => setNote(e.target.value)} /></label>
      </form>
      <div className="acts"><Button label={t("ui.cancel")} onClick={onClose} /><Button kind="pri" type="submit" form="why" label={t("ui.board.lose")} disabled={!value} /></div>
    </Dialog>
  );
}
