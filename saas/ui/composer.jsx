// Writing about a record: a comment with mentions, or what a module adds as tabs.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { useBegun } from "./begun.jsx";
import { parseDate } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Kbd, useKeys } from "./keys.jsx";
import { claim, newOp, useAck } from "./live.jsx";
import { place } from "./menu.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";

const NBSP = "\u00a0";
const EMPTY = { subject: "", body: "", due_on: "", due_time: "", minutes: "", remind: "" };

let opened = null;
/** Opens the tab of this kind in the composer on screen, for a button that stands elsewhere on its page. */
export const compose = (kind) => opened?.(kind);

/** What was begun about this record: it outlives a reload, and a walk to another record and back. */
function useDraft(about) {
  const [kept, keep] = useBegun(about);
  const [draft, setDraft] = useState(kept ?? { text: EMPTY, people: [] });
  useEffect(() => keep(draft.text.body || draft.text.subject ? draft : null), [keep, draft]);
  return [draft, setDraft];
}

/**
 * `tabs` [{kind, label, icon, keys, due?: bool, subject?: bool, minutes?: bool, placeholder?}], labels as text keys;
 * without them one tab for comments. A tab of kind comment or note sends `onComment(op, body, mentions)`, the others
 * `onLog(op, {kind, subject, body, due_on, due_time, minutes, remind})`. `onLookup("mention", text)` finds members.
 * `about` names the record, and is the key as well: a draft belongs to one record.
 */
