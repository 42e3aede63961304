// The way back and forth between records: the order of the list that one came from, kept for this tab.
import { useMemo } from "react";
import { useKeys } from "./keys.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";

const key = (route) => `wasl.trail.${route}`;

/** Remember in which order a list showed its records when one of them is opened. */
export function leaveTrail(route, rows) {
  try { sessionStorage.setItem(key(route), JSON.stringify(rows.map((r) => r.id))); } catch { /* no way back then */ }
}
/** {previous, next} ids beside a record, "" at an end; null when it is on no trail. */
export function useTrail(route, id) {
  return useMemo(() => {
    if (!id || typeof sessionStorage === "undefined") return null;
    let ids = [];
    try { ids = JSON.parse(sessionStorage.getItem(key(route))) ?? []; } catch { /* none kept */ }
    const at = ids.indexOf(id);
    return at < 0 ? null : { previous: ids[at - 1] ?? "", next: ids[at + 1] ?? "" };
  }, [route, id]);
}

/** To the record before or after, as the list showed them that one came from: also J and K. */
export function Walking({ neighbour, walk }) {
  const t = useText();
  useKeys(neighbour ? { KeyJ: { label: "ui.keys.next", run: () => walk(neighbour.next) }, KeyK: { label: "ui.keys.previous", run: () => walk(neighbour.previous) } } : null);
  if (!neighbour) return null;
  return (
    <>
      <i className="vr only-wide" />
      <Button kind="ghost" size="sm" icon="chevron-up" name={t("ui.drawer.previous")} disabled={!neighbour.previous} onClick={() => walk(neighbour.previous)} />
      <Button kind="ghost" size="sm" icon="chevron-down" name={t("ui.drawer.next")} disabled={!neighbour.next} onClick={() => walk(neighbour.next)} />
    </>
  );
}
