// Filters as chips: a column, how it compares, and with what.
import { useEffect, useId, useRef, useState } from "react";
import { choiceOf } from "./cells.jsx";
import { parseDate, parseMoney, parseNumber, typedDate, useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { useKeys } from "./keys.jsx";
import { Item, Popover } from "./menu.jsx";
import { calledIn, Picker } from "./picker.jsx";
import { useText } from "./text.jsx";

const OPS = {
  text: ["starts", "contains", "is", "empty", "filled"], country: ["is", "empty", "filled"], email: ["starts", "is", "empty", "filled"], phone: ["starts", "empty", "filled"], link: ["starts", "empty", "filled"],
  money: ["from", "to", "empty", "filled"], number: ["from", "to", "empty", "filled"], percent: ["from", "to"],
  date: ["from", "to", "empty", "filled"], datetime: ["from", "to", "empty", "filled"], choice: ["any", "not", "empty"], person: ["any", "not", "empty"], ref: ["any", "empty"], bool: ["is"], tags: ["any", "not", "empty", "filled"],
};
const PICKED = new Set(["choice", "person", "ref", "bool", "tags"]);
const WITHOUT_VALUE = new Set(["empty", "filled"]);
// Names of people and records that were picked once, so that a chip from an address can say them.
const seen = new Map();
export const remember = (items) => items?.forEach((i) => i?.id && seen.set(i.id, i));

function words(t, f, column, filter) {
  const say = (v) => {
    if (v === "@me") return t("ui.filter.me");
    const rel = /^@today([+-]\d+)?$/.exec(v);
    if (rel) return rel[1] ? t("ui.filter.days", { n: Math.abs(Number(rel[1])) }) : t("ui.filter.today");
    if (v === "@month_start" || v === "@month_end") return t(`ui.filter.${v.slice(1)}`);
    if (column.kind === "tags") return v;
    if (column.kind === "choice") return t(choiceOf(column, v)?.label ?? v);
    if (column.kind === "bool") return t(v === "true" ? "ui.yes" : "ui.no");
    if (column.kind === "date" || column.kind === "datetime") return f.shortDate(v);
    if (column.kind === "person" || column.kind === "ref") return calledIn(t.lang, seen.get(v)) || "…";
    return v;
  };
  return filter.values.length > 1 ? t("ui.filter.values", { n: filter.values.length }) : filter.values.map(say).join(", ");
}

export function FilterBar({ columns, filters, options, onLookup, onChange }) {
  const t = useText(), f = useFormat();
  const byKey = Object.fromEntries(columns.map((c) => [c.key, c]));
  const replace = (i, next) => onChange(filters.map((x, j) => (j === i ? next : x)));
  const usable = columns.filter((c) => c.filterable);
  useKeys(usable.length ? { KeyF: { label: "ui.keys.filter", run: () => document.querySelector("main .addfilter")?.click() } } : null);
  return (
    <>
      {filters.map((filter, i) => {
        const column = byKey[filter.key];
        if (!column) return null;
        return (
          <span className="chip" key={`${filter.key}${i}`} role="group" aria-label={t("ui.filter.on", { column: t(column.label) })}>
            <Popover className="" role="dialog" name={t("ui.filter.change", { column: t(column.label) })}
              label={<><span>{t(column.label)}</span><span>{t(`ui.filter.op_${filter.op}`)}</span>{WITHOUT_VALUE.has(filter.op) ? null : <span><b dir="auto">{words(t, f, column, filter)}</b></span>}</>}>
              {(close) => <Editor column={column} filter={filter} others={filters.filter((x) => x !== filter)} options={options} onLookup={onLookup} onDone={(next) => { close(); replace(i, next); }} />}
            </Popover>
            <button type="button" aria-label={t("ui.filter.remove", { column: t(column.label) })} onClick={() => onChange(filters.filter((_, j) => j !== i))} style={{ paddingInline: 5 }}><Icon name="x" size="s" /></button>
          </span>
        );
      })}
      {usable.length ? (
        <Popover role="dialog" className="btn ghost sm addfilter" name={t("ui.filter.add")} label={<><Icon name="filter" size="s" />{t("ui.filter.title")}</>}>
          {(close) => <Adder columns={usable} others={filters} options={options} onLookup={onLookup} onDone={(next) => { close(); onChange([...filters, next]); }} />}
        </Popover>
      ) : null}
    </>
  );
}

function Adder({ columns, ...rest }) {
  const t = useText();
  const [column, setColumn] = useState(null);
  if (column) return <Editor column={column} {...rest} />;
  return columns.map((c) => <Item key={c.key} role="button" onPick={() => setColumn(c)}>{t(c.label)}</Item>);
}

const DATES = new Set(["date", "datetime"]), OPPOSITE = { from: "to", to: "from" };
/** The other end of the range when this one lies beyond it, else undefined. What is reckoned from today is let be. */
function beyond(column, op, value, others) {
  const other = others.find((x) => x.key === column.key && x.op === OPPOSITE[op])?.values[0];
  if (other === undefined || value.startsWith("@") || other.startsWith("@")) return undefined;
  const [low, high] = (op === "from" ? [value, other] : [other, value]).map((v) => (DATES.has(column.kind) ? Date.parse(v) : parseNumber(v)));
  return low > high ? other : undefined;
}

/** One filter: how, and with what. `others` are those it stands beside. */
export function Editor({ column, filter, others = [], options, onLookup, onDone }) {
  const t = useText(), f = useFormat(), id = useId(), field = useRef(null), form = useRef(null);
  // What one pressed to come here is gone: the focus goes on with the value.
  useEffect(() => (form.current.querySelector("input") ?? form.current.querySelector("select")).focus({ preventScroll: true }), []);
  const ops = OPS[column.kind] ?? OPS.text;
  const [op, setOp] = useState(filter?.op ?? ops[0]);
  const [values, setValues] = useState(filter?.values ?? []);
  // A day as one types it, and one reckoned from today in words; left as it stands, it stays what it is.
  const [begun] = useState(() => (PICKED.has(column.kind) || !filter?.values?.length ? "" : !DATES.has(column.kind) ? filter.values[0] : filter.values[0].startsWith("@") ? words(t, f, column, filter) : typedDate(filter.values[0])));
  const [text, setText] = useState(begun);
  const [error, setError] = useState(null);
  const toggle = (v) => setValues((old) => (old.includes(v) ? old.filter((x) => x !== v) : [...old, v]));
  const done = (e) => {
    e.preventDefault();
    if (WITHOUT_VALUE.has(op)) return onDone({ key: column.key, op, values: [] });
    const refuse = (key, params) => { setError({ key, params }); field.current?.focus(); };
    let found = values;
    if (begun && text === begun) found = filter.values;
    else if (DATES.has(column.kind)) { const day = parseDate(text); if (!day) return refuse("ui.error.date"); found = [day]; }
    else if (column.kind === "money") { if (!Number.isFinite(parseMoney(text))) return refuse("ui.error.money"); found = [String(parseNumber(text))]; }
    else if (["number", "percent"].includes(column.kind)) { if (!Number.isFinite(parseNumber(text))) return refuse("ui.error.number"); found = [String(parseNumber(text))]; }
    else if (!PICKED.has(column.kind)) { if (!text.trim()) return refuse("ui.error.required"); found = [text.trim()]; }
    if (!found.length) return refuse("ui.error.pick");
    const end = beyond(column, op, found[0], others), shown = DATES.has(column.kind) ? { date: end } : end;
    if (end !== undefined) return refuse(...(op === "from" ? ["ui.error.after_end", { end: shown }] : ["ui.error.before_start", { start: shown }]));
    onDone({ key: column.key, op, values: found });
  };
  const label = t(column.label);
  return (
    <form className="pane" ref={form} onSubmit={done}>
      <label className="fld"><span className="lab">{label}</span>
        <select className="inp field" value={op} onChange={(e) => { setOp(e.target.value); setError(null); }}>{ops.map((o) => <option key={o} value={o}>{t(`ui.filter.op_${o}`)}</option>)}</select>
      </label>
      {WITHOUT_VALUE.has(op) ? null : column.kind === "choice" ? (
        <fieldset>{column.choices.map((c) => <label key={c.value} className="it"><input type="checkbox" className="chk" checked={values.includes(c.value)} onChange={() => toggle(c.value)} /><span className={`dot ${c.tone}`} />{t(c.label)}</label>)}</fieldset>
      ) : column.kind === "bool" ? (
        <select className="inp field" aria-label={label} value={values[0] ?? ""} onChange={(e) => setValues([e.target.value])}><option value="" /><option value="true">{t("ui.yes")}</option><option value="false">{t("ui.no")}</option></select>
      ) : PICKED.has(column.kind) ? (
        <>
          {column.kind === "person" ? <label className="it"><input type="checkbox" className="chk" checked={values.includes("@me")} onChange={() => toggle("@me")} />{t("ui.filter.me")}</label> : null}
          {values.filter((v) => v !== "@me").map((v) => <label key={v} className="it"><input type="checkbox" className="chk" checked onChange={() => toggle(v)} /><bdi>{column.kind === "tags" ? v : calledIn(t.lang, seen.get(v)) || "…"}</bdi></label>)}
          <Picker name={label} field={column.key} value={null} options={options} onLookup={onLookup} onPick={(item) => { if (item) { remember([item]); toggle(item.id); } }} />
        </>
      ) : (
        <input ref={field} className="inp field" aria-label={label} aria-invalid={error ? true : undefined} aria-describedby={error ? id : undefined} value={text} dir="auto" onChange={(e) => { setText(e.target.value); setError(null); }} placeholder={DATES.has(column.kind) ? t("ui.date_hint") : undefined} />
      )}
      {error ? <div className="help err" id={id} role="alert">{t(error.key, error.params)}</div> : null}
      <button type="submit" className="btn pri">{t("ui.apply")}</button>
    </form>
  );
}
