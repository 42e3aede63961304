// Who can be booked, and for what.
import { useRef, useState } from "react";
import { Continued, useContinued } from "$/public/external/saas/ui/library/continued.jsx";
import { Dialog } from "$/public/external/saas/ui/library/dialog.jsx";
import { parseNumber } from "$/public/external/saas/ui/library/format.jsx";
import { claim, newOp, useAck } from "$/public/external/saas/ui/library/live.jsx";
import { Avatar, Button } from "$/public/external/saas/ui/library/parts.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { useWrong } from "$/public/external/saas/ui/library/wrong.jsx";
import { HoursForm } from "./hours_form.jsx";

const COLOURS = ["accent", "info", "plum", "ok", "warn"];
const LEFT_OUT = { key: "ui.error.required" }, NO_LENGTH = { key: "scheduling.errors.duration" };
const LIKE_BEFORE = { minutes: "60", colour: "accent" };   // the next service is begun like the one before

export function OfferForm({ people, services, hours, first, onAddPerson, onAddService, onRemove, onSaveHours, onClose }) {
  const t = useText();
  const before = useRef(LIKE_BEFORE);
  const person = useContinued("scheduling.person", () => ({ person: "" }));
  const service = useContinued("scheduling.service", () => ({ service: "", ...before.current }));
  const begun = { person, service }, values = { ...person.values, ...service.values };
  const [waiting, setWaiting] = useState(null);
  const { refuse, mend, box, tied, said } = useWrong();
  useAck((ack) => {
    if (ack.op !== waiting?.op) return;
    const { of } = waiting;
    setWaiting(null);
    if (ack.ok) return begun[of].startOver();
    begun[of].refused();
    refuse({ [ack.field === "duration_min" ? "minutes" : of]: ack });
  });
  const set = (of, part) => { begun[of].set(part); mend(...Object.keys(part)); };
  const send = (of, how) => { const op = claim(begun[of].send()); setWaiting({ op, of }); how(op); };
  const addPerson = (e) => {
    e.preventDefault();
    if (waiting || refuse(values.person.trim() ? {} : { person: LEFT_OUT })) return;
    send("person", (op) => onAddPerson(op, values.person));
  };
  const addService = (e) => {
    e.preventDefault();
    if (waiting) return;
    const minutes = parseNumber(values.minutes);
    const found = {};
    if (!values.service.trim()) found.service = LEFT_OUT;
    if (!Number.isInteger(minutes) || minutes < 5 || minutes > 1440) found.minutes = NO_LENGTH;
    if (refuse(found)) return;
    before.current = { minutes: values.minutes, colour: values.colour };
    send("service", (op) => onAddService(op, values.service, minutes, values.colour));
  };
  return (
    <Dialog title={t("scheduling.setup.title")} className="wide" onClose={onClose}>
      <div className="in" ref={box}>
        <h2>{t("scheduling.setup.title")}</h2>
        <div className="fields offer">
          <section>
            <h3 className="h3">{t("scheduling.setup.people")}</h3>
            <ul>{people.map((p) => <li key={p.id} className="mini"><Avatar name={p.name} size="m" /><bdi className="grow trunc b5">{p.name}</bdi><Button kind="ghost" size="sm" icon="x" name={t("scheduling.setup.remove", { name: p.name })} onClick={() => onRemove(newOp(), "person", p.id)} /></li>)}</ul>
            <Continued form={person} onStartOver={() => mend("person")} />
            <form className="row g3" onSubmit={addPerson} noValidate>
              <input className="inp field grow" {...tied("person")} dir="auto" aria-label={t("scheduling.setup.person_name")} placeholder={t("scheduling.setup.person_name")} maxLength={80} value={values.person} onChange={(e) => set("person", { person: e.target.value })} />
              <Button type="submit" icon="plus" label={t("scheduling.setup.add_person")} busy={waiting?.of === "person"} />
            </form>
            {said("person")}
          </section>
          <section>
            <h3 className="h3">{t("scheduling.setup.services")}</h3>
            <ul>{services.map((s) => <li key={s.id} className="mini"><span className={`dot ${s.colour === "accent" ? "acc" : s.colour}`} /><bdi className="grow trunc b5">{s.name}</bdi><span className="muted sm num">{t("scheduling.setup.minutes", { n: s.minutes })}</span><Button kind="ghost" size="sm" icon="x" name={t("scheduling.setup.remove", { name: s.name })} onClick={() => onRemove(newOp(), "service", s.id)} /></li>)}</ul>
            <Continued form={service} onStartOver={() => mend("service", "minutes")} />
            <form className="col g3" onSubmit={addService} noValidate>
              <input className="inp field" {...tied("service")} dir="auto" aria-label={t("scheduling.setup.service_name")} placeholder={t("scheduling.setup.service_name")} maxLength={80} value={values.service} onChange={(e) => set("service", { service: e.target.value })} />
              {said("service")}
              <span className="row g3">
                <input className="inp field" {...tied("minutes")} style={{ inlineSize: 76 }} inputMode="numeric" dir="ltr" aria-label={t("scheduling.form.minutes")} value={values.minutes} onChange={(e) => set("service", { minutes: e.target.value })} />
                <select className="inp field grow" aria-label={t("scheduling.setup.colour")} value={values.colour} onChange={(e) => set("service", { colour: e.target.value })}>{COLOURS.map((c) => <option key={c} value={c}>{t(`scheduling.colour.${c}`)}</option>)}</select>
                <Button type="submit" icon="plus" label={t("scheduling.setup.add_service")} busy={waiting?.of === "service"} />
              </span>
              {said("minutes")}
            </form>
          </section>
          <section className="full">
            <h3 className="h3">{t("scheduling.setup.hours")}</h3>
            <HoursForm key={JSON.stringify(hours)} {...{ hours, first }} onSave={onSaveHours} />
          </section>
        </div>
      </div>
      <div className="acts"><Button label={t("scheduling.form.close")} onClick={onClose} /></div>
    </Dialog>
  );
}
