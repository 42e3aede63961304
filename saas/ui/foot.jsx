// The sums in a list's foot: of all that the query holds, asked for after the rows are on screen.
import { useEffect, useRef, useState } from "react";
import { useFormat } from "./format.jsx";
import { useLive } from "./live.jsx";
import { useText } from "./text.jsx";

const AFTER_MS = 120, AGAIN_MS = 3000;
const about = (q) => JSON.stringify([q?.search ?? "", q?.filters ?? [], !!q?.archived]);

/** `columns` that are summed; `totals` {search, filters, archived, sums: {key: [[currency, sum]]}}; `onTotals(query)`. */
export function Sums({ columns, query, totals, topic, onTotals }) {
  const t = useText(), f = useFormat();
  const [stale, setStale] = useState(0);
  const timer = useRef(0);
  const asked = about(query);
  useEffect(() => {
    const wait = setTimeout(() => onTotals({ ...query, cursor: "", back: false }), AFTER_MS);
    return () => clearTimeout(wait);
  }, [asked, stale]); // eslint-disable-line react-hooks/exhaustive-deps -- asks when what is summed has changed
  useLive(topic, () => { clearTimeout(timer.current); timer.current = setTimeout(() => { if (!document.hidden) setStale((n) => n + 1); }, AGAIN_MS); });
  useEffect(() => () => clearTimeout(timer.current), []);
  const known = totals?.sums && about(totals) === asked;
  return columns.map((c) => {
    const sums = totals?.sums?.[c.key] ?? [];
    const words = sums.length ? sums.map(([currency, sum]) => (c.kind === "money" ? f.money(sum, currency) : f.number(sum))) : [c.kind === "money" ? f.money(0) : f.number(0)];
    return <span key={c.key} className={`total ${known ? "" : "dim"}`}>{t("ui.total_of", { column: t.lang === "en" ? t(c.label).toLowerCase() : t(c.label) })} {totals?.sums ? <b className="num">{words.map((w, i) => <span key={i}>{i ? " + " : ""}<bdi>{w}</bdi></span>)}</b> : <span className="sk" style={{ inlineSize: 72 }} />}</span>;
  });
}
