// Texts in the reader's language, and the language itself.
import { useSyncExternalStore } from "react";
import { both } from "$/utils/texts_both";
import { formatValue } from "./format.jsx";

// While a page is prerendered each text is written in every language; the build keeps one per copy.
const PRERENDER = import.meta.env.SSR;
const OPEN = "\ue000", NEXT = "\ue001", CLOSE = "\ue002";
const YEAR = 31536000;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
// A text within a text is written in every language while a page is prerendered, which says nothing of its script.
const foreign = (value) => RIGHT_TO_LEFT.test(value) && !value.includes(OPEN);

const dictionaries = {};
const listeners = new Set();
let current = "en";
let version = 0;
if (!PRERENDER && typeof document !== "undefined") {
  const boot = globalThis.__wasl_texts;
  if (boot) { dictionaries[boot.lang] = boot.texts; current = boot.lang; }
}

const rules = {};
const pluralForm = (lang, n) => (rules[lang] ??= new Intl.PluralRules(lang)).select(Number(n) || 0);

/** One text of one dictionary: plural by `n`, `{name}` filled, values formatted. Pure; tests use it. */
export function render(dictionary, lang, key, params) {
  let text = dictionary?.[key];
  if (text === undefined) return key;
  if (typeof text === "object") {
    const n = params?.n ?? 0;
    text = (Number(n) === 0 && text.zero) || text[pluralForm(lang, n)] || text.other;
  }
  if (!params || !text.includes("{")) return text;
  return text.replace(/\{(\w+)\}/g, (hole, name, at) => {
    const value = params[name];
    if (value === undefined || value === null) return hole;
    if (typeof value === "object" && value.key) return render(dictionary, lang, value.key, value.params ?? value);
    const shown = formatValue(lang, value, at > 0);
    // A name of the other script must not turn the sentence round.
    return typeof value === "string" && (lang === "ar" || foreign(value)) ? `\u2068${shown}\u2069` : shown;
  });
}

/** While prerendering: the same in every language, between marks. */
export const inAll = (make) => OPEN + make("en") + NEXT + make("ar") + CLOSE;

const translators = {};
function translator(lang, stamp) {
  const made = translators[lang];
  if (made?.stamp === stamp) return made.t;
  const t = PRERENDER
    ? (key, params) => inAll((each) => render(both[each], each, key, params))
    : (key, params) => render(dictionaries[lang], lang, key, params);
  t.lang = lang;
  translators[lang] = { t, stamp };
  return t;
}

const subscribe = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
const snapshot = () => translator(current, version);

/** `t("key", {n: 3, name})`; a new function only when the language or a preference changes. */
export function useText() {
  return useSyncExternalStore(subscribe, snapshot, snapshot);
}

/** "en" or "ar". */
export const useLanguage = () => useText().lang;
export const language = () => current;

/** Each text that is drawn from now on is made anew: the language came, or digits and currency changed. */
export function textsStale() { version += 1; }
/** Every text that stands on the screen as it was before is asked for again. */
export function textsChanged() { listeners.forEach((listener) => listener()); }

const remember = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax`; };

/** Switch the page at once: dictionary, `lang`, `dir`, cookie. Gives a promise of done. */
export async function setLanguage(lang) {
  if (!dictionaries[lang]) await loadDictionary(lang);
  current = lang;
  markRoot();
  remember("wasl_lang", lang);
  textsStale();
  textsChanged();
}
const CHOSEN = "wasl.language";
const keepers = new Set();
/** `keep(lang)` hears each choice of a language; gives the way to stop. */
export function onLanguageChosen(keep) { keepers.add(keep); return () => { keepers.delete(keep); }; }
/** The person's own choice in this browser, until the server is known to have kept it. */
export function chooseLanguage(lang) {
  try { localStorage.setItem(CHOSEN, lang); } catch { /* private window: the cookie remembers it */ }
  keepers.forEach((keep) => keep(lang));
  return setLanguage(lang);
}
/** The choice that still waits, or null; forgotten once the server says the same. */
export function chosenLanguage(kept) {
  try {
    const chosen = localStorage.getItem(CHOSEN);
    if (chosen === kept) localStorage.removeItem(CHOSEN);
    return chosen === kept ? null : chosen;
  } catch { return null; }
}
/** `lang`, `dir` and theme on the root element; the shell asks again in case React had to draw the document anew. */
export function markRoot() {
  const root = document.documentElement;
  root.lang = current;
  root.dir = current === "ar" ? "rtl" : "ltr";
  root.dataset.theme ||= document.cookie.match(/wasl_theme=(light|dark|system)/)?.[1] ?? "system";
}

function loadDictionary(lang) {
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = document.getElementById("texts").dataset[lang];
    script.onload = () => { dictionaries[lang] = globalThis.__wasl_texts.texts; done(); };
    script.onerror = () => fail(new Error(`no texts for ${lang}`));
    document.head.append(script);
  });
}

/** "light", "dark" or "system", remembered and shown at once. */
export function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  remember("wasl_theme", theme);
  try { localStorage.setItem("theme", theme); } catch { /* storage may be forbidden; the cookie holds */ }
}
export const theme = () => (typeof document === "undefined" ? "system" : document.documentElement.dataset.theme || "system");

/** A text as an element, for places where Python needs a child rather than a string. */
export function Text({ k, params }) {
  return useText()(k, params);
}
