// A record kept at hand, and its address to hand on.
import { createContext, useContext, useEffect, useState } from "react";
import { Icon } from "./icon.jsx";
import { newOp, useAck } from "./live.jsx";
import { useText } from "./text.jsx";
import { say } from "./toast.jsx";

/** `onStar(op, topic, id, on)`, given by the frame. */
export const StarContext = createContext(null);

export function StarButton({ topic, id, starred }) {
  const t = useText(), onStar = useContext(StarContext);
  const [on, setOn] = useState(!!starred);
  const [op, setOp] = useState("");
  useEffect(() => { setOn(!!starred); setOp(""); }, [id, starred]);
  useAck((ack) => { if (ack.op === op && !ack.ok) setOn(!on); });
  if (!onStar) return null;
  const turn = () => { const mine = newOp(); setOp(mine); setOn(!on); onStar(mine, topic, id, !on); };
  return <button type="button" className={`btn ghost ic sm star ${on ? "on" : ""}`} aria-pressed={on} aria-label={t("ui.star.turn")} title={t(on ? "ui.star.off" : "ui.star.on")} onClick={turn}><Icon name="star" /></button>;
}

export function CopyLink({ href }) {
  const t = useText();
  const copy = async () => {
    const address = new URL(href, location.origin).href;
    try { await navigator.clipboard.writeText(address); say({ kind: "done", key: "ui.link.copied" }); } catch { say({ kind: "error", key: "ui.link.not_copied", params: { address } }); }
  };
  return <button type="button" className="btn ghost ic sm only-wide" aria-label={t("ui.link.copy")} title={t("ui.link.copy")} onClick={copy}><Icon name="link" /></button>;
}
