// Numbers, money and time as the reader writes them, and back again from what they type.
import { useMemo } from "react";
import { inAll, textsStale, useText } from "./text.jsx";

const LOCALE = { en: "en-GB", ar: "ar-EG" };
const NBSP = "\u00a0", MINUS = "\u2212";

// What the signed-in person and company prefer; the shell sets it from the viewer.
const prefs = { digits: "latn", tz: undefined, currency: "USD" };
/** What is drawn from now on follows them; `textsChanged()` draws the rest of the page. Gives whether they are others. */
export function setPreferences(next) {
  const given = { currency: next?.currency, tz: next?.time_zone, digits: next?.digits && (next.digits === "arabic" ? "arab" : "latn") };
  const known = Object.fromEntries(Object.entries(given).filter(([, v]) => v));
  if (Object.entries(known).every(([k, v]) => prefs[k] === v)) return false;
  Object.assign(prefs, known);
  cache.clear();
  textsStale();
  return true;
}
export const preferences = () => prefs;

// To make a formatter costs more than all that a page formats with it, so each is made once.
const cache = new Map();
function intl(Kind, lang, options) {
  const id = Kind.name + lang + prefs.digits + (prefs.tz ?? "") + JSON.stringify(options);
  let made = cache.get(id);
  if (!made) {
    const locale = `${LOCALE[lang]}-u-nu-${prefs.digits}${Kind === Intl.DateTimeFormat ? "-ca-gregory" : ""}`;
    cache.set(id, (made = new Kind(locale, options)));
  }
  return made;
}

const decimalsOf = {};
/** How many decimals a currency has: KWD 3, SAR 2, JPY 0. */
export function decimals(currency) {
  return (decimalsOf[currency] ??= new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits);
}
const currencyNames = {};
function currencyName(lang, currency) {
  return lang === "ar" ? (currencyNames[currency] ??= inArabic(currency)) : currency;
}
function inArabic(currency) {
  const part = new Intl.NumberFormat("ar", { style: "currency", currency, currencyDisplay: "narrowSymbol" })
    .formatToParts(0).find((p) => p.type === "currency");
  return part.value.replace(/[\u200e\u200f]/g, "").replace(/\.$/, "");
}
// The minus stands before the digits in both directions, so a negative number is isolated as left to right.
const minus = (text) => {
  const bare = text.replace(/[\u061c\u200e\u200f]/g, "");
  return bare.includes("-") ? `\u2066${bare.replace("-", MINUS)}\u2069` : bare;
};
const withCurrency = (lang, text, currency) => {
  const name = currencyName(lang, currency);
  return lang === "ar" ? `${text}${NBSP}${name}` : `${name}${NBSP}${text}`;
};

