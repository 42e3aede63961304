// People, badges and buttons.
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Kbd, useKeys } from "./keys.jsx";
import { useText } from "./text.jsx";

export const hue = (s) => { let h = 7; for (const c of String(s ?? "")) h = (h * 31 + c.codePointAt(0)) % 6; return `h${h + 1}c`; };
const arabic = (s) => /[\u0600-\u06ff]/.test(s);
/** Latin two letters, Arabic one: two Arabic letters would join. */
export function initials(name, letters = 2) {
  const words = String(name ?? "").trim().split(/\s+/).filter(Boolean);
  if (!words.length) return "·";
  if (arabic(words[0])) return words[0].replace(/^ال(?=..)/, "")[0];
  return (letters === 1 ? words[0][0] : words[0][0] + (words.length > 1 ? words.at(-1)[0] : words[0][1] ?? "")).toUpperCase();
}
/** A person's initials, in the size of their script; `named` where no name stands beside them. */
export function Avatar({ name, size = "", live, title, named }) {
  const letters = initials(name);
  const face = <span className={`av ${size} ${hue(name)}`} lang={arabic(letters) ? "ar" : "en"} title={title ?? name} {...(named ? { role: "img", "aria-label": name } : { "aria-hidden": true })}>{letters}</span>;
  return live ? <span className="live">{face}</span> : face;
}
export function Tile({ name, icon, size = "", tone }) {
  return <span className={`tile ${size} ${tone ?? hue(name)}`} aria-hidden="true">{icon ? <Icon name={icon} size={size === "l" || size === "xl" ? "l" : "s"} /> : initials(name, 1)}</span>;
}
/** What stands before a name: of a company a tile, of a person initials, else nothing. */
export function Face({ of, name, size }) {
  return of === "company" ? <Tile name={name} size={size} /> : of === "person" ? <Avatar name={name} size={size} /> : null;
}
/** The colour of a category: the same wherever its name stands. */
export const tint = (name) => ["info", "plum", "warn", "ok", "bad", "acc"][Number(hue(name)[1]) - 1];
export function Badge({ tone = "", icon, dot, children }) {
  return <span className={`bdg ${tone}`}>{dot ? <span className={`dot ${dot}`} /> : null}{icon ? <Icon name={icon} /> : null}<bdi>{children}</bdi></span>;
}
/** A number that is counted to a hundred at most. */
export function Capped({ n }) {
  const t = useText(), f = useFormat();
  return n > 99 ? t("ui.nav.over", { n: 99 }) : f.number(n);
}
/** The usual button. `keys` is a physical key that presses it while it is on screen, printed on it. */
export function Button({ label, icon, kind = "", size = "", keys, busy, busyLabel, disabled, reason, type = "button", onClick, href, form, name, className = "" }) {
  const t = useText();
  const press = () => { if (!disabled && !busy) onClick?.(); };
  useKeys(keys && !disabled && (onClick || href) ? { [keys]: { text: label ?? name, run: () => { if (href) location.assign(href); else press(); } } } : null);
  const inside = (
    <>
      {busy ? <span className="spin" aria-hidden="true" /> : icon ? <Icon name={icon} size={size === "sm" ? "s" : ""} /> : null}
      {label ? <span className="lbl">{busy ? busyLabel ?? t("ui.saving") : label}</span> : null}
      {keys ? <Kbd combo={keys} /> : null}
    </>
  );
  const cls = `btn ${kind} ${size} ${label ? "" : "ic"} ${className}`;
  if (href) return <a className={cls} href={href} aria-label={name}>{inside}</a>;
  return <button type={type} form={form} className={cls} aria-label={name} disabled={disabled || busy} title={disabled ? reason : name} onClick={onClick ? press : undefined}>{inside}</button>;
}
/** On or off, named for what it switches. */
export function Switch({ name, checked, disabled, reason, onChange }) {
  return <button type="button" role="switch" className="tog" aria-label={name} aria-checked={!!checked} disabled={disabled} title={reason} onClick={() => onChange?.(!checked)} />;
}
/** Two or three layouts of the same data: options [{value, label, icon}]. */
export function Segment({ name, value, options, onChange }) {
  return (
    <div className="seg" role="group" aria-label={name}>
      {options.map((o) => <button key={o.value} type="button" aria-pressed={o.value === value} onClick={() => onChange?.(o.value)}>{o.icon ? <Icon name={o.icon} size="s" /> : null}{o.label}</button>)}
    </div>
  );
}
