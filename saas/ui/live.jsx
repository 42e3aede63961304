// One ordered stream of changes from the server, read so that none is lost when updates come in a burst.
import { useContext, useEffect, useRef } from "react";
import { StateStoreContext } from "$/utils/context-registry";

// The state that carries the stream (saas/state/live.py). Its variables p0..p63 are slots that messages
// {seq, prev, topic, ...} take in turn: patches {op, rows, gone, by, resync?} of a list's topic, "ack" {op, ok,
// key, params, field}, "toast" and "untold" {of} (the change is done and has no toast), "workspace" {kind} and
// "session" {kind}.
export const LIVE_STATE = "reflex___state____state.saas___state___live____live_state";
export const RING = 64;
const SUFFIX = "_rx_state_";

/** All patches of a state value that are newer than `seen`, oldest first. Pure; tests use it. */
export function fresh(value, seen) {
  const found = [];
  for (let i = 0; i < RING; i++) {
    const patch = value?.[`p${i}${SUFFIX}`];
    if (patch?.seq > seen) found.push(patch);
  }
  return found.sort((a, b) => a.seq - b.seq);
}
const newest = (value) => fresh(value, 0).at(-1)?.seq ?? 0;
/** A hole: the ring turned more than once, or the server says which patch came before and we lack it. */
export function hasGap(patches, seen) {
  if (patches.length >= RING) return true;
  let last = seen;
  for (const patch of patches) {
    if (patch.prev !== undefined && last > 0 && patch.prev > last) return true;
    last = patch.seq;
  }
  return false;
}

function useStore(name, handler) {
  const store = useContext(StateStoreContext);
  const latest = useRef(handler);
  useEffect(() => { latest.current = handler; });
  useEffect(() => {
    if (!store) return;
    return latest.current.start(store, name);
  }, [store, name]);
}

/**
 * Call `fn(message)` for every message of a topic (a string or a list, "*" for all), in order, each once. `onGap` is called
 * when messages were missed or the server says so: read everything anew. Reads the store itself, not a render,
 * so that React's batching cannot drop one.
 */
export function useLive(topic, fn, onGap) {
  const call = useRef();
  useEffect(() => { call.current = { fn, onGap, topics: [].concat(topic) }; });
  useStore(LIVE_STATE, {
    start(store, name) {
      let seen = newest(store.getSnapshot(name));
      const drain = () => {
        const messages = fresh(store.getSnapshot(name), seen);
        if (!messages.length) return;
        const { fn: each, onGap: resync, topics } = call.current;
        let gap = hasGap(messages, seen);
        seen = messages.at(-1).seq;
        for (const message of messages) {
          if (!topics.includes(message.topic) && !topics.includes("*")) continue;
          if (message.resync) gap = true;
          each(message);
        }
        if (gap) resync?.();
      };
      return store.subscribe(name, drain);
    },
  });
}

// Refusals that a part shows itself, such as a form beside its field; the rest become a toast.
const claimed = new Set();
export const claim = (op) => { claimed.add(op); return op; };
export const isClaimed = (op) => claimed.delete(op);

/** Call `fn(ack)` for every answer to an own change: {op, ok, key, params, field, id}. */
export const useAck = (fn) => useLive("ack", fn);

/** The answer to the change `op`, called once: an acknowledgement, a refusal, or the patch that carries it out. */
export function useAnswer(op, fn) {
  const given = useRef(null);
  useLive("*", (message) => {
    if (!op || message.op !== op || given.current === op) return;
    given.current = op;
    fn(message.topic === "ack" ? message : { op, ok: true, id: message.rows?.[0]?.id });
  });
}

/** The handler of a change, told which record it is of: after an outage it may arrive when the tab shows another. */
export const about = (record, fn) => fn && ((...args) => fn(...args, record?.id ?? ""));

/** A name for a change of one's own, by which its answer is known again. */
export const newOp = () => crypto.randomUUID();
