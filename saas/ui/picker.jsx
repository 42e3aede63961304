// A field that looks something up: a person, a customer, a product. Type a few letters, pick one.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icon.jsx";
import { place } from "./menu.jsx";
import { useText } from "./text.jsx";

const DEBOUNCE_MS = 80;
/** What the reader calls {id, label, label_ar}, as lookups give it, or {name, name_ar}. */
export const calledIn = (lang, one) => (lang === "ar" && (one?.label_ar || one?.name_ar)) || one?.label || one?.name || "";

/**
 * `value` {id, label} or null; `options` {field, text, items: [{id, label, note?}]} as the server last gave them, each
 * with `label_ar` and `note_ar` where there are any;
 * `onLookup(field, text)`; `onPick(item | null)`. `bare` draws no box of its own.
 */
export function Picker({ name, field, value, options, onLookup, onPick, onCancel, autoFocus, bare, clearable = true, id, invalid, describedBy, required, placeholder, form }) {
  const t = useText(), listId = useId();
  const input = useRef(null), pop = useRef(null);
  const [text, setText] = useState(null);          // null: shows the value; a string: being typed
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const items = options?.field === field ? options.items ?? [] : [];
  useEffect(() => {
    if (!open) return;
    const timer = setTimeout(() => onLookup?.(field, text ?? ""), text ? DEBOUNCE_MS : 0);
    return () => clearTimeout(timer);
  }, [open, text, field, onLookup]);
  useEffect(() => { if (autoFocus) { input.current.focus(); input.current.select(); setOpen(true); } }, [autoFocus]);
  useLayoutEffect(() => {
    const element = pop.current;
    if (open) { if (!element.matches(":popover-open")) element.showPopover(); place(element, input.current.closest(".inp, .cell-edit") ?? input.current); }
    else if (element.matches(":popover-open")) element.hidePopover();
  }, [open, items.length]);
  const pick = (item) => { setText(null); setOpen(false); setAt(0); onPick?.(item); };
  const keys = (e) => {
    if (e.key === "ArrowDown") { setOpen(true); setAt((i) => Math.min(i + 1, items.length - 1)); }
    else if (e.key === "ArrowUp") setAt((i) => Math.max(0, i - 1));
    else if (e.key === "Enter" && open && items[at]) pick(items[at]);
    else if (e.key === "Escape") { if (!open && !onCancel) return; setOpen(false); setText(null); onCancel?.(); }
    else { if (bare) e.stopPropagation(); return; }
    e.preventDefault(); e.stopPropagation();
  };
  const field_ = (
    <>
      <input ref={input} id={id} role="combobox" aria-label={name} aria-expanded={open} aria-controls={listId} aria-autocomplete="list" aria-activedescendant={open && items[at] ? `${listId}-${at}` : undefined} aria-invalid={invalid || undefined} aria-describedby={describedBy} aria-required={required || undefined}
        autoComplete="off" placeholder={placeholder} value={text ?? calledIn(t.lang, value)} onFocus={(e) => { e.target.select(); }} onClick={() => setOpen(true)}
        onChange={(e) => { setText(e.target.value); setAt(0); setOpen(true); }} onKeyDown={keys} onBlur={() => setTimeout(() => { setOpen(false); setText(null); onCancel?.(); }, 120)} />
      {clearable && value?.id && !open ? <button type="button" tabIndex={-1} aria-label={t("ui.clear")} onMouseDown={(e) => { e.preventDefault(); pick(null); }}><Icon name="x" size="s" /></button> : <Icon name="chevron-down" size="s" />}
    </>
  );
  return (
    <>
      {bare ? field_ : <span className={`inp ${form ? "form" : "field"} ${invalid ? "err" : ""}`}>{field_}</span>}
      <div ref={pop} popover="manual" className="menu" id={listId} role="listbox" aria-label={name} onMouseDown={(e) => e.preventDefault()}>
        {items.map((item, i) => (
          <div key={item.id} id={`${listId}-${i}`} role="option" aria-selected={i === at} className="it" onMouseMove={() => setAt(i)} onClick={() => pick(item)}>
            <bdi className="trunc">{calledIn(t.lang, item)}</bdi>{item.note || item.note_ar ? <span className="muted sm trunc" dir="auto">{(t.lang === "ar" && item.note_ar) || item.note}</span> : null}{item.id === value?.id ? <Icon name="check" size="s" className="tick" /> : null}
          </div>
        ))}
        {items.length ? null : <div className="ttl" role="option" aria-selected="false" aria-disabled="true">{t("ui.nothing_found")}</div>}
      </div>
    </>
  );
}
