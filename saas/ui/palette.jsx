// Ctrl K: pages, actions and records by a few letters.
import { useContext, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { actions } from "./actions.jsx";
import { leadTo, useBegin } from "./beginning.jsx";
import { Dialog } from "./dialog.jsx";
import { Icon } from "./icon.jsx";
import { Kbd, allShortcuts } from "./keys.jsx";
import { latin, useFormat } from "./format.jsx";
import { useSaid } from "./said.jsx";
import { useText } from "./text.jsx";
import { BeginsContext } from "./viewer.jsx";

const DEBOUNCE_MS = 60;
// The score of a word's start.
const WORD = 80;
const foldOne = (s) => latin(s).toLowerCase().normalize("NFD").replace(/[\u0300-\u036f\u064b-\u065f\u0640]/g, "").replace(/[\u0623\u0625\u0622]/g, "\u0627").replace(/\u0629/g, "\u0647").replace(/\u0649/g, "\u064a");
/** How well letters fit a name: a run from a word's start best, letters in order still found; 0 is no. */
export function score(query, text) {
  const q = foldOne(query), s = foldOne(text);
  if (!q) return 1;
  const at = s.indexOf(q);
  if (at === 0) return 100;
  if (at > 0) return /[\s:/-]/.test(s[at - 1]) ? WORD : 50;
  let i = 0;
  for (const c of s) if (c === q[i]) i++;
  return i === q.length ? 20 : 0;
}
/** Where the letters stand in a text: [from, to], or null. Folding drops vowel signs, and what keeps scripts apart. Pure. */
export function marked(query, text) {
  const q = foldOne(query), s = foldOne(text), at = q ? s.indexOf(q) : -1;
  if (at < 0) return null;
  if (s.length === text.length) return [at, at + q.length];
  const stood = Array.from({ length: text.length }, (_, i) => Array(foldOne(text[i]).length).fill(i)).flat();
  return stood.length === s.length ? [stood[at], stood[at + q.length - 1] + 1] : null;
}
function Marked({ text, query }) {
  const [from, to] = marked(query, text) ?? [];
  return from === undefined ? text : <>{text.slice(0, from)}<mark>{text.slice(from, to)}</mark>{text.slice(to)}</>;
}

const iconOf = (items, r) => items.find((i) => r.href?.startsWith(`${i.href}/`))?.icon ?? r.icon ?? "file";

export function Palette({ items, settings, results, starred, onSearch, onStars, onClose, onSheet }) {
  const t = useText(), f = useFormat(), said = useSaid(), go = useNavigate(), begin = useBegin(), begins = useContext(BeginsContext), listId = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef(null);
  const late = useDeferredValue(query.trim());
  useEffect(() => {
    if (!late) return;
    const timer = setTimeout(() => onSearch?.(late), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [late, onSearch]);

  useEffect(() => { onStars?.(); }, []); // eslint-disable-line react-hooks/exhaustive-deps -- once when it opens
  const groups = useMemo(() => {
    const ranked = (entries) => entries.map((e) => ({ ...e, rank: Math.max(score(query.trim(), e.label), e.words && score(query.trim(), e.words) >= WORD ? WORD - 1 : 0) })).filter((e) => e.rank).sort((a, b) => b.rank - a.rank);
    // Old answers stay until the new ones are here, as long as both searches begin alike.
    const asked = results?.query?.trim() ?? "";
    const fits = query.trim() && asked && (score(asked, query.trim()) || score(query.trim(), asked));
    const found = fits ? results.rows : [];
    const named = (r) => (t.lang === "ar" && r.title_ar) || r.title;
    const apart = (text) => text && `\u2068${text}\u2069`;
    const records = found.map((r) => ({ id: `r${r.kind}${r.id}`, label: named(r), note: [said((t.lang === "ar" && r.subtitle_ar) || r.subtitle), apart(r.code), r.at && apart(f.dateTime(r.at))].filter(Boolean).join(" · "), icon: iconOf(items, r), href: r.href }));
    // With the party that fits best.
    const whom = found.find((r) => r.party), party = whom && { id: whom.id, label: whom.title, name_ar: whom.title_ar };
    const begun = whom ? begins.map((b) => ({ id: `b${b.href}`, label: t(b.text, { name: named(whom) }), icon: b.icon, href: leadTo(b.href, party), party })) : [];
    const kept = ranked((starred ?? []).map((r) => ({ id: `s${r.kind}${r.id}`, label: named(r), note: "", icon: "star", href: r.href }))).filter((e) => !records.some((r) => r.href === e.href)).slice(0, 6);
    const acts = [...begun, ...ranked([...actions].flatMap((a) => a.current ?? [])).slice(0, 6)];
    const chord = Object.fromEntries(allShortcuts().map((s) => [s.combo, s]));
    // What is seldom gone to is there for whoever looks for it.
    const places = ranked((query.trim() ? [...items, ...settings.map((p) => ({ ...p, group: { label: "settings.title" } }))] : items).map((i) => ({ id: i.href, label: t(i.label), note: i.group?.label ? t(i.group.label) : "", icon: i.icon, href: i.href, words: i.words && t(i.words), keys: i.shortcut && chord[`g Key${i.shortcut.toUpperCase()}`] ? `g Key${i.shortcut.toUpperCase()}` : null })));
    return [["ui.palette.records", records], ["ui.star.section", kept], ["ui.palette.actions", acts], ["ui.palette.go", places]].filter(([, g]) => g.length);
  }, [f, said, query, results, starred, items, settings, begins, t]);
  const flat = groups.flatMap(([, g]) => g);
  const here = flat[Math.min(at, flat.length - 1)];
  const open = (entry, newTab) => {
    if (!entry) return;
    onClose();
    if (entry.run) return entry.run();
    if (newTab) window.open(entry.href, "_blank"); else if (entry.party) begin(entry.href, entry.party); else go(entry.href);
  };
  const key = (e) => {
    if (e.key === "ArrowDown") setAt((i) => (i + 1) % Math.max(1, flat.length));
    else if (e.key === "ArrowUp") setAt((i) => (i - 1 + flat.length) % Math.max(1, flat.length));
    else if (e.key === "Enter") open(here, e.ctrlKey || e.metaKey);
    else if (e.code === "KeyK" && (e.ctrlKey || e.metaKey)) onClose();
    else if (e.key === "?" && !query) { onClose(); onSheet?.(); }
    else return;
    e.preventDefault(); e.stopPropagation();
  };
  useEffect(() => { list.current?.querySelector(".on")?.scrollIntoView({ block: "nearest" }); }, [at, query]);
  return (
    <Dialog title={t("ui.palette.title")} box="palette" onClose={onClose}>
      <div className="pal">
        <div className="q">
          <Icon name="search" size="l" />
          <input autoFocus value={query} onChange={(e) => { setQuery(e.target.value); setAt(0); }} onKeyDown={key} placeholder={t("ui.palette.placeholder")} aria-label={t("ui.palette.placeholder")} role="combobox" aria-expanded="true" aria-controls={listId} aria-activedescendant={here ? `${listId}-${flat.indexOf(here)}` : undefined} autoComplete="off" spellCheck="false" />
          <kbd className="kbd" aria-hidden="true">Esc</kbd>
        </div>
        <div className="list" id={listId} role="listbox" aria-label={t("ui.palette.title")} ref={list} tabIndex={-1}>
          {groups.map(([label, entries]) => (
            <div key={label} role="group" aria-label={t(label)}>
              <div className="g" aria-hidden="true">{t(label)}</div>
              {entries.map((e) => {
                const i = flat.indexOf(e);
                return (
                  <div key={e.id} id={`${listId}-${i}`} role="option" aria-selected={e === here} className={`r ${e === here ? "on" : ""}`} onMouseMove={() => setAt(i)} onClick={(ev) => open(e, ev.ctrlKey || ev.metaKey)}>
                    <Icon name={e.icon} /><span className="what"><span className="trunc" dir="auto"><Marked text={e.label} query={query.trim()} /></span>{e.note ? <span className="muted sm trunc" dir="auto">{e.note}</span> : null}</span>
                    <span className="end row g1">{e.keys ? <Kbd combo={e.keys} /> : e === here ? <kbd className="kbd" aria-hidden="true">↵</kbd> : null}</span>
                  </div>
                );
              })}
            </div>
          ))}
        </div>
        {flat.length ? null : <div className="g" role="status" style={{ padding: "16px 18px 24px" }}>{(results?.query ?? "").trim() === query.trim() ? t("ui.palette.none", { query: query.trim() }) : t("ui.palette.searching")}</div>}
        <footer aria-hidden="true">
          <span><kbd className="kbd">↑</kbd><kbd className="kbd">↓</kbd>{t("ui.palette.move")}</span><span><kbd className="kbd">↵</kbd>{t("ui.palette.open")}</span>
          <span><kbd className="kbd">Ctrl</kbd><kbd className="kbd">↵</kbd>{t("ui.palette.new_tab")}</span><span className="end"><kbd className="kbd">?</kbd>{t("ui.keys.all")}</span>
        </footer>
      </div>
    </Dialog>
  );
}
