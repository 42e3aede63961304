// A native modal dialog: focus is kept inside, Esc closes, focus returns to where it was.
import { useEffect, useRef } from "react";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";

export function Dialog({ title, className = "", onClose, children, role, box = "dialog" }) {
  const element = useRef(null), typed = useRef(false);
  useEffect(() => {
    const node = element.current, before = document.activeElement;
    if (!node.open) node.showModal();
    return () => { if (node.open) node.close(); if (before?.isConnected) before.focus?.({ preventScroll: true }); };
  }, []);
  // A hand that slips off a form does not close it; Esc and Cancel do.
  const outside = (e) => { if (e.target === element.current && !typed.current) onClose?.(); };
  return (
    <dialog ref={element} className={`${box} ${className}`} aria-label={title} role={role} onCancel={(e) => { e.preventDefault(); onClose?.(); }} onMouseDown={outside} onInput={(e) => { typed.current ||= !!e.target.form; }}>
      {children}
    </dialog>
  );
}

/** Only where undo is impossible: a question, what is lost, buttons that are verbs. `typed` must be typed first. */
export function Confirm({ open, title, text, yes, no, typed, onYes, onNo, busy }) {
  return open ? <ConfirmBox {...{ title, text, yes, no, typed, onYes, onNo, busy }} /> : null;
}
function ConfirmBox({ title, text, yes, no, typed, onYes, onNo, busy }) {
  const t = useText();
  const field = useRef(null);
  const agree = () => { if (!typed || field.current.value.trim() === typed) onYes?.(); else field.current.focus(); };
  return (
    <Dialog title={title} role="alertdialog" onClose={onNo}>
      <div className="in">
        <h2>{title}</h2>
        <p>{text}</p>
        {typed ? <label className="fld"><span className="lab">{t("ui.type_to_confirm", { text: typed })}</span><input ref={field} className="inp field" autoComplete="off" /></label> : null}
      </div>
      <div className="acts"><Button label={no ?? t("ui.cancel")} onClick={onNo} /><Button label={yes} kind="destroy" busy={busy} onClick={agree} /></div>
    </Dialog>
  );
}
