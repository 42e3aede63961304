// Values by kind: how they are shown, and how one is typed in place.
import { Fragment, useState } from "react";
import { decimals, latin, parseDate, parseMoney, parseNumber, preferences, typedDate, useFormat } from "./format.jsx";
import { Link } from "./link.jsx";
import { Level } from "./level.jsx";
import { Avatar, Face, tint } from "./parts.jsx";
import { useWriting } from "./peers.jsx";
import { Picker } from "./picker.jsx";
import { TagInput } from "./tags.jsx";
import { useText } from "./text.jsx";

export const NUMERIC = new Set(["money", "number", "percent"]);
const NONE = <span className="muted">–</span>;
const isBlank = (v) => v === null || v === undefined || v === "" || (Array.isArray(v) && !v.length);

/** The raw value of a column in a row; money may stand under `<key>_minor`. */
export const valueOf = (row, column) => row?.[column.key] ?? (column.kind === "money" ? row?.[`${column.key}_minor`] : undefined) ?? null;
export const currencyOf = (row, column) => (column.currency && row?.[column.currency]) || row?.currency || preferences().currency;
/** Name in the reader's language of {id, label|name, name_ar}, or of a bare id with `<key>_name` beside it. */
export function nameOf(value, lang, row, column) {
  if (isBlank(value)) return "";
  if (typeof value === "object") return (lang === "ar" && value.name_ar) || value.label || value.name || "";
  return row?.[`${column?.key}_name`] ?? String(value);
}
export const idOf = (value) => (value && typeof value === "object" ? value.id : value ?? "");
export const choiceOf = (column, value) => (column.choices ?? []).find((c) => c.value === value);

