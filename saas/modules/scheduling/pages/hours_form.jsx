// From when to when the company works, weekday by weekday, in the order of its own week.
import { useState } from "react";
import { claim, newOp, useAck } from "$/public/external/saas/ui/library/live.jsx";
import { Button } from "$/public/external/saas/ui/library/parts.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { useWrong } from "$/public/external/saas/ui/library/wrong.jsx";
import { clock, minutesOf } from "./worktime.jsx";

const NO_TIME = { key: "scheduling.errors.time" }, NO_SPAN = { key: "scheduling.errors.hours" };
const MONDAY = Date.UTC(2024, 0, 1), DAY_MS = 86400000;
const shown = (d) => ({ weekday: d.weekday, open: d.open, opens: d.open ? clock(d.opens) : "08:00", closes: d.open ? clock(d.closes) : "18:00" });

/** What is wrong with the days as typed; one that closes at 00:00 does so at its end. */
function wrongOf(days) {
  const wrong = {};
  for (const d of days.filter((one) => one.open)) {
    const opens = minutesOf(d.opens), closes = minutesOf(d.closes);
    if (opens === null) wrong[`opens${d.weekday}`] = NO_TIME;
    if (closes === null) wrong[`closes${d.weekday}`] = NO_TIME;
    else if (opens !== null && closes && closes <= opens) wrong[`closes${d.weekday}`] = NO_SPAN;
  }
  return wrong;
}

/** `hours` [{weekday (Monday 0), open, opens, closes}]; `first` the weekday that weeks begin on; `onSave(op, days)`. */
export function HoursForm({ hours, first = 0, onSave }) {
  const t = useText();
  const [days, setDays] = useState(() => [...hours.slice(first), ...hours.slice(0, first)].map(shown));
  const [waiting, setWaiting] = useState(null);
  const { refuse, mend, box, tied, said } = useWrong();
  useAck((ack) => {
    if (ack.op !== waiting) return;
    setWaiting(null);
    if (!ack.ok) refuse({ [ack.field?.startsWith("hours.") ? `closes${ack.field.slice(6)}` : ""]: ack });
  });
  const set = (weekday, part) => { mend("", `opens${weekday}`, `closes${weekday}`); setDays((all) => all.map((d) => (d.weekday === weekday ? { ...d, ...part } : d))); };
  const save = (e) => {
    e.preventDefault();
    if (refuse(wrongOf(days))) return;
    const op = claim(newOp());
    setWaiting(op);
    onSave(op, days.map((d) => (d.open ? { ...d, opens: clock(minutesOf(d.opens)), closes: clock(minutesOf(d.closes)) } : d)));
  };
  const name = (weekday) => new Intl.DateTimeFormat(t.lang, { weekday: "long", timeZone: "UTC" }).format(new Date(MONDAY + weekday * DAY_MS));
  return (
    <form className="hours" ref={box} onSubmit={save} noValidate>
      {days.map((d) => (
        <div key={d.weekday} className="row wraps g3">
          <label className="row g3 day"><input type="checkbox" className="chk" aria-label={t("scheduling.setup.works_on", { day: name(d.weekday) })} checked={d.open} onChange={(e) => set(d.weekday, { open: e.target.checked })} /><span>{name(d.weekday)}</span></label>
          {d.open ? (
            <span className="row g2">
              <input className="inp field" {...tied(`opens${d.weekday}`)} dir="ltr" inputMode="numeric" maxLength={5} aria-label={t("scheduling.setup.opens_on", { day: name(d.weekday) })} value={d.opens} onChange={(e) => set(d.weekday, { opens: e.target.value })} />
              <span aria-hidden="true">–</span>
              <input className="inp field" {...tied(`closes${d.weekday}`)} dir="ltr" inputMode="numeric" maxLength={5} aria-label={t("scheduling.setup.closes_on", { day: name(d.weekday) })} value={d.closes} onChange={(e) => set(d.weekday, { closes: e.target.value })} />
            </span>
          ) : <span className="muted">{t("scheduling.setup.closed")}</span>}
          {d.open ? <>{said(`opens${d.weekday}`)}{said(`closes${d.weekday}`)}</> : null}
        </div>
      ))}
      {said("")}
      <div><Button type="submit" label={t("scheduling.setup.save_hours")} busy={!!waiting} /></div>
    </form>
  );
}
