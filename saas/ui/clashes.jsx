// Fields that two people wrote at once, until one of them has picked a value; they outlive the page they arose on.
import { useSyncExternalStore } from "react";

const NONE = [], MOST = 50, MOUNT_MS = 300;
const written = new Map();      // op -> edit: those without an answer yet
const seen = new Set();         // keys of clashes that stand on the screen
const listeners = new Set();
let clashes = NONE;             // edits with {by, row} of the other's
const change = (next) => { clashes = next; listeners.forEach((listener) => listener()); };
const subscribe = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };

/**
 * Remember an edit until its answer: `topic` and `id` of the record, its `column`, what is `sent` and `shown`, the row
 * keys that it changes (`change`), who shows it (`at`, of useId) and where it can be found again (`href`).
 */
export function writing(op, { topic, id, column, ...rest }) {
  const key = `${topic}/${id}/${column.key}`;
  written.set(op, { key, id, column, ...rest });
  if (written.size > MOST) written.delete(written.keys().next().value);
  decided(key);
}
/** Takes in an answer; says whether it is a clash. `onLost(clash)` is called when no field on the screen shows it. */
export function settle(ack, onLost) {
  const edit = written.get(ack.op);
  written.delete(ack.op);
  if (!edit || !ack.clash) return false;
  const clash = { ...edit, by: ack.clash.by, row: ack.clash.row };
  change([...clashes.filter((c) => c.key !== edit.key), clash]);
  setTimeout(() => { if (clashes.includes(clash) && !seen.has(clash.key)) onLost?.(clash); }, MOUNT_MS);
  return true;
}
export function decided(key) { if (clashes.some((c) => c.key === key)) change(clashes.filter((c) => c.key !== key)); }
/** The clash stands on the screen; gives what takes it off again. */
export function standing(key) { seen.add(key); return () => { seen.delete(key); }; }

/** `(id, column key)` gives the clash of a record's field that waits for its decision, if there is one. */
export function useClashes(topic) {
  const all = useSyncExternalStore(subscribe, () => clashes, () => NONE);
  return (id, column) => (all.length ? all.find((c) => c.key === `${topic}/${id}/${column}`) : undefined);
}
