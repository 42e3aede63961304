// Forms of a few fields: sent by plain HTTP when the answer sets cookies, else to a handler.
import { useEffect, useId, useRef, useState } from "react";
import { useLocation } from "react-router";
import { Continued, useContinued } from "./continued.jsx";
import { Button } from "./parts.jsx";
import { Dialog } from "./dialog.jsx";
import { Icon } from "./icon.jsx";
import { post } from "./post.jsx";
import { useText } from "./text.jsx";
import { isCertain, useViewer } from "./viewer.jsx";

const named = {};
/** Codes of regions or currencies as the reader's language names them, in its order. */
function optionsOf(field, lang, mounted) {
  // The build's names of countries are not this browser's, and React would find the difference.
  if (!field.names || !mounted) return field.options;
  const key = `${lang} ${field.names} ${field.options.length}`;
  const names = new Intl.DisplayNames([lang], { type: field.names, fallback: "code" });
  const text = (code) => (field.names === "currency" ? `${code} · ${names.of(code)}` : names.of(code));
  return (named[key] ??= field.options.map(([code]) => [code, text(code)]).sort((a, b) => a[1].localeCompare(b[1], lang)));
}

const LEAST = 10, STRONG = 14, VARIED = 8;   // of a new password; the least as in tenancy/passwords.py
const isNew = (field) => field.autocomplete === "new-password";
const STRENGTHS = { weak: ["bad", "30%"], fair: ["warn", "65%"], strong: ["ok", "100%"] };
const strengthOf = (text) => (text.length < LEAST ? "weak" : text.length < STRONG || new Set(text).size < VARIED ? "fair" : "strong");

/** How a new password is, by its length; what is guessed first, the server knows. */
function Strength({ of, id }) {
  const t = useText(), level = strengthOf(of), [tone, share] = STRENGTHS[level];
  return <p className="help strength" id={id}><span className="bar" aria-hidden="true"><i className={tone} style={{ inlineSize: share }} /></span>{t(`strength.${level}`)}</p>;
}

/** One field: {name, label, type, options: [[value, text key, help key]], help, params, autocomplete, ltr, optional, max}. */
export function Field({ field, error: refusal, value, onChange }) {
  const t = useText(), id = useId();
  const [mended, setMended] = useState(null);   // the refusal that was answered by typing something else
  const error = refusal === mended ? null : refusal;
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState("");
  const [mounted, setMounted] = useState(false);
  useEffect(() => { setMounted(true); }, []);
  const secret = field.type === "password";
  const described = [error && `${id}-error`, field.help && `${id}-help`].filter(Boolean).join(" ");
  const input = {
    id, name: field.name, required: !field.optional, maxLength: field.max ?? 254,
    autoComplete: field.autocomplete ?? "off", inputMode: field.inputmode, disabled: field.disabled,
    "aria-invalid": error ? true : undefined, "aria-describedby": described || undefined,
    ...(onChange ? { value, onChange: (e) => onChange(e.target.value) } : { defaultValue: value ?? "" }),
  };
  const plain = field.ltr || secret ? { dir: "ltr", autoCapitalize: "none", spellCheck: false } : { dir: "auto" };
  return (
    <div className={`fld ${field.full ? "full" : ""}`} onInput={(e) => { setMended(refusal); if (isNew(field)) setTyped(e.target.value); }}>
      <label className="lab" htmlFor={id}>{t(field.label, field.label_params)}</label>
      {field.options ? (
        <select {...input} className="inp form">
          {optionsOf(field, t.lang, mounted).map(([key, name]) => <option key={key} value={key}>{field.literal ? name : t(name)}</option>)}
        </select>
      ) : secret ? (
        <div className={`inp form ${error ? "err" : ""}`}>
          <input {...input} {...plain} type={shown ? "text" : "password"} />
          <button type="button" className="btn ghost ic sm" aria-pressed={shown} aria-label={t("form.reveal")} onClick={() => setShown(!shown)}>
            <Icon name={shown ? "eye-off" : "eye"} />
          </button>
        </div>
      ) : field.type === "textarea" ? <textarea {...input} {...plain} className="inp form" rows={3} />
        : <input {...input} {...plain} className="inp form" type={field.type ?? "text"} />}
      {error ? <p className="help err" id={`${id}-error`} role="alert"><Icon name="alert" size="s" /><span>{t(error.key, error.params)}</span></p> : null}
      {field.help ? typed ? <Strength of={typed} id={`${id}-help`} /> : <p className="help" id={`${id}-help`}>{t(field.help, field.params)}</p> : null}
    </div>
  );
}

