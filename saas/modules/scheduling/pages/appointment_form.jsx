// One appointment: booked, changed, ended. When the time is taken, it offers two that are free; one outside of the
// working hours it books all the same, having said so.
import { useEffect, useId, useRef, useState } from "react";
import { Continued, useContinued } from "$/public/external/saas/ui/library/continued.jsx";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { latin, parseDate, parseNumber, typedDate, useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { claim, newOp, useAck } from "$/public/external/saas/ui/library/live.jsx";
import { Button } from "$/public/external/saas/ui/library/parts.jsx";
import { Picker } from "$/public/external/saas/ui/library/picker.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { clock, minutesOf, outside } from "./worktime.jsx";

const DAY_MIN = 1440;
const FIELDS = ["service", "person", "date", "time", "minutes", "note"];

/** `row` an appointment, or where a new one begins; `placed` names what of it was pointed at: {date, time, person}. */
export function AppointmentForm({ row, placed, people, services, hours, options, canBook, onLookup, onBook, onChange, onCancel, onFinish, onRebook, onClose }) {
  const t = useText(), f = useFormat(), id = useId();
  const known = !!row.id;
  const begun = useContinued(known ? null : "scheduling.appointment", () => ({
    party: row.party ? { id: row.party.id, label: (t.lang === "ar" && row.party.name_ar) || row.party.label } : null,
    person: row.person ?? people[0]?.id ?? "", service: row.service ?? services[0]?.id ?? "",
    date: typedDate(row.day), time: clock(row.start_min), minutes: known ? String(row.end_min - row.start_min) : String(services[0]?.minutes ?? 60), note: row.note ?? "",
  }), { given: placed });
  const { values } = begun;
  const [waiting, setWaiting] = useState(null);
  const [problem, setProblem] = useState(null);
  const form = useRef(null);
  const focusStart = () => form.current?.querySelector("input, select")?.focus();
  useEffect(focusStart, []);
  useEffect(() => { if (problem) form.current?.querySelector("[aria-invalid=true]")?.focus(); }, [problem]);
  useAck((ack) => {
    if (ack.op !== waiting) return;
    setWaiting(null);
    if (ack.ok) return onClose();
    begun.refused();
    setProblem(ack);
  });
  const set = (part) => { begun.set(part); setProblem(null); };
  const send = (sent) => { const op = claim(begun.send()); setWaiting(op); if (known) onChange(op, row.id, sent); else onBook(op, sent); };
  const asked = (part = {}) => ({ person: values.person, service: values.service, party: values.party?.id ?? "", minutes: latin(values.minutes), note: values.note, ...part });
  const day = parseDate(values.date), begins = minutesOf(values.time), lasts = parseNumber(values.minutes);
  const submit = (e) => {
    e?.preventDefault();
    if (waiting) return;
    if (!day) return setProblem({ field: "date", key: values.date.trim() ? "ui.error.date" : "ui.error.required" });
    if (begins === null) return setProblem({ field: "time", key: values.time.trim() ? "scheduling.errors.time" : "ui.error.required" });
    send(asked({ starts_at: `${day}T${clock(begins)}` }));
  };
  const end = (verb) => { const op = claim(newOp()); setWaiting(op); verb(op, row.id); };
  const open = row.state === undefined || row.state === "booked";
  const editable = canBook && open;
  const closed = editable && day && begins !== null && lasts > 0 && lasts <= DAY_MIN && hours.length === 7 ? outside(hours, day, begins, lasts) : null;
  // The server speaks of the instant, the form has its date and time.
  const at = problem ? { starts_at: "time", duration_min: "minutes" }[problem.field] ?? problem.field : null;
  const tied = (field) => ({ id: `${id}${field}`, ...(at === field ? { "aria-invalid": true, "aria-describedby": `${id}${field}-why` } : null) });
  const fld = (field, control) => (
    <div className={`fld ${field === "note" ? "full" : ""}`}>
      <label className="lab" htmlFor={`${id}${field}`}>{t(`scheduling.form.${field}`)}</label>
      {control}
      {at === field && !places.length ? <div className="help err" id={`${id}${field}-why`} role="alert"><Icon name="alert" size="s" />{t(problem.key, problem.params)}</div> : null}
    </div>
  );
  const places = [1, 2].map((n) => ({ person: problem?.params?.[`place${n}_person`], name: problem?.params?.[`place${n}_name`], at: problem?.params?.[`place${n}_at`] })).filter((place) => place.at);
  const title = t(known ? "scheduling.form.edit_title" : "scheduling.form.new_title");
  const pick = (field, list) => fld(field, (
    <select className="inp field" {...tied(field)} value={values[field]} disabled={!editable} onChange={(e) => set(field === "service" ? { service: e.target.value, minutes: String(services.find((s) => s.id === e.target.value)?.minutes ?? values.minutes) } : { [field]: e.target.value })}>
      {values[field] && !list.some((one) => one.id === values[field]) ? <option value={values[field]}>{row[`${field}_name`]}</option> : null}
      {list.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
    </select>
  ));
  const text = (field, props) => fld(field, <input className="inp field" {...tied(field)} disabled={!editable} value={values[field]} onChange={(e) => set({ [field]: e.target.value })} {...props} />);
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="in" id="appointment" ref={form} onSubmit={submit} noValidate>
        <h2>{title}</h2>
        <Continued form={begun} onStartOver={() => { setProblem(null); focusStart(); }} />
        {problem && !FIELDS.includes(at) ? <div className="help err" role="alert"><Icon name="alert" size="s" />{t(problem.key, problem.params)}</div> : null}
        <div className="fields">
          <div className="fld full"><span className="lab">{t("scheduling.form.customer")}</span>
            {editable ? <Picker name={t("scheduling.form.customer")} field="party" value={values.party} options={options} onLookup={onLookup} onPick={(item) => set({ party: item })} /> : <bdi className="b5">{values.party?.label ?? "–"}</bdi>}
          </div>
          {pick("service", services)}
          {pick("person", people)}
          {text("date", { dir: "auto" })}
          <div className="fields">{text("time", { inputMode: "numeric", dir: "ltr" })}{text("minutes", { inputMode: "numeric", dir: "ltr" })}</div>
          {places.length ? (
            <div className="taken full" id={`${id}time-why`} role="alert">
              <div className="row g3 bad b5"><Icon name="warning" />{t("scheduling.taken.title", { person: problem.params.person })}</div>
              <div className="muted sm">{t("scheduling.taken.offer")}</div>
              {places.map((place) => (
                <button key={place.person + place.at} type="button" className="it" onClick={() => send(asked({ person: place.person, starts_at: place.at }))}>
                  <Icon name={place.person === values.person ? "clock" : "user"} /><span className="grow"><bdi>{place.name}</bdi> · <bdi className="num">{f.dateTime(place.at)}</bdi></span><span className="ok sm">{t("scheduling.taken.free")}</span>
                </button>
              ))}
            </div>
          ) : null}
          {closed && !problem ? <div className="help warn full" role="status"><Icon name="warning" size="s" />{t(closed.open ? "scheduling.form.outside" : "scheduling.form.closed", { day: f.weekday(closed.day), from: clock(closed.opens), until: clock(closed.closes) })}</div> : null}
          {fld("note", <textarea className="inp field" {...tied("note")} dir="auto" maxLength={1000} disabled={!editable} value={values.note} onChange={(e) => set({ note: e.target.value })} />)}
        </div>
      </form>
      <div className="acts">
        {known && editable ? <span className="end row g3"><Button kind="danger" label={t("scheduling.form.cancel_appointment")} onClick={() => end(onCancel)} /><Button label={t("scheduling.form.done")} onClick={() => end(onFinish)} /></span> : null}
        {known && canBook && !open ? <Button label={t("scheduling.form.rebook")} busy={!!waiting} onClick={() => end(onRebook)} /> : null}
        {known && editable ? null : <Button label={t("scheduling.form.close")} onClick={onClose} />}
        {editable ? <Button kind="pri" type="submit" form="appointment" label={t(known ? "scheduling.form.move" : closed ? "scheduling.form.book_anyway" : "scheduling.form.book")} busy={!!waiting} /> : null}
      </div>
    </Dialog>
  );
}