export function Composer({ about, tabs, options, onLookup, onComment, onLog }) {
  const t = useText(), id = useId();
  const all = tabs?.length ? tabs : [{ kind: "comment", label: "ui.composer.comment", icon: "note", keys: "KeyN" }];
  const [kind, setKind] = useState(all[0].kind);
  const tab = all.find((x) => x.kind === kind) ?? all[0];
  const [{ text, people }, setDraft] = useDraft(about);   // people who are mentioned: {id, label}
  const change = (part) => setDraft((old) => ({ ...old, text: { ...old.text, ...part } }));
  const [waiting, setWaiting] = useState(null);
  const [error, setError] = useState(null);
  const area = useRef(null), first = useRef(null);
  const set = (key) => (e) => { setError(null); change({ [key]: e.target.value }); };
  useAck((ack) => {
    if (ack.op !== waiting) return;
    setWaiting(null);
    if (ack.ok === false) setError({ key: ack.key, params: ack.params });
    else sent.current = null;
  });
  // The record itself comes back when all went well; nothing else says so to the one who wrote.
  const isComment = tab.kind === "comment" || tab.kind === "note";
  const send = (e) => {
    e?.preventDefault();
    const body = text.body.trim();
    if (isComment ? !body : !body && !text.subject.trim()) return setError({ key: "ui.error.required" });
    if (text.due_on && !parseDate(text.due_on)) return setError({ key: "ui.error.date" });
    const op = claim(newOp());
    setWaiting(op); setError(null);
    if (isComment) onComment?.(op, body, people.filter((p) => body.includes(`@${p.label.replaceAll(" ", NBSP)}`)).map((p) => p.id));
    else onLog?.(op, { kind: tab.kind, subject: text.subject.trim(), body, due_on: text.due_on ? parseDate(text.due_on) : "", due_time: text.due_time, minutes: text.minutes, remind: text.remind });
    sent.current = { text, people }; setDraft({ text: EMPTY, people: [] });
  };
  const sent = useRef(null);
  useEffect(() => { if (error && waiting === null && sent.current && !text.body && !text.subject) { setDraft(sent.current); sent.current = null; } }, [error]); // eslint-disable-line react-hooks/exhaustive-deps -- what was refused comes back to be mended
  const open = (to) => { setKind(to); setTimeout(() => (first.current ?? area.current)?.focus(), 0); };
  useEffect(() => { opened = open; return () => { opened = null; }; }, []); // eslint-disable-line react-hooks/exhaustive-deps -- says which tab, and nothing of this render
  useKeys(Object.fromEntries(all.filter((x) => x.keys).map((x) => [x.keys, { label: x.label, run: () => open(x.kind) }])));
  const walk = (e) => {
    if (e.key !== "ArrowRight" && e.key !== "ArrowLeft") return;
    const step = (e.key === "ArrowRight") === (document.dir !== "rtl") ? 1 : -1;
    const next = all[(all.indexOf(tab) + step + all.length) % all.length];
    setKind(next.kind); e.preventDefault();
    setTimeout(() => document.getElementById(`${id}${next.kind}`)?.focus(), 0);
  };
  return (
    <form className="composer" onSubmit={send}>
      <div role="tablist" aria-label={t("ui.composer.title")} onKeyDown={walk}>
        {all.map((x) => <button key={x.kind} id={`${id}${x.kind}`} type="button" role="tab" className="tab" aria-selected={x.kind === tab.kind} aria-controls={`${id}panel`} tabIndex={x.kind === tab.kind ? 0 : -1} onClick={() => setKind(x.kind)}><Icon name={x.icon} size="s" />{t(x.label)}{x.keys ? <span className="only-wide row"><Kbd combo={x.keys} /></span> : null}</button>)}
      </div>
      <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${tab.kind}`}>
        {tab.subject ? <input ref={first} className="composer-subject" dir={text.subject ? "auto" : undefined} aria-label={t("ui.composer.subject")} placeholder={t("ui.composer.subject")} maxLength={200} value={text.subject} onChange={set("subject")} /> : null}
        <MentionArea area={area} name={t(tab.label)} placeholder={t(tab.placeholder ?? (isComment ? "ui.composer.hint" : "ui.composer.body"))} value={text.body} options={options} onLookup={onLookup} onChange={(body) => { setError(null); change({ body }); }} onMention={(p) => setDraft((old) => ({ ...old, people: [...old.people, p] }))} onSend={send} />
        <div className="foot">
          {tab.due ? <><input className="inp field" style={{ inlineSize: 140 }} aria-label={t("ui.composer.due_on")} placeholder={t("ui.composer.due_on")} value={text.due_on} onChange={set("due_on")} /><input className="inp field" style={{ inlineSize: 84 }} aria-label={t("ui.composer.due_time")} placeholder="14:30" value={text.due_time} onChange={set("due_time")} />
            <select className="inp field" style={{ inlineSize: 150 }} aria-label={t("ui.composer.remind")} value={text.remind} onChange={set("remind")}><option value="">{t("ui.composer.remind_none")}</option><option value="at">{t("ui.composer.remind_at")}</option><option value="hour">{t("ui.composer.remind_hour")}</option><option value="day">{t("ui.composer.remind_day")}</option></select></> : null}
          {tab.minutes ? <input className="inp field" style={{ inlineSize: 110 }} inputMode="numeric" aria-label={t("ui.composer.minutes")} placeholder={t("ui.composer.minutes")} value={text.minutes} onChange={set("minutes")} /> : null}
          {error ? <span className="help err" role="alert" style={{ margin: 0 }}><Icon name="alert" size="s" />{t(error.key, error.params)}</span> : null}
          <span className="end"><Button size="sm" type="submit" label={t("ui.save")} name={undefined} /></span>
        </div>
      </div>
    </form>
  );
}

/** A text field where @ and a few letters offer the members. */
function MentionArea({ area, name, placeholder, value, options, onLookup, onChange, onMention, onSend }) {
  const t = useText(), listId = useId(), pop = useRef(null);
  const [asked, setAsked] = useState(null);       // {from, text}: what stands after the @
  const [at, setAt] = useState(0);
  // Until the answer to the last letter is here, those of the answer before that still fit: Enter calls nobody else.
  const found = asked && options?.field === "mention" ? options.items ?? [] : [];
  const items = !found.length || options.text === asked.text ? found : found.filter((item) => ` ${item.label.toLowerCase()}`.includes(` ${asked.text.toLowerCase()}`));
  const caret = useRef(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    // With the text itself, so that the next letter stands behind it.
    area.current.focus(); area.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const look = (el) => {
    const before = el.value.slice(0, el.selectionStart), found = /(?:^|\s)@([^\s@]{0,30})$/.exec(before);
    if (!found) return setAsked(null);
    setAsked({ from: before.length - found[1].length - 1, text: found[1] }); setAt(0);
    onLookup?.("mention", found[1]);
  };
  useLayoutEffect(() => {
    const element = pop.current, open = items.length > 0;
    if (open) { if (!element.matches(":popover-open")) element.showPopover(); place(element, area.current); }
    else if (element.matches(":popover-open")) element.hidePopover();
  }, [items.length, area]);
  const pick = (item) => {
    const el = area.current, word = `@${item.label.replaceAll(" ", NBSP)} `;
    onChange(value.slice(0, asked.from) + word + value.slice(el.selectionStart));
    onMention(item); setAsked(null);
    caret.current = asked.from + word.length;
  };
  const keys = (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) return onSend(e);
    if (e.key === "Escape" && !items.length) return e.currentTarget.blur();
    if (!items.length) return;
    if (e.key === "ArrowDown") setAt((i) => (i + 1) % items.length);
    else if (e.key === "ArrowUp") setAt((i) => (i - 1 + items.length) % items.length);
    else if (e.key === "Enter" || e.key === "Tab") pick(items[at]);
    else if (e.key === "Escape") setAsked(null);
    else return;
    e.preventDefault(); e.stopPropagation();
  };
  return (
    <>
      <textarea ref={area} dir={value ? "auto" : undefined} aria-label={name} placeholder={placeholder} maxLength={4000} value={value} rows={2} aria-controls={listId} aria-activedescendant={items[at] ? `${listId}-${at}` : undefined}
        onChange={(e) => { onChange(e.target.value); look(e.target); }} onKeyDown={keys} onBlur={() => setTimeout(() => setAsked(null), 120)} />
      <div ref={pop} popover="manual" id={listId} className="menu" role="listbox" aria-label={t("ui.composer.mention")} onMouseDown={(e) => e.preventDefault()}>
        {items.map((item, i) => <div key={item.id} id={`${listId}-${i}`} role="option" aria-selected={i === at} className="it" onClick={() => pick(item)}><bdi>{item.label}</bdi></div>)}
      </div>
    </>
  );
}