function number(lang, value, options = {}) {
  if (value === null || value === undefined || value === "") return "";
  return minus(intl(Intl.NumberFormat, lang, { maximumFractionDigits: 2, ...options }).format(value));
}
/** Minor units without the currency, all decimals of the currency kept. */
function amount(lang, minor, currency) {
  const places = decimals(currency);
  return number(lang, minor / 10 ** places, { minimumFractionDigits: places, maximumFractionDigits: places });
}
function money(lang, minor, currency = prefs.currency) {
  if (minor === null || minor === undefined) return "";
  return withCurrency(lang, amount(lang, minor, currency), currency);
}
function shortAmount(lang, minor, currency = prefs.currency) {
  const value = (minor ?? 0) / 10 ** decimals(currency), big = Math.abs(value);
  const [scale, suffix] = big >= 999_950_000 ? [1e9, "b"] : big >= 999_950 ? [1e6, "m"] : big >= 1000 ? [1e3, "k"] : [1, ""];
  const text = number(lang, value / scale, scale === 1 ? { maximumFractionDigits: 0 } : { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  if (!suffix) return text;
  return lang === "ar" ? `${text}${NBSP}${{ k: "ألف", m: "مليون", b: "مليار" }[suffix]}` : text + suffix;
}
function shortMoney(lang, minor, currency = prefs.currency) {
  if (minor === null || minor === undefined) return "";
  return withCurrency(lang, shortAmount(lang, minor, currency), currency);
}
function percent(lang, fraction, places = 0) {
  if (fraction === null || fraction === undefined) return "";
  return minus(intl(Intl.NumberFormat, lang, { style: "percent", maximumFractionDigits: places }).format(fraction));
}

// A plain date has no time zone: it is read as noon in UTC and shown in UTC.
const isDate = (iso) => /^\d{4}-\d\d-\d\d$/.test(iso);
const instant = (iso) => new Date(isDate(iso) ? `${iso}T12:00:00Z` : iso);
const zone = (iso) => (isDate(iso) ? "UTC" : prefs.tz);
function when(lang, iso, options) {
  const at = instant(iso);
  return Number.isNaN(at.getTime()) ? String(iso) : intl(Intl.DateTimeFormat, lang, { timeZone: zone(iso), ...options }).format(at);
}
/** The calendar day of an instant in the company's zone, as yyyy-mm-dd. */
export function dayOf(iso) {
  if (isDate(iso)) return iso;
  let form = cache.get("day");
  if (!form) cache.set("day", (form = new Intl.DateTimeFormat("en-CA", { timeZone: prefs.tz, year: "numeric", month: "2-digit", day: "2-digit" })));
  return form.format(new Date(iso));
}
export const today = () => dayOf(new Date().toISOString());
/** Whether another day has begun since it was asked last; what is said by the day ("tomorrow", "late") is then made anew. */
export function dayTurned() {
  const was = prefs.day;
  prefs.day = today();
  if (was === undefined || was === prefs.day) return false;
  textsStale();
  return true;
}
const daysApart = (iso) => Math.round((Date.parse(dayOf(iso)) - Date.parse(today())) / 86400000);

const fullDate = (lang, iso) => (iso ? when(lang, iso, { day: "numeric", month: lang === "ar" ? "long" : "short", year: "numeric" }) : "");
const longDate = (lang, iso) => (iso ? when(lang, iso, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(",", "") : "");
const shortDate = (lang, iso, weekday) => {
  if (!iso) return "";
  const sameYear = dayOf(iso).slice(0, 4) === today().slice(0, 4);
  return when(lang, iso, { ...(weekday ? { weekday: lang === "ar" ? "long" : "short" } : {}), day: "numeric", month: lang === "ar" ? "long" : "short", ...(sameYear ? {} : { year: "numeric" }) }).replace(/[,،]/g, "");
};
/** From one day to another, what they share said once: "22–26 November 2026". */
function days(lang, from, to) {
  const form = intl(Intl.DateTimeFormat, lang, { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" });
  return form.formatRange(instant(dayOf(from)), instant(dayOf(to))).replace(/^(\p{Nd}+)\s*–\s*/u, "$1–");
}
/** The name of a country by its code; anything else as it was written. */
function country(lang, code) {
  return /^[A-Z]{2}$/.test(code) ? intl(Intl.DisplayNames, lang, { type: "region", fallback: "code" }).of(code) : code;
}
const month = (lang, iso) => (iso ? when(lang, iso, { month: "long" }) : "");
const time = (lang, iso) => (iso ? when(lang, iso, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "");
/** Today, yesterday and tomorrow by word, other days as "19 Nov". */
function relative(lang, iso) {
  if (!iso) return "";
  const days = daysApart(iso);
  if (Math.abs(days) > 1) return shortDate(lang, iso);
  const word = intl(Intl.RelativeTimeFormat, lang, { numeric: "auto" }).format(days, "day");
  return word.charAt(0).toUpperCase() + word.slice(1);
}
function dateTime(lang, iso) {
  return iso ? `${relative(lang, iso)} ${time(lang, iso)}` : "";
}
/** How long ago, within a week; the date before that. */
function ago(lang, iso) {
  const minutes = Math.floor((Date.now() - Date.parse(iso)) / 60000), past = (n, unit, numeric = "always") => intl(Intl.RelativeTimeFormat, lang, { numeric, style: "short" }).format(-n, unit);
  if (minutes < 1) return past(0, "second", "auto");
  return minutes < 60 ? past(minutes, "minute") : minutes < 1440 ? past(Math.floor(minutes / 60), "hour") : minutes < 10080 ? past(Math.floor(minutes / 1440), "day") : shortDate(lang, iso);
}
function duration(lang, minutes) {
  if (minutes === null || minutes === undefined) return "";
  const unit = (value, name) => intl(Intl.NumberFormat, lang, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  const hours = Math.floor(minutes / 60), rest = Math.round(minutes % 60);
  return [hours && unit(hours, "hour"), (rest || !hours) && unit(rest, "minute")].filter(Boolean).join(" ");
}

/** A parameter of a text: numbers grouped, money, dates and instants by their shape; `within` a sentence "today" is small. */
export function formatValue(lang, value, within = false) {
  if (typeof value === "number") return number(lang, value);
  if (typeof value !== "object") return String(value);
  const small = (text) => (within && lang === "en" ? text.replace(/^(Today|Yesterday|Tomorrow)/, (word) => word.toLowerCase()) : text);
  if ("minor" in value) return money(lang, value.minor, value.currency);
  if ("number" in value) return number(lang, value.number);
  if ("date" in value) return small(relative(lang, value.date));
  if ("at" in value) return small(dateTime(lang, value.at));
  if ("percent" in value) return percent(lang, value.percent);
  return String(value);
}

/** All formatters bound to the reader's language. */
export function useFormat() {
  const t = useText();
  return useMemo(() => bound(t.lang), [t]);
}
export function bound(lang) {
  // While prerendering, what is formatted is written in every language too, like the texts.
  const bind = (fn) => import.meta.env.SSR ? (...args) => inAll((each) => fn(each, ...args)) : (...args) => fn(lang, ...args);
  return {
    lang, number: bind(number), money: bind(money), amount: bind(amount), shortMoney: bind(shortMoney), currencyName: bind(currencyName), shortAmount: bind(shortAmount),
    percent: bind(percent), date: bind(relative), fullDate: bind(fullDate), longDate: bind(longDate), shortDate: bind(shortDate),
    weekday: bind((each, iso) => shortDate(each, iso, true)), month: bind(month), shortMonth: bind((each, iso) => (iso ? when(each, iso, { month: each === "ar" ? "long" : "short" }) : "")), days: bind(days), country: bind(country), time: bind(time), dateTime: bind(dateTime), relative: bind(relative), ago: bind(ago), duration: bind(duration),
    unit: bind((each, value, unit) => intl(Intl.NumberFormat, each, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(value)),
    daysApart, decimals,
  };
}

/* ---- back from what a person typed ---- */

/** Arabic-Indic and Persian digits as 0-9, Arabic separators and signs as Latin ones. */
export function latin(text) {
  return String(text ?? "").normalize("NFKC")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (d) => d.charCodeAt(0) & 15)
    .replace(/[\u066b]/g, ".").replace(/[\u066c\u060c\u2019']/g, ",").replace(/[\u2212\u2013]/g, "-").replace(/\u066a/g, "%")
    .replace(/[\u061c\u200e\u200f\u2066-\u2069]/g, "");
}
/** The plain decimal string in a typed number, or null. `1.250,5`, `١٬٢٥٠٫٥` and `1 250.5` all give "1250.5". */
function plain(text) {
  let s = latin(text).replace(/[\s\u00a0]/g, "");
  if (!/^-?[\d.,]*\d[\d.,]*$/.test(s)) return null;
  const sign = s.startsWith("-") ? "-" : "";
  s = s.replace("-", "");
  const dot = s.lastIndexOf("."), comma = s.lastIndexOf(",");
  if (dot >= 0 && comma >= 0) s = dot > comma ? s.replaceAll(",", "") : s.replaceAll(".", "").replace(",", ".");
  else if (comma >= 0) s = /^[1-9]\d{0,2}(,\d{3})+$/.test(s) ? s.replaceAll(",", "") : s.replace(",", ".");
  else if ((s.match(/\./g) ?? []).length > 1) s = s.replaceAll(".", "");
  return /^\d*\.?\d*$/.test(s) ? sign + s : null;
}
/** A number, null for nothing typed, NaN for what is no number. */
export function parseNumber(text) {
  if (!String(text ?? "").trim()) return null;
  const s = plain(text);
  return s === null ? NaN : Number(s);
}
/** Minor units by string arithmetic, null for nothing, NaN for too many decimals or no amount. */
export function parseMoney(text, currency = prefs.currency) {
  // A currency may stand before or after the amount, a letter within it may not: 1e9 is not 19.
  const bare = latin(text).replace(/^.*?(?=-?[.,]?\d)/s, "").replace(/\D+$/, "");
  if (!String(text ?? "").trim()) return null;
  const s = plain(bare), places = decimals(currency);
  if (s === null) return NaN;
  const [whole, part = ""] = s.split(".");
  if (part.replace(/0+$/, "").length > places) return NaN;
  const minor = Number(`${whole || "0"}${part.slice(0, places).padEnd(places, "0")}`);
  return Number.isSafeInteger(minor) ? minor : NaN;
}
const MONTHS = {};
function monthByName(word) {
  if (!MONTHS.ready) {
    for (const lang of ["en", "ar"]) for (const month of ["long", "short"]) for (let m = 0; m < 12; m++) {
      MONTHS[new Intl.DateTimeFormat(LOCALE[lang], { month, timeZone: "UTC" }).format(new Date(Date.UTC(2026, m, 2))).toLowerCase()] = m + 1;
    }
    MONTHS.ready = true;
  }
  return MONTHS[word] ?? MONTHS[word.slice(0, 3)];
}
/** A date as a field holds it: 2026-11-19 gives 19/11/2026. */
export const typedDate = (iso) => (iso ? String(iso).slice(0, 10).split("-").reverse().join("/") : "");
/** yyyy-mm-dd from `19/11/2026`, `2026-11-19`, `19 Nov`, `١٩ نوفمبر`, with `/`, `-` or `.`; null for nothing, undefined for no date. */
export function parseDate(text) {
  const s = latin(text).trim().toLowerCase();
  if (!s) return null;
  let m, y, mo, d;
  if ((m = s.match(/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/))) [, y, mo, d] = m;
  else if ((m = s.match(/^(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{2}|\d{4}))?$/))) [, d, mo, y] = m;
  else if ((m = s.match(/^(\d{1,2})[\s-]+(\p{L}+)(?:[\s,-]+(\d{2}|\d{4}))?$/u))) { [, d, mo, y] = m; mo = monthByName(mo); }
  else return undefined;
  y = Number(y ?? today().slice(0, 4));
  if (y < 100) y += 2000;
  if (y < 1900 || y > 2199) return undefined;
  const at = new Date(Date.UTC(y, mo - 1, d));
  if (!mo || at.getUTCMonth() !== mo - 1 || at.getUTCDate() !== Number(d)) return undefined;
  return at.toISOString().slice(0, 10);
}

/* ---- as elements, for pages written in Python ---- */
const dash = <span className="muted" aria-hidden="true">–</span>;
export function Money({ minor, currency, short, bare }) {
  const f = useFormat();
  if (minor === null || minor === undefined) return dash;
  return <bdi className="num">{bare ? f.amount(minor, currency ?? prefs.currency) : short ? f.shortMoney(minor, currency) : f.money(minor, currency)}</bdi>;
}
export function Num({ value, percent: asPercent }) {
  const f = useFormat();
  return value === null || value === undefined ? dash : <span className="num">{asPercent ? f.percent(value) : f.number(value)}</span>;
}
export function When({ at, kind = "date" }) {
  const f = useFormat();
  return at ? <time className="num" dateTime={at} title={f.fullDate(at)} suppressHydrationWarning>{f[kind](at)}</time> : dash;
}
