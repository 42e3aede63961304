// Menus and popovers on the native popover: top layer, Esc and a click outside close it, focus returns.
import { Fragment, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icon.jsx";

/** Put a popover under its button, on the side where there is room, in the direction of reading. */
export function place(pop, anchor, align = "start") {
  const a = anchor.getBoundingClientRect(), p = pop.getBoundingClientRect(), gap = 4, edge = 8;
  const rtl = document.documentElement.dir === "rtl";
  const below = a.bottom + gap + p.height <= innerHeight - edge || a.top < p.height;
  const fromLeft = (align === "start") !== rtl ? a.left : a.right - p.width;
  const x = Math.max(edge, Math.min(fromLeft, innerWidth - p.width - edge));
  const y = below ? Math.min(a.bottom + gap, Math.max(edge, innerHeight - p.height - edge)) : Math.max(edge, a.top - gap - p.height);
  pop.style.insetBlockStart = `${y}px`;
  pop.style.insetInlineStart = `${rtl ? document.documentElement.clientWidth - x - p.width : x}px`;
}

/** The keys of a menu: arrows go round, Home and End to its ends. */
export function walk(e) {
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(e.key)) return;
  const items = [...e.currentTarget.querySelectorAll("[role^=menuitem]:not(:disabled)")];
  if (!items.length) return;
  e.preventDefault();
  const at = items.indexOf(document.activeElement);
  const next = e.key === "Home" ? 0 : e.key === "End" ? items.length - 1 : e.key === "ArrowDown" ? (at + 1) % items.length : (at - 1 + items.length) % items.length;
  items[next].focus();
}

/**
 * A button that opens a popover. `label` is what the button shows (with `iconOnly`, `name` says it), `name` what the
 * popover is called, `children` a node or a function of `close`.
 * role "menu" walks by arrows; "dialog" is for forms and lists with a field.
 */
export function Popover({ label, name, iconOnly, className = "btn ghost sm", role = "menu", align = "start", children, onOpen, title, expandable = true, popClass = "" }) {
  const id = useId(), button = useRef(null), pop = useRef(null);
  // Each opening by its number: of one that follows its closing at once the browser says no more than that it is open.
  const [open, setOpen] = useState(0);
  const close = useCallback(() => pop.current?.hidePopover(), []);
  useEffect(() => {
    const element = pop.current;
    const toggled = (e) => { const now = e.newState === "open"; setOpen((n) => (now ? n + 1 : 0)); if (now) onOpen?.(); };
    element.addEventListener("toggle", toggled);
    return () => element.removeEventListener("toggle", toggled);
  }, [onOpen]);
  useLayoutEffect(() => {
    if (!open) return;
    place(pop.current, button.current, align);
    const first = pop.current.querySelector("[autofocus], input, [role=menuitem]:not(:disabled), button, a");
    first?.focus({ preventScroll: true });
    const again = () => place(pop.current, button.current, align);
    const watch = new ResizeObserver(again);
    watch.observe(pop.current);
    addEventListener("resize", again);
    return () => { watch.disconnect(); removeEventListener("resize", again); };
  }, [open, align]);
  return (
    <>
      <button ref={button} type="button" className={className} popoverTarget={id} aria-haspopup={role} aria-expanded={expandable ? open > 0 : undefined} aria-label={iconOnly ? name : undefined} title={title ?? (iconOnly ? name : undefined)}>{label}</button>
      <div ref={pop} id={id} popover="auto" role={open ? role : undefined} aria-label={open ? name ?? (typeof label === "string" ? label : undefined) : undefined} className={`menu ${popClass}`} onKeyDown={role === "menu" ? walk : undefined}>
        {open ? <Fragment key={open}>{typeof children === "function" ? children(close) : children}</Fragment> : null}
      </div>
    </>
  );
}

/** One line of a menu. */
export function Item({ icon, children, onPick, href, keys, ticked, danger, disabled, close, role = "menuitem", ...rest }) {
  const inside = <>{icon ? <Icon name={icon} /> : null}<span className="trunc">{children}</span>{ticked ? <Icon name="check" size="s" className="tick" /> : null}{keys ? <kbd className="kbd">{keys}</kbd> : null}</>;
  const cls = `it ${danger ? "danger" : ""}`;
  if (href) return <a role={role} className={cls} href={href} onClick={close} {...rest}>{inside}</a>;
  return <button type="button" role={role} aria-checked={role === "menuitemradio" || role === "menuitemcheckbox" ? !!ticked : undefined} className={cls} disabled={disabled} onClick={() => { close?.(); onPick?.(); }} {...rest}>{inside}</button>;
}
