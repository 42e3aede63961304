// Confirmed rows and what one has done to them meanwhile: shown = operations applied to the base.
import { useCallback, useEffect, useMemo, useState } from "react";
import { useAck, useLive } from "./live.jsx";
import { isOpen } from "./outbox.jsx";
import { listLikeBefore } from "./steady.jsx";

const FORGET_MS = 15000, NOTHING = [];

/** The base after a patch: newer versions replace, gone ones leave, `place(rows, row)` takes in unknown ones. Pure. */
export function patched(rows, patch, place) {
  const known = new Map(rows.map((r) => [r.id, r]));
  const gone = new Set((patch.gone ?? []).filter((g) => !known.has(g.id) || (g.version ?? Infinity) >= known.get(g.id).version).map((g) => g.id));
  let next = gone.size ? rows.filter((r) => !gone.has(r.id)) : rows;
  for (const row of patch.rows ?? []) {
    const old = known.get(row.id);
    if (!old) next = place ? place(next, row) : next;
    else if ((row.version ?? 0) >= (old.version ?? 0)) next = next.map((r) => (r.id === row.id ? { ...r, ...row } : r));
  }
  return next;
}
/** Operations {op, ids, change} laid over rows; `change` is merged, or null removes. Pure. */
export function overlaid(rows, ops) {
  if (!ops.length) return rows;
  return ops.reduce((shown, { ids, change }) => {
    const mine = new Set(ids);
    return change === null ? shown.filter((r) => !mine.has(r.id)) : shown.map((r) => (mine.has(r.id) ? { ...r, ...change } : r));
  }, rows);
}

/**
 * The newest list there was: the server sends long ones and keeps no copy, so null means nothing new. What is the same in
 * it as in the one before is the very same, and is not drawn again.
 */
export function useLast(value) {
  const [last, setLast] = useState({ value, list: value });
  if (!value || value === last.value) return last.list;
  const list = last.list ? listLikeBefore(last.list, value) : value;
  setLast({ value, list });
  return list;
}

/**
 * Rows that answer before the server. `rows` is what the server gave; `topic` the live topic; `place` puts a row
 * that was not there; `more` are rows asked for beyond the first ones. Gives {shown, pending: Set of ids, apply(op, ids, change), refused: Map id -> {field, key, params}}.
 */
export function useOptimistic({ rows, more = NOTHING, topic, place, onGap, onPatch }) {
  const [base, setBase] = useState(rows);
  const [added, setAdded] = useState(more);
  const [ops, setOps] = useState([]);
  const [refused, setRefused] = useState(() => new Map());
  const [given, setGiven] = useState(rows);
  if (given !== rows) { setGiven(rows); setBase(listLikeBefore(base, rows)); }   // a new answer of the server is the new base, in the same render
  if (added !== more) { setAdded(more); setBase((b) => patched(b, { rows: more }, (all, row) => [...all, row])); }
  const drop = useCallback((op) => setOps((all) => (all.some((o) => o.op === op) ? all.filter((o) => o.op !== op) : all)), []);
  useLive(topic, (patch) => {
    setBase((b) => patched(b, patch, place));
    if (patch.op) drop(patch.op);
    onPatch?.(patch);
  }, onGap);
  useAck((ack) => {
    if (ack.ok) return ack.repeated && drop(ack.op);
    if (ack.clash) { setBase((b) => patched(b, { rows: [ack.clash.row] })); return drop(ack.op); }
    setOps((all) => {
      const mine = all.find((o) => o.op === ack.op);
      if (mine?.change) setRefused((old) => new Map([...old, ...mine.ids.map((id) => [id, { field: mine.field, key: ack.key, params: ack.params }])]));
      return mine ? all.filter((o) => o.op !== ack.op) : all;
    });
  });
  useEffect(() => {
    if (!ops.length) return;
    const timer = setTimeout(() => setOps((all) => all.filter((o) => Date.now() - o.at < FORGET_MS || isOpen(o.op))), FORGET_MS);
    return () => clearTimeout(timer);
  }, [ops]);
  const apply = useCallback((op, ids, change, field) => {
    setOps((all) => [...all, { op, ids, change, field, at: Date.now() }]);
    setRefused((old) => { if (!ids.some((id) => old.has(id))) return old; const next = new Map(old); ids.forEach((id) => next.delete(id)); return next; });
  }, []);
  const shown = useMemo(() => overlaid(base, ops), [base, ops]);
  const pending = useMemo(() => new Set(ops.flatMap((o) => o.ids)), [ops]);
  return { shown, pending, apply, drop, refused, base };
}