function fault(field, text) {
  if (!text.trim()) return field.optional ? null : { key: field.missing ?? "form.missing", params: {} };
  if (field.type === "email" && !/\S[@＠]\S/.test(text)) return { key: "accounts.errors.not_an_email", params: {} };
  return isNew(field) && text.length < LEAST ? { key: "accounts.errors.password_short", params: { n: LEAST } } : null;
}
/** What can be seen to be wrong before it is sent, all of it at once, as refusals. */
const faults = (fields, values) => fields.filter((f) => !f.disabled).flatMap((f) => {
  const wrong = fault(f, String(values[f.name] ?? ""));
  return wrong ? [{ ...wrong, field: f.name }] : [];
});

/** After a refusal the focus goes to the first field that is wrong, else to the message above the form. */
export function useFirstError(form, errors) {
  useEffect(() => {
    if (!errors?.length) return;
    (form.current?.querySelector("[aria-invalid=true]") ?? form.current?.querySelector("[role=alert]"))?.focus();
  }, [form, errors]);
}

export function General({ errors, names }) {
  const t = useText();
  return (errors ?? []).filter((e) => !names.includes(e.field)).map((e) => (
    <p key={e.key} className="notice bad" role="alert" tabIndex={-1}><Icon name="alert" size="s" /><span>{t(e.key, e.params)}</span></p>
  ));
}

/** What a post without script was refused with stands in the address. */
function refusedBefore() {
  const query = new URLSearchParams(location.search), key = query.get("error");
  if (!key) return [];
  const params = Object.fromEntries([...query].filter(([name]) => name.startsWith("p.")).map(([name, value]) => [name.slice(2), value]));
  return [{ key, params, field: query.get("field") ?? "" }];
}

/** Posts to one of our HTTP routes. `query` names values of the address that ride along (a token, next). */
export function HttpForm({ action, fields, submit, query = [], extra, extraNames = [], submitParams }) {
  const t = useText(), form = useRef(null);
  const [errors, setErrors] = useState([]);
  const [busy, setBusy] = useState(false);
  useFirstError(form, errors);
  useEffect(() => { setErrors(refusedBefore()); }, []);
  const send = async (event) => {
    event.preventDefault();
    if (busy) return;
    const address = new URLSearchParams(location.search);
    const values = { ...Object.fromEntries(query.map((name) => [name, address.get(name) ?? ""])), ...Object.fromEntries(new FormData(form.current)) };
    const wrong = faults(fields, values);
    if (wrong.length) return setErrors(wrong);
    setBusy(true);
    const answer = await post(action, values).catch(() => ({ errors: [{ key: "form.no_answer", params: {}, field: "" }] }));
    if (!answer.errors) return;
    setErrors(answer.errors);
    setBusy(false);
  };
  return (
    <form ref={form} action={action} method="post" noValidate onSubmit={send} className="stackform">
      <General errors={errors} names={[...fields.map((f) => f.name), ...extraNames]} />
      {fields.map((f) => <Field key={f.name} field={f} error={errors.find((e) => e.field === f.name)} value={f.value} />)}
      {extra?.(errors)}
      <Button type="submit" kind="pri" size="xl" className="wide" label={t(submit, submitParams)} busy={busy} busyLabel={t(submit, submitParams)} />
    </form>
  );
}

/**
 * Sends its values to a handler: of those that came from the state (`values`) only what was changed here, so that a
 * colleague's change of another field stays. New ones replace what is shown, but nothing that is being typed. `taken`
 * counts what was accepted so far: each time the form is empty again, and after a refusal it is as it was.
 */
