// Two people wrote the same field: both values stand side by side until one is picked.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Value } from "./cells.jsx";
import { decided, standing } from "./clashes.jsx";
import { Icon } from "./icon.jsx";
import { place } from "./menu.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";

/**
 * The mark on a field, and both values to pick from. `here` is the id of the part that shows it: where it was written it
 * opens by itself, without taking the focus from whoever types on. `onMine(clash)` writes one's own over the other's.
 */
export function Clash({ clash, here, onMine }) {
  const t = useText(), title = useId();
  const pop = useRef(null), mark = useRef(null);
  const [open, setOpen] = useState(clash.at === here);
  const field = t(clash.column.label), by = clash.by || t("ui.product");
  useEffect(() => standing(clash.key), [clash.key]);
  useEffect(() => { setOpen(clash.at === here); }, [clash, here]);
  useLayoutEffect(() => {
    const element = pop.current;
    if (!open) { if (element.matches(":popover-open")) element.hidePopover(); return; }
    if (!element.matches(":popover-open")) element.showPopover();
    const put = () => place(element, mark.current.closest("dd, .td") ?? mark.current);
    put();
    if (!document.activeElement?.matches("input, select, textarea, [contenteditable]")) element.querySelector("button")?.focus({ preventScroll: true });
    addEventListener("scroll", put, true); addEventListener("resize", put);
    return () => { removeEventListener("scroll", put, true); removeEventListener("resize", put); };
  }, [open, clash]);
  const later = () => { setOpen(false); mark.current?.focus({ preventScroll: true }); };
  const keys = (e) => { e.stopPropagation(); if (e.key === "Escape") { e.preventDefault(); later(); } };
  const theirs = clash.row, mine = { ...clash.row, ...clash.change };
  return (
    <span className="clash" onClick={(e) => e.stopPropagation()} onKeyDown={keys}>
      <button ref={mark} type="button" className="btn ghost ic sm" aria-haspopup="dialog" aria-expanded={open} aria-label={t("ui.clash.title", { by, field })} title={t("ui.clash.title", { by, field })} onClick={() => setOpen(!open)}><Icon name="alert" size="s" /></button>
      <div ref={pop} popover="manual" role="dialog" aria-labelledby={title} className="menu clashbox">
        <h3 id={title} role="alert">{t("ui.clash.title", { by, field })}</h3>
        <dl>
          <dt><bdi>{by}</bdi></dt><dd><Value column={clash.column} row={theirs} full plain /></dd>
          <dt>{t("ui.clash.you")}</dt><dd><Value column={clash.column} row={mine} full plain /></dd>
        </dl>
        <div className="row g3 wraps">
          <Button label={t("ui.clash.theirs")} onClick={() => decided(clash.key)} />
          <Button label={t("ui.clash.mine")} kind="pri" onClick={() => { decided(clash.key); onMine(clash); }} />
          <Button label={t("ui.clash.later")} kind="ghost" className="end" onClick={later} />
        </div>
      </div>
    </span>
  );
}