/** A value as it stands in a list or among facts. `full`: dates with their year; `plain`: no links, for a click edits; `bare`: the head of the column says the currency. */
export function Value({ column, row, full, plain, bare }) {
  const t = useText(), f = useFormat();
  const value = valueOf(row, column);
  if (isBlank(value)) return NONE;
  switch (column.kind) {
    case "money": return <bdi className="num">{bare ? f.amount(value, currencyOf(row, column)) : f.money(value, currencyOf(row, column))}</bdi>;
    case "number": return <span className="num">{f.number(value)}</span>;
    case "percent": return <span className="num">{f.percent(Number(value) / 100, 1)}</span>;
    case "date": case "datetime": return <time className="num ink2" dateTime={value} title={f.fullDate(value)}>{full ? (column.kind === "date" ? f.fullDate(value) : f.dateTime(value)) : f.date(value)}</time>;
    case "choice": {
      const choice = choiceOf(column, value);
      return <span className="bdg"><span className={`dot ${choice?.tone === "mute" ? "" : choice?.tone ?? ""}`} />{choice ? t(choice.label) : <bdi>{String(value)}</bdi>}</span>;
    }
    case "person": { const name = nameOf(value, t.lang, row, column); return <><Avatar name={name} /><bdi className="trunc ink2" title={name}>{name}</bdi></>; }
    case "ref": {
      const name = nameOf(value, t.lang, row, column);
      return column.href ? <><Face of={column.face} name={name} /><Link className="trunc link" dir="auto" title={name} to={`${column.href}/${idOf(value)}`} onClick={(e) => e.stopPropagation()}>{name}</Link></> : <bdi className="trunc" title={name}>{name}</bdi>;
    }
    case "category": return <span className="bdg"><span className={`dot ${tint(value)}`} /><bdi className="trunc">{value}</bdi></span>;
    case "country": return <bdi className="trunc">{f.country(value)}</bdi>;
    case "bool": return t(value ? "ui.yes" : "ui.no");
    case "tags": return <span className="tagrow">{value.map((tag) => <span className="bdg" key={tag}><bdi>{tag}</bdi></span>)}</span>;
    case "phone": case "email": case "link":
      if (plain) return <bdi className="ltr trunc" dir="ltr" title={value}>{value}</bdi>;
  }
  switch (column.kind) {
    case "phone": return <a className="ltr" dir="ltr" href={`tel:${latin(value).replace(/[^\d+]/g, "")}`} onClick={(e) => e.stopPropagation()}>{value}</a>;
    case "email": return <a className="ltr trunc" dir="ltr" title={value} href={`mailto:${value}`} onClick={(e) => e.stopPropagation()}>{full ? <Mail address={value} /> : value}</a>;
    case "link": return <a className="ltr trunc link" dir="ltr" href={/^https?:\/\//.test(value) ? value : `https://${value}`} target="_blank" rel="noreferrer noopener" onClick={(e) => e.stopPropagation()}>{value}</a>;
    case "level": return <Level now={value.now} mark={value.mark} label={f.number(value.now)} />;
    default: return <bdi className="trunc" title={String(value)}>{String(value)}</bdi>;
  }
}

/** Where it is too long for a line, it goes on after the @. */
export const Mail = ({ address }) => address.split(/(?<=@)|(?=\.)/).map((part, i) => <Fragment key={i}>{i ? <wbr /> : null}{part}</Fragment>);

/** What a field holds while it is edited, from the raw value. */
export function toText(column, value, currency) {
  if (isBlank(value)) return "";
  if (column.kind === "money") return (value / 10 ** decimals(currency)).toFixed(decimals(currency));
  if (column.kind === "tags") return value.join(", ");
  if (column.kind === "date") return typedDate(value);
  if (column.kind === "datetime") return String(value).slice(0, 16).replace("T", " ");
  return String(idOf(value));
}
/**
 * What was typed: {sent, shown} for the server and the screen, or {error: text key}. Digits of either script.
 * `sent` is plain text that the server reads the same way whatever the language.
 */
export function fromText(column, typed, currency) {
  const text = typeof typed === "string" ? typed.trim() : typed;
  if (text === "" || text === null || text === undefined) return column.required ? { error: "ui.error.required" } : { sent: "", shown: null };
  switch (column.kind) {
    case "money": {
      const minor = parseMoney(text, currency);
      if (!Number.isFinite(minor)) return { error: "ui.error.money" };
      const places = decimals(currency);
      return { sent: (minor / 10 ** places).toFixed(places), shown: minor };
    }
    case "number": case "percent": { const n = parseNumber(text.replace?.("%", "") ?? text); return Number.isFinite(n) ? { sent: String(n), shown: n } : { error: "ui.error.number" }; }
    case "date": { const day = parseDate(text); return day ? { sent: day, shown: day } : { error: "ui.error.date" }; }
    case "datetime": {
      const [, date, time = "00:00"] = latin(text).match(/^(.+?)(?:[ T](\d{1,2}:\d{2}))?$/) ?? [];
      const day = parseDate(date);
      return day ? { sent: `${day}T${time.padStart(5, "0")}`, shown: `${day}T${time.padStart(5, "0")}` } : { error: "ui.error.date" };
    }
    case "email": return /^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/.test(text) ? { sent: text, shown: text } : { error: "ui.error.email" };
    case "phone": return { sent: latin(text), shown: latin(text) };
    case "tags": { const tags = String(text).split(/[,،]/).map((s) => s.trim()).filter(Boolean); return { sent: tags, shown: tags }; }
    default: return { sent: text, shown: text };
  }
}
export const inputMode = (kind) => (NUMERIC.has(kind) ? "decimal" : kind === "email" ? "email" : kind === "phone" ? "tel" : undefined);

/**
 * The editor that covers a cell or a fact. `onSave({sent, shown}, how, begun)` with how "down", "next" or "stay" and
 * the row as it was when the writing began; `onCancel()` on Esc. Colleagues who see the record of this `topic` see who writes. What cannot be read keeps the editor open and says why.
 */
export function CellEditor({ topic, column, row: live, name, options, onLookup, onSave: save_, onCancel }) {
  const t = useText();
  // A colleague's change that comes while one types must be a clash, not the ground that one types on.
  const [row] = useState(live);
  const onSave = (value, how) => save_(value, how, row);
  useWriting(topic, row?.id, column.key);
  const currency = currencyOf(row, column);
  const value = valueOf(row, column);
  const [text, setText] = useState(() => toText(column, value, currency));
  const [error, setError] = useState(null);
  const save = (typed, how) => {
    const read = fromText(column, typed, currency);
    if (read.error) return setError(read.error);
    if (String(typed) === toText(column, value, currency)) return onCancel(how);
    onSave(read, how);
  };
  const keys = (e) => {
    e.stopPropagation();
    if (e.key === "Escape") { e.preventDefault(); onCancel(); }
    else if (e.key === "Enter") { e.preventDefault(); save(text, "down"); }
    else if (e.key === "Tab") { e.preventDefault(); save(text, e.shiftKey ? "previous" : "next"); }
  };
  if (column.kind === "tags") {
    return <span className="cell-edit"><TagInput name={name} field={column.key} value={value} options={options} onLookup={onLookup} onCancel={onCancel} onSave={(words, how) => (words.join() === (value ?? []).join() ? onCancel(how) : onSave({ sent: words, shown: words }, how))} /></span>;
  }
  if (column.kind === "choice" && column.choices?.length) {
    return (
      <span className="cell-edit">
        <select autoFocus aria-label={name} value={text} onKeyDown={(e) => { if (e.key === "Escape") { e.stopPropagation(); onCancel(); } }} onBlur={() => onCancel()} onChange={(e) => save(e.target.value, "stay")}>
          {column.required ? null : <option value="">–</option>}
          {column.choices.map((c) => <option key={c.value} value={c.value}>{t(c.label)}</option>)}
        </select>
      </span>
    );
  }
  if (column.kind === "person" || column.kind === "ref") {
    return (
      <span className="cell-edit">
        <Picker autoFocus bare name={name} field={column.key} value={value ? { id: idOf(value), label: nameOf(value, t.lang, row, column) } : null} options={options} onLookup={onLookup} onCancel={onCancel} clearable={!column.required}
          onPick={(item) => onSave({ sent: item?.id ?? "", shown: item ? { id: item.id, label: item.label, name: item.label, name_ar: item.label_ar } : null }, "stay")} />
      </span>
    );
  }
  return (
    <span className="cell-edit">
      <input autoFocus onFocus={(e) => e.target.select()} aria-label={name} aria-invalid={error ? true : undefined} title={error ? t(error) : undefined} value={text} inputMode={inputMode(column.kind)}
        dir={["phone", "email", "link"].includes(column.kind) ? "ltr" : text ? "auto" : undefined} onChange={(e) => { setText(e.target.value); setError(null); }} onKeyDown={keys} onBlur={() => (error ? onCancel() : save(text, "stay"))} />
      {error ? <span className="vh" role="alert">{t(error)}</span> : null}
    </span>
  );
}
