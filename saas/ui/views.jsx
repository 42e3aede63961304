// Saved views as tabs with live counts, first the whole list; the last one keeps the present view under a name.
import { useState } from "react";
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Item, Popover } from "./menu.jsx";
import { useText } from "./text.jsx";

/** `views` as a `ListState` has them; the whole list is the one without an id. `total` is how much is shown now. */
export function Views({ views: offered, current, all, total, capped, onPick, onSave, onDelete }) {
  const t = useText(), f = useFormat();
  const views = offered.filter((v) => v.id), whole = offered.find((v) => !v.id);
  const count = (n, atLeast) => (n === undefined || n < 0 ? null : <span className="c num">{f.number(n)}{atLeast ? "+" : ""}</span>);
  const walk = (e) => {
    if (e.key !== "ArrowRight" && e.key !== "ArrowLeft") return;
    const tabs = [...e.currentTarget.querySelectorAll("[role=tab]")];
    const step = (e.key === "ArrowRight") === (document.dir !== "rtl") ? 1 : -1;
    tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length]?.focus();
    e.preventDefault();
  };
  const name = (v) => v.name || t(v.label);
  const chosen = views.find((v) => v.id === current);
  return (
    <div className="views">
      <div role="tablist" aria-label={t("ui.view.title")} onKeyDown={walk}>
        <button type="button" role="tab" className="tab" aria-selected={!current} tabIndex={current ? -1 : 0} onClick={() => onPick(null)}>{all}{current ? count(whole?.count, whole?.capped) : count(total, capped)}</button>
        {views.map((v) => (
          <button key={v.id} type="button" role="tab" className="tab" aria-selected={v.id === current} tabIndex={v.id === current ? 0 : -1} onClick={() => onPick(v)}><bdi>{name(v)}</bdi>{v.id === current && total !== undefined ? count(total, capped) : count(v.count, v.capped)}</button>
        ))}
      </div>
      {onSave ? (
        <Popover className="tab muted" role="dialog" name={t("ui.view.save")} label={<><Icon name="plus" size="s" />{t("ui.view.add")}</>}>
          {(close) => <Saver onSave={(...args) => { close(); onSave(...args); }} />}
        </Popover>
      ) : null}
      {chosen?.mine && onDelete ? (
        <Popover className="tab muted" iconOnly name={t("ui.view.more")} label={<Icon name="more" size="s" />}>
          {(close) => <Item icon="trash" danger close={close} onPick={() => onDelete(chosen.id)}>{t("ui.view.remove", { name: name(chosen) })}</Item>}
        </Popover>
      ) : null}
    </div>
  );
}

function Saver({ onSave }) {
  const t = useText();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  return (
    <form className="pane" onSubmit={(e) => { e.preventDefault(); if (name.trim()) onSave(name.trim(), shared); }}>
      <label className="fld"><span className="lab">{t("ui.view.name")}</span><input className="inp field" dir="auto" maxLength={80} required value={name} onChange={(e) => setName(e.target.value)} /></label>
      <label className="row"><input type="checkbox" className="chk" checked={shared} onChange={(e) => setShared(e.target.checked)} />{t("ui.view.shared")}</label>
      <button type="submit" className="btn pri">{t("ui.view.save")}</button>
    </form>
  );
}
