// Tags typed one by one: each is a chip, those in use are offered.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icon.jsx";
import { place } from "./menu.jsx";
import { useText } from "./text.jsx";

const DEBOUNCE_MS = 80, LONGEST = 40;
const same = (a, b) => a.localeCompare(b, undefined, { sensitivity: "base" }) === 0;

/** `value` a list of words; `options` {field, items} as last looked up; `onSave(words, how)`, `onCancel()` on Esc. */
export function TagInput({ name, field, value, options, onLookup, onSave, onCancel }) {
  const t = useText(), listId = useId();
  const [tags, setTags] = useState(value ?? []);
  const [text, setText] = useState("");
  const [at, setAt] = useState(-1);
  const input = useRef(null), pop = useRef(null), done = useRef(false);
  const items = (options?.field === field ? options.items ?? [] : []).filter((i) => !tags.some((tag) => same(tag, i.label)));
  useEffect(() => { input.current.focus(); }, []);
  useEffect(() => { const timer = setTimeout(() => onLookup?.(field, text), text ? DEBOUNCE_MS : 0); return () => clearTimeout(timer); }, [text, field, onLookup]);
  useLayoutEffect(() => {
    const element = pop.current;
    if (!items.length) { if (element.matches(":popover-open")) element.hidePopover(); return; }
    if (!element.matches(":popover-open")) element.showPopover();
    place(element, input.current.closest(".inp, .cell-edit") ?? input.current);
  }, [items.length, tags.length]);
  const withWord = (word) => { const clean = word.trim(); return clean && !tags.some((tag) => same(tag, clean)) ? [...tags, clean] : tags; };
  const add = (word) => { setTags(withWord(word)); setText(""); setAt(-1); };
  const save = (words, how) => { if (done.current) return; done.current = true; onSave(words, how); };
  const keys = (e) => {
    e.stopPropagation();
    if (e.key === "ArrowDown") setAt((i) => Math.min(i + 1, items.length - 1));
    else if (e.key === "ArrowUp") setAt((i) => Math.max(i - 1, -1));
    else if (e.key === "Enter" && (items[at] || text.trim())) add(items[at]?.label ?? text);
    else if (e.key === "," || e.key === "،") add(text);
    else if (e.key === "Enter" || e.key === "Tab") save(withWord(text), e.key === "Enter" ? "down" : e.shiftKey ? "previous" : "next");
    else if (e.key === "Escape") { done.current = true; onCancel?.(); }
    else if (e.key === "Backspace" && !text && tags.length) setTags(tags.slice(0, -1));
    else return;
    e.preventDefault();
  };
  return (
    <>
      <span className="tagbox">
        {tags.map((tag) => <span className="bdg" key={tag}><bdi>{tag}</bdi><button type="button" tabIndex={-1} aria-label={t("ui.tags.remove", { tag })} onMouseDown={(e) => { e.preventDefault(); setTags(tags.filter((x) => x !== tag)); }}><Icon name="x" size="s" /></button></span>)}
        <input ref={input} role="combobox" aria-label={name} aria-expanded={items.length > 0} aria-controls={listId} aria-activedescendant={items[at] ? `${listId}-${at}` : undefined} maxLength={LONGEST} dir={text ? "auto" : undefined} placeholder={tags.length ? "" : t("ui.tags.add")} value={text}
          onChange={(e) => { setText(e.target.value); setAt(-1); }} onKeyDown={keys} onBlur={() => save(withWord(text), "stay")} />
      </span>
      <div ref={pop} popover="manual" className="menu" id={listId} role="listbox" aria-label={name} onMouseDown={(e) => e.preventDefault()}>
        {items.map((item, i) => <div key={item.id} id={`${listId}-${i}`} role="option" aria-selected={i === at} className="it" onMouseMove={() => setAt(i)} onClick={() => add(item.label)}><Icon name="tag" size="s" /><bdi className="trunc">{item.label}</bdi></div>)}
      </div>
    </>
  );
}
