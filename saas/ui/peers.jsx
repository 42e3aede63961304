// Colleagues at work: a ring in their colour around the field that each is writing on.
import { useEffect, useSyncExternalStore } from "react";
import { hue } from "./parts.jsx";
import { useText } from "./text.jsx";

const NONE = [], AGAIN_MS = 20000, PAUSE_MS = 40;
const listeners = new Set();
let peers = NONE;               // {tab, of, id, field, by, by_id}: every field that is open, where one may know of it
const change = (next) => { peers = next; listeners.forEach((listener) => listener()); };
const subscribe = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };

/** What the stream says under "editing": one tab's field (none: it has stopped), or all at once. `me` is left out. */
export function hear(message, me) {
  if (message.all) {
    // A new socket: the server knows nothing of what is open here.
    told = null; if (here) soon();
    return change(message.all.filter((p) => p.by_id !== me));
  }
  if (message.by_id === me) return;
  const others = peers.filter((p) => p.tab !== message.tab);
  if (message.field) change([...others, message]); else if (others.length < peers.length) change(others);
}
/** Who is writing on a record of the topic, and where: `(id)` gives [{field, by}], always the same list for nobody. */
export function usePeers(topic) {
  const all = useSyncExternalStore(subscribe, () => peers, () => NONE);
  return (id) => (all.some((p) => p.of === topic && p.id === id) ? all.filter((p) => p.of === topic && p.id === id) : NONE);
}
/** The ring and the name, laid over the field they stand in. */
export function Peer({ by }) {
  const t = useText();
  return <span className={`peer ${hue(by)}`} title={t("ui.writing", { by })}><bdi>{by}</bdi><span className="vh">{t("ui.writing", { by })}</span></span>;
}

let tell = null, here = null, told = null, timer = 0;
/** Through what the server hears of one's own writing: `send(topic, id, field)`. */
export function tellThrough(send) { tell = send; }
const flush = () => {
  const now = here ? `${here.topic}/${here.id}/${here.field}` : "";
  if (now !== told) { told = now; tell?.(here?.topic ?? "", here?.id ?? "", here?.field ?? ""); }
};
const soon = () => { clearTimeout(timer); timer = setTimeout(flush, PAUSE_MS); };
/** Tells colleagues, while mounted, that this field is being written on; from one field to the next it is one word. */
export function useWriting(topic, id, field) {
  useEffect(() => {
    if (!topic || !id) return;
    const mine = here = { topic, id, field };
    soon();
    const again = setInterval(() => { told = null; flush(); }, AGAIN_MS);
    return () => { clearInterval(again); if (here === mine) { here = null; soon(); } };
  }, [topic, id, field]);
}
