// What was sent and has no answer yet is sent again when the connection comes back; the server does each op once.
import { useContext, useEffect, useRef } from "react";
import { EventLoopContext, StateStoreContext } from "$/utils/context-registry";
import { ReflexEvent } from "$/utils/state";
import { answered } from "./begun.jsx";
import { useLive } from "./live.jsx";

const ROOT = "reflex___state____state", HYDRATED = "is_hydrated_rx_state_", UNIQUE_OP = 32, MOST = 200, ANSWERED_MS = 5000;
const TAKES_BACK = /\.(undo|insist)$/;
const sent = new Map();         // op -> {name, payload, socket, at}: changes on their way, since when, and how many sockets there were before
const returning = new Set();    // what else is to be done on return, before the changes are sent again
let sockets = 0, isAway = false;
let unsaid = null;              // {op, at}: done, and its toast, or the word that it has none, is on its way

// The runtime tells of each event that leaves by this object; without it what a dying socket swallowed would be lost.
if (typeof window !== "undefined") {
  window.__reflex_otel = {
    ...window.__reflex_otel,
    onEventSend: ({ name, payload }) => {
      if (!(payload?.op?.length >= UNIQUE_OP)) return;
      sent.set(payload.op, { name, payload, socket: sockets, at: Date.now() });
      if (sent.size > MOST) sent.delete(sent.keys().next().value);
    },
    onSocketDisconnect: () => { isAway = true; },
    onSocketConnect: () => { isAway = false; },
  };
}
/** Whether the change may still happen: it is on its way, or waits for the connection. */
export const isOpen = (op) => isAway || sent.has(op);

/** The ops of which the server has not said yet that they can be taken back, oldest first. */
export function openOps() {
  const since = isAway ? 0 : Date.now() - ANSWERED_MS;
  const open = [...sent].filter(([, one]) => one.at > since && !TAKES_BACK.test(one.name)).map(([op]) => op);
  return unsaid && Date.now() - unsaid.at < ANSWERED_MS ? [unsaid.op, ...open] : open;
}
function heard({ op, of, ok }) {
  if (of && of === unsaid?.op) unsaid = null;
  if (of) sent.delete(of);
  if (!sent.has(op)) return;
  unsaid = ok === false || TAKES_BACK.test(sent.get(op).name) ? null : { op, at: Date.now() };
  sent.delete(op);
}

/** Calls `fn()` when the connection has come back and the page has been read anew, not at its first reading. */
export function useReturn(fn) {
  const call = useRef(fn);
  useEffect(() => { call.current = fn; });
  useEffect(() => { const run = () => call.current?.(); returning.add(run); return () => { returning.delete(run); }; }, []);
}

/** Stands once in the frame. A new socket is known by what the server tells each tab that joins its rooms. */
export function Outbox() {
  const store = useContext(StateStoreContext);
  const [addEvents] = useContext(EventLoopContext) ?? [];
  const send = useRef(addEvents);
  useEffect(() => { send.current = addEvents; });
  useLive("*", (message) => {
    heard(message);
    answered(message);
    if (message.topic === "editing" && message.all) joined();
  });
  const joined = () => {
    sockets += 1;
    if (sockets === 1) return;
    const off = store.subscribe(ROOT, look);
    function look() {
      if (!store.getSnapshot(ROOT)?.[HYDRATED]) return;
      off();
      for (const run of [...returning]) run();
      const again = [...sent.values()].filter((one) => one.socket < sockets);
      if (again.length) send.current?.(again.map(({ name, payload }) => ReflexEvent(name, payload)), [], {});
    }
    look();
  };
  return null;
}
