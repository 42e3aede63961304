// One ordered stream of changes from the server, read so that none is lost when updates come in a burst.
import { useContext, useEffect, useRef } from "react";
import { StateStoreContext } from "$/utils/context-registry";

// The state that carries the stream (saas/state/live.py). Its variables: p0..p63, the last 64 patches
// {seq, topic, op, rows, gone, by, prev?} at seq % 64, and ack, the last refusal {op, ok, key, params}.
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
 * Call `fn(patch)` for every patch of a topic (a string or a list), in order, each once. `onGap` is called
 * when patches were missed: read everything anew. Reads the store itself, not a render, so that React's
 * batching cannot drop one.
 */
export function useLive(topic, fn, onGap) {
  const call = useRef();
  useEffect(() => { call.current = { fn, onGap, topics: [].concat(topic) }; });
  useStore(LIVE_STATE, {
    start(store, name) {
      let seen = newest(store.getSnapshot(name));
      const drain = () => {
        const patches = fresh(store.getSnapshot(name), seen);
        if (!patches.length) return;
        const { fn: each, onGap: resync, topics } = call.current;
        const gap = hasGap(patches, seen);
        seen = patches.at(-1).seq;
        for (const patch of patches) if (topics.includes(patch.topic)) each(patch);
        if (gap) resync?.();
      };
      return store.subscribe(name, drain);
    },
  });
}

/** Call `fn(ack)` for every answer to an own optimistic change: {op, ok, key, params}. */
export function useAck(fn) {
  const call = useRef(fn);
  useEffect(() => { call.current = fn; });
  useStore(LIVE_STATE, {
    start(store, name) {
      let last = store.getSnapshot(name)?.[`ack${SUFFIX}`];
      return store.subscribe(name, () => {
        const ack = store.getSnapshot(name)?.[`ack${SUFFIX}`];
        if (ack && ack !== last && ack.op) call.current(ack);
        last = ack;
      });
    },
  });
}

/** The next free name for an optimistic change. */
export const newOp = () => crypto.randomUUID();
