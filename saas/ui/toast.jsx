// What happened, with Undo; refusals; one at a time, a newer one folds the older.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { settle } from "./clashes.jsx";
import { Icon } from "./icon.jsx";
import { useKeys } from "./keys.jsx";
import { isClaimed, newOp, useAck, useLive } from "./live.jsx";
import { openOps } from "./outbox.jsx";
import { useSteadyCall } from "./steady.jsx";
import { useText } from "./text.jsx";

const SHOWN_MS = 8000, TICK_MS = 250, STEPS = 20;
// Says that something was taken back: Ctrl Z goes on to what was done before it, and does not bring it back again.
const isReport = (message) => message.key.startsWith("kit.toast.undone");
const listeners = new Set();

/** Say something from anywhere in the browser: {kind: "done"|"error", key, params, undo, act: {label, run}}. */
export function say(message) { listeners.forEach((listener) => listener({ id: crypto.randomUUID(), ...message })); }

export function Toasts({ onUndo, onLeft, inapp }) {
  const t = useText(), go = useNavigate();
  const [shown, setShown] = useState(null);     // {id, kind, key, params, undo, folded: [undo...]}
  const steps = useRef([]);                     // action ids that Ctrl Z walks back through
  const hasty = useRef([]);                     // ops to be taken back as soon as the server has them
  const box = useRef(null);

  const add = useCallback((message) => {
    if (!message?.key) return;
    if (message.undo && !isReport(message)) steps.current = [...steps.current, message.undo].slice(-STEPS);
    setShown((old) => {
      const folded = old && old.kind !== "error" && message.kind !== "error" && old.undo && message.undo && !isReport(old) && !isReport(message) ? [...old.folded, old.undo] : [];
      return { kind: "done", ...message, folded };
    });
  }, []);
  useEffect(() => { listeners.add(add); return () => listeners.delete(add); }, [add]);
  const settled = (op) => { const was = !!op && hasty.current.includes(op); hasty.current = hasty.current.filter((each) => each !== op); return was; };
  useLive(["toast", "untold"], (message) => {
    const isHasty = settled(message.of);
    if (isHasty && message.undo) return undo([message.undo]);
    if (message.topic === "toast") show(message);
    // What has no Undo was not meant: the one before it is taken back.
    if (isHasty && steps.current.length) undo([steps.current.at(-1)]);
  });
  const show = (message) => add({ id: message.seq, act: message.left ? { label: "ui.kept.show", run: () => onLeft?.(message.left) } : null, ...message });
  // Both values of a clash are shown at the field; for a field that has left the screen, here.
  const lost = (clash) => add({ id: clash.key, kind: "error", key: "ui.clash.title", params: { by: clash.by || { key: "ui.product" }, field: { key: clash.column.label } }, act: clash.href ? { label: "ui.clash.show", run: () => go(clash.href) } : null });
  useAck((ack) => { if (ack.ok === false) settled(ack.op); const isSettled = settle(ack, lost); if (ack.ok === false && !isClaimed(ack.op) && !isSettled) add({ id: ack.seq, kind: "error", key: ack.key, params: ack.params }); });
  // The top layer of a dialog would hide a plain element, so the toast is itself a popover above it.
  useEffect(() => {
    const element = box.current;
    if (!element?.showPopover) return;
    if (element.matches(":popover-open")) element.hidePopover();
    if (shown) element.showPopover();
  }, [shown]);

  const undo = useCallback((ids) => {
    steps.current = steps.current.filter((id) => !ids.includes(id));
    setShown(null);
    for (const id of [...ids].reverse()) onUndo?.(newOp(), id);
  }, [onUndo]);
  // What is still on its way to the server was done last: it is taken back once it is there.
  const back = () => {
    const open = openOps().findLast((op) => !hasty.current.includes(op)), id = steps.current.at(-1);
    if (open) hasty.current = [...hasty.current, open].slice(-STEPS);
    else if (id) undo([id]);
    else return false;
  };
  useKeys({ "ctrl+KeyZ": { label: "ui.keys.undo", run: back } });

  const all = shown?.undo ? [...shown.folded, shown.undo] : [];
  const bad = shown?.kind === "error";
  const text = shown && (shown.folded.length ? t("ui.toast.changes", { n: all.length }) : t(shown.key, shown.params));
  const face = shown && (
    <div className={`toast ${bad ? "bad" : ""}`} key={shown.id}>
      <Icon name={bad ? "alert" : "check"} />
      <span>{text}</span>
      {all.length ? <button type="button" className="act" onClick={() => undo(all)}>{t("ui.undo")}<span className="row g1 only-wide" aria-hidden="true"><kbd className="kbd">Ctrl</kbd><kbd className="kbd">Z</kbd></span></button> : null}
      {shown.act ? <button type="button" className="act" onClick={() => { setShown(null); shown.act.run(); }}>{t(shown.act.label)}</button> : null}
      {shown.again ? <button type="button" className="act" onClick={() => { setShown(null); shown.again(); }}>{t("ui.try_again")}</button> : null}
      {bad ? <button type="button" className="act" aria-label={t("ui.close")} onClick={() => setShown(null)}><Icon name="x" size="s" /></button> : null}
      <Countdown onEnd={() => setShown(null)} />
    </div>
  );
  return (
    <div ref={box} popover="manual" className={`toasts ${inapp ? "inapp" : ""}`}>
      <div role="status" aria-live="polite">{bad ? null : face}</div>
      {bad ? <div role="alert">{face}</div> : null}
    </div>
  );
}

/** The line that shrinks while the toast stands; it waits under the pointer and the focus. A few steps a second: an
 * animation has the screen composed anew at each of its frames, and what one does meanwhile comes later. */
function Countdown({ onEnd }) {
  const line = useRef(null), end = useSteadyCall(onEnd);
  // With the layout: its end comes in the very step in which the line leaves the page.
  useLayoutEffect(() => {
    let left = SHOWN_MS, before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now(), toast = line.current.parentElement;
      if (!toast.matches(":hover, :focus-within")) left -= now - before;
      before = now;
      line.current.style.scale = `${Math.max(0, left / SHOWN_MS)} 1`;
      if (left <= 0) end();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [end]);
  return <span ref={line} className="timeline" aria-hidden="true" />;
}
