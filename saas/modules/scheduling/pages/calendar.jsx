// The calendar: who is booked when, as a week or a day by person, or as a list.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useFollow } from "$/public/external/saas/ui/library/follow.jsx";
import { preferences, today as todayHere, useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { useKeys } from "$/public/external/saas/ui/library/keys.jsx";
import { newOp, useLive } from "$/public/external/saas/ui/library/live.jsx";
import { Top } from "$/public/external/saas/ui/library/page.jsx";
import { Avatar, Badge, Button, Segment } from "$/public/external/saas/ui/library/parts.jsx";
import { Empty, Skeleton } from "$/public/external/saas/ui/library/states.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { may, useViewer } from "$/public/external/saas/ui/library/viewer.jsx";
import { AppointmentForm } from "./appointment_form.jsx";
import { useAppointmentDrag, useMoved } from "./calendar_drag.jsx";
import { OfferForm } from "./offer_form.jsx";
import { STEP_MIN, clock, firstSlot } from "./worktime.jsx";

const LEAST_HOUR_PX = 56, DAY_MS = 86400000;
const STATE_TONES = { booked: "acc", done: "ok", cancelled: "" };
const NOTHING = [];
const shift = (day, by) => new Date(Date.parse(day) + by * DAY_MS).toISOString().slice(0, 10);
export const partyName = (row, lang) => (row.party ? (lang === "ar" && row.party.name_ar) || row.party.label : "");

/** The server's rows with what the live stream brought since. */
function useRows(week, onShow) {
  const [patches, setPatches] = useState({ week, rows: {}, gone: {} });
  if (patches.week !== week) setPatches({ week, rows: {}, gone: {} });
  useLive("scheduling.appointment", (message) => {
    setPatches((old) => ({
      ...old,
      rows: { ...old.rows, ...Object.fromEntries((message.rows ?? []).map((row) => [row.id, row])) },
      gone: { ...old.gone, ...Object.fromEntries((message.gone ?? []).map((row) => [row.id, true])) },
    }));
  }, () => onShow?.(week.day ?? ""));
  return useMemo(() => {
    const known = new Map((week.rows ?? NOTHING).map((row) => [row.id, row]));
    for (const row of Object.values(patches.rows)) if (!known.has(row.id) || row.version >= known.get(row.id).version) known.set(row.id, row);
    return [...known.values()]
      .filter((row) => !patches.gone[row.id] && row.state !== "cancelled" && row.day >= week.first && row.day <= week.last)
      .sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  }, [week, patches]);
}

export function CalendarPage({ week, offered, options, onShow, onLookup, onBook, onChange, onMove, onCancel, onFinish, onRebook, onAddPerson, onAddService, onRemove, onSaveHours }) {
  const t = useText(), viewer = useViewer();
  const { rows, move } = useMoved(useRows(week, onShow), onMove);
  useFollow(["scheduling.offer"], () => onShow?.(week.day ?? ""));
  const [layout, setLayout] = useState("week");
  const [day, setDay] = useState(null);
  const [form, setForm] = useState(null);
  const [setup, setSetup] = useState(false);
  useEffect(() => { if (matchMedia("(max-width: 719px)").matches) setLayout("day"); }, []);
  const canBook = may(viewer, "scheduling.book"), canManage = may(viewer, "scheduling.manage_services");
  const people = offered.people ?? NOTHING, services = offered.services ?? NOTHING;
  const ready = people.length > 0 && services.length > 0;
  const shownDay = day && week.days?.some((d) => d.day === day) ? day : nextOpen(week, rows);
  const go = (by) => {
    const next = shift(shownDay, layout === "day" ? by : by * 7);
    if (layout === "day") setDay(next);
    if (layout !== "day" || !week.days.some((d) => d.day === next)) onShow?.(next);
  };
  const today = () => { setDay(null); onShow?.(""); };
  // Asked for before the calendar is there, the form opens as soon as it is.
  const create = (at) => { if (canBook && (ready || !offered.loaded)) setForm(at); };
  useKeys({ KeyT: { label: "scheduling.calendar.today", run: today } });
  const days = (week.days ?? NOTHING).filter((d) => (layout === "day" ? d.day === shownDay : d.open || rows.some((row) => row.day === d.day)));
  const inSight = layout === "day" ? rows.filter((row) => row.day === shownDay) : rows;
  let body;
  if (!offered.loaded) body = <Skeleton rows={10} />;
  else if (!ready && !rows.length) {
    body = <Empty icon="calendar" title={t("scheduling.calendar.empty_title")} text={t("scheduling.calendar.empty_text")}>{canManage ? <Button kind="pri" icon="users" label={t("scheduling.setup.open")} onClick={() => setSetup(true)} /> : null}</Empty>;
  } else if (layout === "list") body = <List rows={rows} onOpen={setForm} />;
  else body = <Week {...{ week, days, rows: inSight, people, canBook, onOpen: setForm, onCreate: create, onMove: move }} />;
  return (
    <>
      <Top title={t("scheduling.calendar.title")}>
        {canManage && ready ? <Button icon="users" label={t("scheduling.setup.open")} onClick={() => setSetup(true)} className="only-wide" /> : null}
        {canBook ? <Button kind="pri" icon="plus" label={t("scheduling.calendar.new")} keys="KeyC" disabled={offered.loaded && !ready} reason={t("scheduling.calendar.empty_text")} onClick={() => create({})} /> : null}
      </Top>
      <div className="tools cal-tools">
        <Button size="sm" label={t("scheduling.calendar.today")} onClick={today} />
        <Button size="sm" kind="ghost" icon="chevron-left" name={t(layout === "day" ? "scheduling.calendar.previous_day" : "scheduling.calendar.previous")} onClick={() => go(-1)} />
        <Button size="sm" kind="ghost" icon="chevron-right" name={t(layout === "day" ? "scheduling.calendar.next_day" : "scheduling.calendar.next")} onClick={() => go(1)} />
        <Range week={week} day={layout === "day" ? shownDay : null} />
        <span className="row g5 only-wide legend">{services.map((service) => <span key={service.id} className="row g2 sm ink2"><span className={`dot ${service.colour === "accent" ? "acc" : service.colour}`} /><bdi>{service.name}</bdi></span>)}</span>
        <span className="end"><Segment name={t("scheduling.calendar.layout")} value={layout} onChange={setLayout} options={["day", "week", "list"].map((value) => ({ value, label: t(`scheduling.calendar.${value}`) }))} /></span>
      </div>
      <div className="body">{body}</div>
      {form && (form.id || ready) ? <AppointmentForm key={form.id ?? `${form.day}${form.start_min}${form.person ?? ""}`} row={form.id ? form : { ...nextPlace(week, shownDay, offered), ...form }} placed={form.day ? { date: true, time: true, person: true } : undefined} hours={offered.hours ?? NOTHING} {...{ people, services, options, canBook, onLookup, onBook, onChange, onCancel, onFinish, onRebook }} onClose={() => setForm(null)} /> : null}
      {setup ? <OfferForm {...{ people, services, onAddPerson, onAddService, onRemove, onSaveHours }} hours={offered.hours ?? NOTHING} first={week.first ? (new Date(week.first).getUTCDay() + 6) % 7 : 0} onClose={() => setSetup(false)} /> : null}
    </>
  );
}

/** The day asked for, or the next working one of its week when nothing is on it. */
function nextOpen(week, rows) {
  const asked = week.days?.find((d) => d.day === week.day);
  if (!asked || asked.open || week.day !== week.today || rows.some((row) => row.day === week.day)) return week.day;
  return week.days.find((d) => d.open && d.day > week.day)?.day ?? week.day;
}

/** What a new appointment begins with: the next place that its first service fits into, by the company's clock and hours. */
function nextPlace(week, day, { hours, services }) {
  const now = { day: todayHere(), minute: minutesNow() };
  // A page that was left open over night is not of yesterday.
  const from = day === week.today && now.day > day ? now.day : day;
  return firstSlot(hours, from, services[0].minutes, now) ?? { day: from, start_min: week.opens };
}

function Range({ week, day }) {
  const t = useText(), f = useFormat();
  if (!week.first) return null;
  const shown = (week.days ?? NOTHING).filter((d) => d.open).map((d) => d.day);
  return (
    <h2 className={`b6 num ${day ? "only-wide" : ""}`}>
      {day ? f.weekday(day) : f.days(shown[0] ?? week.first, shown.at(-1) ?? week.last)}
      <span className="muted sm only-wide"> {t("scheduling.calendar.week_number", { n: week.number })}</span>
    </h2>
  );
}

/** How high an hour is drawn: the day fills the screen where there is room. Gives [ref of the calendar, pixels]. */
function useHour(hours) {
  const box = useRef(null);
  const [px, setPx] = useState(LEAST_HOUR_PX);
  useLayoutEffect(() => {
    const fit = () => setPx(Math.max(LEAST_HOUR_PX, Math.floor((box.current.clientHeight - box.current.querySelector(".dh").offsetHeight) / hours)));
    fit();
    const watch = new ResizeObserver(fit);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [hours]);
  return [box, px];
}

/** Days across, a lane for each person in each day, hours down. */
function Week({ week, days, rows, people, canBook, onOpen, onCreate, onMove }) {
  const t = useText(), f = useFormat();
  const known = new Set(people.map((p) => p.id));
  const lanes = [...people, ...[...new Map(rows.filter((row) => !known.has(row.person)).map((row) => [row.person, { id: row.person, name: row.person_name }])).values()]];
  const from = Math.floor(Math.min(week.opens, ...rows.map((row) => row.start_min)) / 60) * 60;
  const to = Math.ceil(Math.max(week.closes, ...rows.map((row) => Math.min(row.end_min, 1440))) / 60) * 60;
  const [box, hourPx] = useHour((to - from) / 60);
  const y = (minutes) => ((minutes - from) / 60) * hourPx;
  // Where the days find no room beside each other, today is the one that is seen first.
  useEffect(() => { if (box.current.scrollWidth > box.current.clientWidth) box.current.querySelector(".dh:has(.today)")?.scrollIntoView({ inline: "start", block: "nearest" }); }, [box, week.first, days.length]);
  const hours = Array.from({ length: (to - from) / 60 }, (_, n) => from + n * 60);
  const minuteAt = (lane, top) => from + ((top - lane.getBoundingClientRect().top) / hourPx) * 60;
  const drag = useAppointmentDrag({ enabled: canBook, stepMin: STEP_MIN, minuteAt, onDrop: onMove });
  const held = drag.row && drag.over ? { ...drag.row, ...drag.over, end_min: drag.over.start_min + drag.row.end_min - drag.row.start_min } : null;
  const at = (event, dayOf, person) => {
    if (!canBook || event.target !== event.currentTarget && !event.target.classList.contains("shift")) return;
    const top = event.currentTarget.getBoundingClientRect().top;
    onCreate({ day: dayOf, person, start_min: from + Math.floor(((event.clientY - top) / hourPx) * 60 / STEP_MIN) * STEP_MIN });
  };
  return (
    <div className="cal" ref={box} role="grid" aria-label={t("scheduling.calendar.grid")} style={{ "--days": days.length, "--hour": `${hourPx}px`, "--lane": lanes.length }}>
      <div role="row" className="cal-row">
        <div className="dh" role="columnheader"><span className="vh">{t("scheduling.calendar.time")}</span></div>
        {days.map((d) => {
          const booked = rows.filter((row) => row.day === d.day).length;
          return (
            <div key={d.day} className="dh" role="columnheader">
              <div className="d"><span className={d.day === week.today ? "today" : ""}>{f.weekday(d.day)}</span>{booked ? <span className="muted xs end">{t("scheduling.calendar.booked", { n: booked })}</span> : null}</div>
              <div className={`st ${days.length * lanes.length > 12 ? "tight" : ""}`}>{lanes.map((p) => <span key={p.id} title={p.name}><Avatar name={p.name} /><bdi className="trunc">{p.name}</bdi></span>)}</div>
            </div>
          );
        })}
      </div>
      <div role="row" className="cal-row">
        <div role="rowheader" className="cal-hours" style={{ blockSize: y(to) }}>{hours.map((h) => <div key={h} className="hour num" style={{ insetBlockStart: y(h) }}>{h === from ? "" : f.clock ? f.clock(h) : clock(h)}</div>)}</div>
        {days.map((d) => (
          <div key={d.day} role="gridcell" className="day" style={{ blockSize: y(to) }}>
            {lanes.map((p) => (
              <div key={p.id} className="lane" data-day={d.day} data-person={p.id} onClick={(e) => at(e, d.day, p.id)}>
                {d.open ? <div className="shift" style={{ insetBlockStart: y(d.opens), blockSize: y(d.closes) - y(d.opens) }} /> : null}
                <div className="lines" />
                {rows.filter((row) => row.day === d.day && row.person === p.id).map((row) => <Event key={row.id} row={row} top={y(row.start_min)} height={y(Math.min(row.end_min, to)) - y(row.start_min)} onOpen={onOpen} onStart={drag.start} lifted={drag.row?.id === row.id} />)}
                {held && held.day === d.day && held.person === p.id ? <div className={`ev ev-${held.colour} lifted`} style={{ insetBlockStart: y(held.start_min) + 1, blockSize: Math.max(y(held.end_min) - y(held.start_min) - 2, 16) }} aria-hidden="true"><b className="trunc" dir="auto">{held.service_name}</b><span className="x num">{clock(held.start_min)}–{clock(held.end_min)}</span></div> : null}
              </div>
            ))}
            {d.day === week.today ? <Now y={y} from={from} to={to} /> : null}
          </div>
        ))}
      </div>
    </div>
  );
}

function Event({ row, top, height, onOpen, onStart, lifted }) {
  const t = useText(), f = useFormat();
  const party = partyName(row, t.lang);
  const span = row.moving ? `${clock(row.start_min)}–${clock(row.end_min)}` : `${f.time(row.starts_at)}–${f.time(row.ends_at)}`;
  return (
    <button type="button" className={`ev ev-${row.colour} ${row.state} ${lifted ? "away" : ""} ${row.moving ? "moving" : ""}`} onPointerDown={(e) => onStart(e, row)} style={{ insetBlockStart: top + 1, blockSize: Math.max(height - 2, 16) }} title={`${row.service_name} · ${party} · ${span}`} aria-label={[row.service_name, party, row.person_name, span, row.state === "done" ? t("scheduling.state.done") : ""].filter(Boolean).join(", ")} onClick={() => onOpen(row)}>
      <b className="trunc" dir="auto">{row.service_name}</b>
      {height > 24 ? <bdi className="who">{party}</bdi> : null}
      {height > 38 ? <span className="x">{f.time(row.starts_at)}</span> : null}
    </button>
  );
}

/** Minutes since midnight by the company's clock. */
function minutesNow() {
  const [h, m] = new Intl.DateTimeFormat("en-GB", { timeZone: preferences().tz, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date()).split(":").map(Number);
  return h * 60 + m;
}

/** Where the company is in its day; known in the browser only. */
function Now({ y, from, to }) {
  const t = useText();
  const [minutes, setMinutes] = useState(null);
  useEffect(() => {
    const read = () => setMinutes(minutesNow());
    read();
    const timer = setInterval(read, 60000);
    return () => clearInterval(timer);
  }, []);
  return minutes !== null && minutes >= from && minutes <= to ? <div className="nowline" role="img" aria-label={t("scheduling.calendar.now")} style={{ insetBlockStart: y(minutes) }} /> : null;
}

/** The same as a list, for those who read rather than look. */
function List({ rows, onOpen }) {
  const t = useText(), f = useFormat();
  if (!rows.length) return <Empty icon="calendar" title={t("scheduling.calendar.nothing")} />;
  return (
    <div className="tbox">
      <table className="lined cal-list">
        <thead><tr>{["scheduling.form.date", "scheduling.calendar.time", "scheduling.form.service", "scheduling.form.customer", "scheduling.form.person", "scheduling.calendar.state"].map((key) => <th key={key} scope="col">{t(key)}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, n) => (
            <tr key={row.id}>
              <td className="num ink2">{n && rows[n - 1].day === row.day ? "" : f.weekday(row.day)}</td>
              <td className="num"><bdi>{f.time(row.starts_at)}–{f.time(row.ends_at)}</bdi></td>
              <td><button type="button" className="link" onClick={() => onOpen(row)}><bdi>{row.service_name}</bdi></button></td>
              <td><bdi>{partyName(row, t.lang) || "–"}</bdi></td>
              <td><span className="row g3"><Avatar name={row.person_name} /><bdi>{row.person_name}</bdi></span></td>
              <td><Badge tone={STATE_TONES[row.state]}>{t(`scheduling.state.${row.state}`)}</Badge></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
