// From when to when the company works, weekday by weekday, in the order of its own week.
import { useState } from "react";
import { latin } from "$/public/external/saas/ui/library/format.jsx";
import { claim, newOp, useAck } from "$/public/external/saas/ui/library/live.jsx";
import { Button } from "$/public/external/saas/ui/library/parts.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { clock } from "./worktime.jsx";

const MONDAY = Date.UTC(2024, 0, 1), DAY_MS = 86400000;
const shown = (d) => ({ weekday: d.weekday, open: d.open, opens: d.open ? clock(d.opens) : "08:00", closes: d.open ? clock(d.closes) : "18:00" });

/** `hours` [{weekday (Monday 0), open, opens, closes}]; `first` the weekday that weeks begin on; `onSave(op, days)`. */
export function HoursForm({ hours, first = 0, onSave, onProblem }) {
  const t = useText();
  const [days, setDays] = useState(() => [...hours.slice(first), ...hours.slice(0, first)].map(shown));
  const [waiting, setWaiting] = useState(null);
  useAck((ack) => { if (ack.op !== waiting) return; setWaiting(null); if (!ack.ok) onProblem(ack); });
  const set = (weekday, part) => { onProblem(null); setDays((all) => all.map((d) => (d.weekday === weekday ? { ...d, ...part } : d))); };
  const save = (e) => { e.preventDefault(); const op = claim(newOp()); setWaiting(op); onSave(op, days.map((d) => ({ ...d, opens: latin(d.opens), closes: latin(d.closes) }))); };
  const name = (weekday) => new Intl.DateTimeFormat(t.lang, { weekday: "long", timeZone: "UTC" }).format(new Date(MONDAY + weekday * DAY_MS));
  return (
    <form className="hours" onSubmit={save}>
      {days.map((d) => (
        <div key={d.weekday} className="row g3">
          <label className="row g3 day"><input type="checkbox" className="chk" aria-label={t("scheduling.setup.works_on", { day: name(d.weekday) })} checked={d.open} onChange={(e) => set(d.weekday, { open: e.target.checked })} /><span>{name(d.weekday)}</span></label>
          {d.open ? (
            <span className="row g2">
              <input className="inp field" dir="ltr" inputMode="numeric" maxLength={5} aria-label={t("scheduling.setup.opens_on", { day: name(d.weekday) })} value={d.opens} onChange={(e) => set(d.weekday, { opens: e.target.value })} />
              <span aria-hidden="true">–</span>
              <input className="inp field" dir="ltr" inputMode="numeric" maxLength={5} aria-label={t("scheduling.setup.closes_on", { day: name(d.weekday) })} value={d.closes} onChange={(e) => set(d.weekday, { closes: e.target.value })} />
            </span>
          ) : <span className="muted">{t("scheduling.setup.closed")}</span>}
        </div>
      ))}
      <div><Button type="submit" label={t("scheduling.setup.save_hours")} busy={!!waiting} /></div>
    </form>
  );
}
