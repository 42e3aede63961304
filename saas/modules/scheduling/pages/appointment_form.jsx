// One appointment: booked, changed, ended. When the time is taken, it offers two that are free.
import { useEffect, useRef, useState } from "react";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { latin, parseDate, typedDate, useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { claim, newOp, useAck } from "$/public/external/saas/ui/library/live.jsx";
import { Button } from "$/public/external/saas/ui/library/parts.jsx";
import { Picker } from "$/public/external/saas/ui/library/picker.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";

const clock = (minutes) => `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** `yyyy-mm-ddThh:mm` of what was typed, null when it is no date or time. */
export function localInstant(date, time) {
  const day = parseDate(date), at = latin(time).trim().match(/^(\d{1,2})(?:[:.](\d{2}))?$/);
  if (!day || !at || Number(at[1]) > 23 || Number(at[2] ?? 0) > 59) return null;
  return `${day}T${at[1].padStart(2, "0")}:${at[2] ?? "00"}`;
}

export function AppointmentForm({ row, people, services, options, canBook, onLookup, onBook, onChange, onCancel, onFinish, onRebook, onClose }) {
  const t = useText(), f = useFormat();
  const known = !!row.id;
  const [values, setValues] = useState(() => ({
    party: row.party ? { id: row.party.id, label: (t.lang === "ar" && row.party.name_ar) || row.party.label } : null,
    person: row.person ?? people[0]?.id ?? "", service: row.service ?? services[0]?.id ?? "",
    date: typedDate(row.day), time: clock(row.start_min), minutes: known ? String(row.end_min - row.start_min) : String(services[0]?.minutes ?? 60), note: row.note ?? "",
  }));
  const [waiting, setWaiting] = useState(null);
  const [problem, setProblem] = useState(null);
  const form = useRef(null);
  useEffect(() => { form.current?.querySelector("input, select")?.focus(); }, []);
  useEffect(() => { if (problem) form.current?.querySelector("[aria-invalid=true]")?.focus(); }, [problem]);
  useAck((ack) => {
    if (ack.op !== waiting) return;
    setWaiting(null);
    if (ack.ok) return onClose();
    setProblem(ack);
  });
  const set = (part) => { setValues((old) => ({ ...old, ...part })); setProblem(null); };
  const send = (sent) => { const op = claim(newOp()); setWaiting(op); if (known) onChange(op, row.id, sent); else onBook(op, sent); };
  const asked = (part = {}) => ({ person: values.person, service: values.service, party: values.party?.id ?? "", minutes: latin(values.minutes), note: values.note, ...part });
  const submit = (e) => {
    e?.preventDefault();
    if (waiting) return;
    const at = localInstant(values.date, values.time);
    if (!at) return setProblem({ field: "starts_at", key: "scheduling.errors.when", params: { text: `${values.date} ${values.time}` } });
    send(asked({ starts_at: at }));
  };
  const end = (verb) => { const op = claim(newOp()); setWaiting(op); verb(op, row.id); };
  const open = row.state === undefined || row.state === "booked";
  const editable = canBook && open;
  const wrong = (field) => (problem?.field === field ? true : undefined);
  const places = [1, 2].map((n) => ({ person: problem?.params?.[`place${n}_person`], name: problem?.params?.[`place${n}_name`], at: problem?.params?.[`place${n}_at`] })).filter((place) => place.at);
  const title = t(known ? "scheduling.form.edit_title" : "scheduling.form.new_title");
  const pick = (field, list) => (
    <label className="fld"><span className="lab">{t(`scheduling.form.${field}`)}</span>
      <select className="inp field" value={values[field]} disabled={!editable} aria-invalid={wrong(field)} onChange={(e) => set(field === "service" ? { service: e.target.value, minutes: String(services.find((s) => s.id === e.target.value)?.minutes ?? values.minutes) } : { [field]: e.target.value })}>
        {values[field] && !list.some((one) => one.id === values[field]) ? <option value={values[field]}>{row[`${field}_name`]}</option> : null}
        {list.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
      </select>
    </label>
  );
  const text = (field, props) => <label className="fld"><span className="lab">{t(`scheduling.form.${field}`)}</span><input className="inp field" disabled={!editable} aria-invalid={wrong(field === "minutes" ? "duration_min" : "starts_at")} value={values[field]} onChange={(e) => set({ [field]: e.target.value })} {...props} /></label>;
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="in" id="appointment" ref={form} onSubmit={submit} noValidate>
        <h2>{title}</h2>
        {problem && !places.length ? <div className="help err" role="alert"><Icon name="alert" size="s" />{t(problem.key, problem.params)}</div> : null}
        {places.length ? (
          <div className="taken" role="alert">
            <div className="row g3 bad b5"><Icon name="warning" />{t("scheduling.taken.title", { person: problem.params.person })}</div>
            <div className="muted sm">{t("scheduling.taken.offer")}</div>
            {places.map((place) => (
              <button key={place.person + place.at} type="button" className="it" onClick={() => send(asked({ person: place.person, starts_at: place.at }))}>
                <Icon name={place.person === values.person ? "clock" : "user"} /><span className="grow"><bdi>{place.name}</bdi> · <bdi className="num">{f.dateTime(place.at)}</bdi></span><span className="ok sm">{t("scheduling.taken.free")}</span>
              </button>
            ))}
          </div>
        ) : null}
        <div className="fields">
          <div className="fld full"><span className="lab">{t("scheduling.form.customer")}</span>
            {editable ? <Picker name={t("scheduling.form.customer")} field="party" value={values.party} options={options} onLookup={onLookup} onPick={(item) => set({ party: item })} /> : <bdi className="b5">{values.party?.label ?? "–"}</bdi>}
          </div>
          {pick("service", services)}
          {pick("person", people)}
          {text("date", { dir: "auto" })}
          <div className="fields">{text("time", { inputMode: "numeric", dir: "ltr" })}{text("minutes", { inputMode: "numeric", dir: "ltr" })}</div>
          <label className="fld full"><span className="lab">{t("scheduling.form.note")}</span><textarea className="inp field" dir="auto" maxLength={1000} disabled={!editable} value={values.note} onChange={(e) => set({ note: e.target.value })} /></label>
        </div>
      </form>
      <div className="acts">
        {known && editable ? <span className="end row g3"><Button kind="danger" label={t("scheduling.form.cancel_appointment")} onClick={() => end(onCancel)} /><Button label={t("scheduling.form.done")} onClick={() => end(onFinish)} /></span> : null}
        {known && canBook && !open ? <Button label={t("scheduling.form.rebook")} busy={!!waiting} onClick={() => end(onRebook)} /> : null}
        {known && editable ? null : <Button label={t("scheduling.form.close")} onClick={onClose} />}
        {editable ? <Button kind="pri" type="submit" form="appointment" label={t(known ? "scheduling.form.move" : "scheduling.form.book")} busy={!!waiting} /> : null}
      </div>
    </Dialog>
  );
}