export function StateForm({ fields, values: given_, errors, submit, submitKind = "pri", onSend, disabled, taken, locked }) {
  const t = useText(), form = useRef(null);
  const shown = fields.map((f) => ({ ...f, disabled: f.disabled || disabled || !!locked?.[f.name], help: locked?.[f.name] ?? f.help }));
  const [local, setLocal] = useState([]);
  const [typing, setTyping] = useState(false);
  const [values, setValues] = useState(given_);
  if (!typing && values !== given_) setValues(given_);
  const wrong = [...local, ...(errors ?? [])];
  useFirstError(form, errors);
  useFirstError(form, local);
  const send = (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form.current));
    const found = faults(shown, given);
    setLocal(found);
    if (found.length) return;
    const changed = Object.entries(given).filter(([name, value]) => !values || !(name in values) || value !== String(values[name] ?? ""));
    onSend?.(Object.fromEntries(changed));
    setTyping(false);
  };
  return (
    <form ref={form} noValidate onSubmit={send} onInput={() => setTyping(true)} key={JSON.stringify([values, taken])}>
      <General errors={wrong} names={fields.map((f) => f.name)} />
      <div className="fields">
        {shown.map((f) => <Field key={f.name} field={f} error={wrong.find((e) => e.field === f.name)} value={values?.[f.name] ?? f.value} />)}
      </div>
      {disabled ? null : <div className="row" style={{ marginBlockStart: 16 }}><Button type="submit" kind={submitKind} label={t(submit)} /></div>}
    </form>
  );
}

/** The same in a dialog that closes by Esc, a click outside, or its owner's word: then what was sent has been taken. */
export function FormDialog({ open, ...props }) {
  const certain = isCertain(useViewer());
  return open && certain ? <OpenDialog {...props} /> : null;
}
function OpenDialog({ title, text, fields, errors, submit, onSend, onClose, busy }) {
  const t = useText(), form = useRef(null), sent = useRef(false), { pathname } = useLocation();
  const secret = fields.filter((f) => f.type === "password").map((f) => f.name);
  const begun = useContinued(`form/${pathname}/${fields.map((f) => f.name)}`, () => Object.fromEntries(fields.map((f) => [f.name, f.value ?? ""])), { secret });
  useEffect(() => { if (errors?.length) sent.current = false; }, [errors]);
  useEffect(() => () => { if (sent.current) begun.done(); }, []); // eslint-disable-line react-hooks/exhaustive-deps -- as it was kept from the first
  const leave = () => { sent.current = false; onClose?.(); };
  const [local, setLocal] = useState([]);
  const wrong = [...local, ...(errors ?? [])];
  useFirstError(form, errors);
  useFirstError(form, local);
  const send = (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form.current));
    const found = faults(fields, given);
    setLocal(found);
    if (found.length) return;
    sent.current = true;
    onSend?.(given);
  };
  const afresh = () => { setLocal([]); form.current?.querySelector("input, select, textarea")?.focus(); };
  return (
    <Dialog title={t(title)} onClose={leave}>
      <form ref={form} noValidate onSubmit={send}>
        <div className="in">
          <h2>{t(title)}</h2>
          {text ? <p>{t(text)}</p> : null}
          <Continued form={begun} onStartOver={afresh} />
          <div className="stackform">
            <General errors={wrong} names={fields.map((f) => f.name)} />
            {fields.map((f) => <Field key={f.name} field={f} error={wrong.find((e) => e.field === f.name)} value={begun.values[f.name]} onChange={(value) => begun.set({ [f.name]: value })} />)}
          </div>
        </div>
        <div className="acts"><Button label={t("ui.cancel")} onClick={leave} /><Button type="submit" kind="pri" label={t(submit)} busy={busy} /></div>
      </form>
    </Dialog>
  );
}

/** A sentence that a redirect brought along: only keys that the page lists are said. */
export function Note({ allowed }) {
  const t = useText();
  const [key, setKey] = useState("");
  useEffect(() => { const note = new URLSearchParams(location.search).get("note"); if (allowed.includes(note)) setKey(note); }, []);
  return <div role="status">{key ? <p className="notice ok"><Icon name="circle-check" size="s" /><span>{t(key)}</span></p> : null}</div>;
}
