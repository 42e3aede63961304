// Forms from a declaration: the same columns that lists are made of, or fields of one's own.
import { useEffect, useId, useRef, useState } from "react";
import { useLocation } from "react-router";
import { currencyOf, fromText, idOf, inputMode, nameOf, toText, valueOf } from "./cells.jsx";
import { Continued, useContinued } from "./continued.jsx";
import { Dialog } from "./dialog.jsx";
import { parseDate, useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { claim, useAnswer } from "./live.jsx";
import { Button } from "./parts.jsx";
import { Picker } from "./picker.jsx";
import { useText } from "./text.jsx";
import { isCertain, useViewer } from "./viewer.jsx";

const WIDE = new Set(["longtext", "tags"]);
const LONG = 500; // letters; a text that may be longer is typed over several lines
const isLong = (c) => c.kind === "longtext" || (c.kind === "text" && c.longest > LONG);

/** One labelled field; `error` {key, params} is tied to it. `value` is what is typed (text), or {id, label} for a picked one. */
export function Field({ column, value, error, options, onLookup, onChange, currency, big = true, autoFocus }) {
  const t = useText(), f = useFormat(), id = useId();
  const box = big ? "form" : "field";
  const label = column.text ?? t(column.label);
  const help = column.help ? t(column.help) : column.kind === "date" || column.kind === "datetime" ? t(`ui.${column.kind}_hint`) : null;
  const notes = [help && `${id}h`, error && `${id}e`].filter(Boolean).join(" ") || undefined;
  const common = { id, name: column.key, "aria-invalid": error ? true : undefined, "aria-describedby": notes, "aria-required": column.required || undefined, autoFocus };
  const picked = column.kind === "person" || column.kind === "ref";
  let control;
  if (picked) control = <Picker {...{ id, options, onLookup, form: big }} field={column.key} value={value || null} invalid={!!error} describedBy={notes} required={column.required} onPick={onChange} clearable={!column.required} />;
  else if (column.kind === "choice") control = <select className={`inp ${box}`} {...common} value={value ?? ""} onChange={(e) => onChange(e.target.value)}>{column.required && value ? null : <option value="">{t("ui.choose")}</option>}{(column.choices ?? []).map((c) => <option key={c.value} value={c.value}>{c.text ?? t(c.label)}</option>)}</select>;
  else if (column.kind === "bool") return <label className="row fld full"><input type="checkbox" className="chk" {...common} checked={value === true || value === "true"} onChange={(e) => onChange(e.target.checked)} /><span>{label}</span></label>;
  else if (isLong(column)) control = <textarea className={`inp ${box}`} {...common} dir={value ? "auto" : undefined} value={value ?? ""} maxLength={column.longest} onChange={(e) => onChange(e.target.value)} />;
  else if (column.kind === "date") control = <DateInput {...common} box={box} value={value ?? ""} onChange={onChange} />;
  else control = (
    <input className={`inp ${box}`} {...common} type={column.kind === "password" ? "password" : "text"} autoComplete={column.autocomplete ?? "off"} inputMode={inputMode(column.kind)} maxLength={column.longest}
      dir={["email", "phone", "link", "password"].includes(column.kind) ? "ltr" : value ? "auto" : undefined} value={value ?? ""} onChange={(e) => onChange(e.target.value)} />
  );
  return (
    <div className={`fld ${WIDE.has(column.kind) || isLong(column) || column.full ? "full" : ""}`}>
      <label className={column.required ? "lab req" : "lab"} htmlFor={id}>{label}{column.kind === "money" ? <span className="muted"> {currency ? <bdi>{f.currencyName(currency)}</bdi> : null}</span> : null}</label>
      {control}
      {error ? <div className="help err" id={`${id}e`} role="alert"><Icon name="alert" size="s" />{t(error.key, error.params)}</div> : null}
      {help && !error ? <div className="help" id={`${id}h`}>{help}</div> : null}
    </div>
  );
}

/** A date typed in either script, or picked from the browser's own calendar. */
function DateInput({ box, value, onChange, ...common }) {
  const t = useText(), native = useRef(null);
  return (
    <span className={`inp ${box} ${common["aria-invalid"] ? "err" : ""}`} style={{ position: "relative" }}>
      <input {...common} autoComplete="off" inputMode="numeric" dir={value ? "auto" : undefined} value={value} onChange={(e) => onChange(e.target.value)} />
      <button type="button" aria-label={t("ui.pick_date")} onClick={() => native.current.showPicker?.()}><Icon name="calendar" size="s" /></button>
      <input ref={native} type="date" tabIndex={-1} aria-hidden="true" className="vh" style={{ insetInlineEnd: 8, insetBlockEnd: 0 }} value={parseDate(value) ?? ""} onChange={(e) => onChange(e.target.value)} />
    </span>
  );
}

/**
 * State of a form: typed values, errors, one submit. Gives {field(column) -> props, submit, busy, message, begun}. What was
 * typed for a new record, one without an id, is kept by where the form stands and what it asks for.
 */
export function useForm({ columns, initial, onSubmit, onDone }) {
  const t = useText(), { pathname } = useLocation();
  const start = () => Object.fromEntries(columns.map((c) => {
    const raw = valueOf(initial, c);
    if (c.kind === "person" || c.kind === "ref") return [c.key, raw ? { id: idOf(raw), label: nameOf(raw, t.lang, initial, c) } : c.initial ?? null];
    return [c.key, c.kind === "bool" ? !!raw : raw === null && c.initial !== undefined ? c.initial : toText(c, raw, currencyOf(initial, c))];
  }));
  const given = Object.fromEntries(columns.filter((c) => initial && valueOf(initial, c) !== null).map((c) => [c.key, true]));
  const secret = columns.filter((c) => c.kind === "password").map((c) => c.key);
  const begun = useContinued(initial?.id ? null : `form/${pathname}/${columns.map((c) => c.key)}`, start, { given, secret });
  const { values } = begun;
  const [errors, setErrors] = useState({});
  const [waiting, setWaiting] = useState(null);
  const form = useRef(null);
  const focusFirst = () => setTimeout(() => form.current?.querySelector("[aria-invalid=true]")?.focus(), 0);
  useAnswer(waiting, (ack) => {
    setWaiting(null);
    if (ack.ok) return onDone?.(ack);
    begun.refused();
    setErrors({ [columns.some((c) => c.key === ack.field) ? ack.field : ""]: { key: ack.key, params: ack.params } });
    focusFirst();
  });
  const submit = (e) => {
    e?.preventDefault();
    if (waiting) return;
    const found = {}, sent = {};
    for (const c of columns) {
      const typed = c.kind === "person" || c.kind === "ref" ? values[c.key]?.id ?? "" : values[c.key];
      const read = fromText(c, typed, currencyOf(initial, c));
      if (read.error) found[c.key] = { key: read.error };
      else if (read.sent !== "" && read.sent !== undefined) sent[c.key] = read.sent;
      else if (initial && valueOf(initial, c) !== null) sent[c.key] = "";
    }
    setErrors(found);
    if (Object.keys(found).length) return focusFirst();
    const op = claim(begun.send());
    setWaiting(op);
    onSubmit(op, sent);
  };
  const field = (c) => ({ key: c.key, column: c, value: values[c.key], error: errors[c.key], currency: currencyOf(initial, c), onChange: (v) => { begun.set({ [c.key]: v }); if (errors[c.key]) setErrors((old) => ({ ...old, [c.key]: undefined })); } });
  return { form, field, submit, busy: !!waiting, message: errors[""], begun, clear: () => setErrors({}) };
}

/** A dialog with a form. `onSubmit(op, values)`; closes when the server has agreed, else says why beside the field. */
export function FormDialog({ open, ...rest }) {
  // Asked for while only the browser's memory says who is here, it opens as soon as the server does.
  const certain = isCertain(useViewer());
  return open && certain ? <OpenForm {...rest} /> : null;
}
function OpenForm({ title, text, columns, initial, options, onLookup, onSubmit, onClose, onDone, submitLabel }) {
  const t = useText(), id = useId();
  const { form, field, submit, busy, message, begun, clear } = useForm({ columns, initial, onSubmit, onDone: (ack) => { onDone?.(ack); onClose?.(); } });
  // What a new record was asked to begin with needs no typing.
  const first = initial && !initial.id ? Math.max(0, columns.findIndex((c) => valueOf(initial, c) === null)) : 0;
  const focusStart = () => form.current?.querySelectorAll(".fld")[first]?.querySelector("input, select, textarea")?.focus();
  useEffect(focusStart, [form]);
  return (
    <Dialog title={title} className={columns.length > 4 ? "wide" : ""} onClose={onClose}>
      <form id={id} ref={form} className="in" onSubmit={submit} noValidate onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) submit(e); }}>
        <h2>{title}</h2>
        {text ? <p>{text}</p> : null}
        <Continued form={begun} onStartOver={() => { clear(); focusStart(); }} />
        {message ? <div className="help err" role="alert"><Icon name="alert" size="s" />{t(message.key, message.params)}</div> : null}
        <div className={columns.length > 2 ? "fields" : "col g5"} style={{ marginBlockStart: 16 }}>
          {columns.map((c) => { const { key, ...props } = field(c); return <Field key={key} {...props} options={options} onLookup={onLookup} />; })}
        </div>
      </form>
      <div className="acts"><Button label={t("ui.cancel")} onClick={onClose} /><Button kind="pri" type="submit" form={id} label={submitLabel ?? t("ui.save")} busy={busy} /></div>
    </Dialog>
  );
}
