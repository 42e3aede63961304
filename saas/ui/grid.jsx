// The grid itself: head with sort menus and widths, rows of 36 px, keys, edit in place; two lines a row on phones.
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { CellEditor, NUMERIC, Value, currencyOf, nameOf, valueOf } from "./cells.jsx";
import { Clash } from "./clash.jsx";
import { useClashes } from "./clashes.jsx";
import { Editor } from "./filters.jsx";
import { preferences, useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { useKeys } from "./keys.jsx";
import { useRest } from "./later.jsx";
import { usePhone } from "./media.jsx";
import { Item, Popover } from "./menu.jsx";
import { Face } from "./parts.jsx";
import { Peer, usePeers } from "./peers.jsx";
import { useSteadyCall } from "./steady.jsx";
import { useText } from "./text.jsx";

const CHECK_PX = 40, NARROWEST = 64, HEAD_PX = 180, ROW_PX = 36;
// How far a column gives way: a text may be cut, what is read digit by digit may not.
const least = (c) => Math.round(c.width * (["phone", "date", "datetime", "money"].includes(c.kind) ? .88 : .7));
const SORT_WORDS = { money: ["low", "high"], number: ["low", "high"], percent: ["low", "high"], date: ["old", "new"], datetime: ["old", "new"] };

export function Grid({ columns, rows, query, selected, setSelected, current, setCurrent, step, show, edit, pending, refused, route, hasPage, options, onLookup, ask, arrangeColumns, name, drawerOpen, kept, keep, sort: sortedBy, summable, topic, listId }) {
  const t = useText(), f = useFormat(), phone = usePhone(), clashOf = useClashes(topic), peersOf = usePeers(topic);
  const [editing, setEditing] = useState(null);     // {id, key}
  const [cell, setCell] = useState(null);           // the column that keys act on
  const anchor = useRef(null), box = useRef(null);
  const [dragged, setDragged] = useState(null);     // {key, px}: the width that is being pulled
  const widths = useMemo(() => ({ ...kept.widths, ...(dragged ? { [dragged.key]: dragged.px } : {}) }), [kept.widths, dragged]);
  // Pinned columns stand still while the others scroll; all but the last of them need a width of their own.
  const pinned = Math.min(kept.pinned ?? 1, columns.length);
  const template = useMemo(() => columns.map((c, i) => (widths[c.key] || i < pinned - 1 ? `${widths[c.key] ?? c.width}px` : `minmax(${least(c)}px, ${c.width}fr)`)).join(" "), [columns, widths, pinned]);
  const starts = useMemo(() => { let at = CHECK_PX; return columns.slice(0, pinned).map((c) => { const start = at; at += widths[c.key] ?? c.width; return start; }); }, [columns, widths, pinned]);

  const toggle = useSteadyCall((id, range) => {
    setSelected((old) => {
      const next = new Set(old);
      if (range && anchor.current) {
        const ids = rows.map((r) => r.id), a = ids.indexOf(anchor.current), b = ids.indexOf(id);
        for (let i = Math.min(a, b); i <= Math.max(a, b); i++) if (ids[i]) next.add(ids[i]);
      } else if (next.has(id)) next.delete(id); else next.add(id);
      anchor.current = id;
      return next;
    });
  });
  const editable = columns.filter((c) => edit && c.editable);
  const startEdit = useSteadyCall((id, key) => { setCurrent(id); setCell(key); setEditing({ id, key }); });
  // A row is drawn again when it is another, not when what one may do with it has been made anew.
  const showRow = useSteadyCall(show), editRow = useSteadyCall(edit), lookUp = useSteadyCall(onLookup);
  const here = rows.find((r) => r.id === current);
  const scrollTo = (id) => box.current?.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
  useEffect(() => { if (current) scrollTo(current); }, [current]);
  const down = { label: "ui.keys.next", run: () => step(1) }, up = { label: "ui.keys.previous", run: () => step(-1) };
  // Left and right follow the screen, so they turn round with the direction of reading.
  const across = (by) => {
    if (!here) return step(1);
    const order = columns.map((c) => c.key), at = order.indexOf(cell);
    const next = order[Math.max(0, Math.min(order.length - 1, at < 0 ? 0 : at + by * (document.dir === "rtl" ? -1 : 1)))];
    setCell(next);
    box.current?.querySelector(`[data-id="${CSS.escape(here.id)}"] [data-col="${CSS.escape(next)}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const inGrid = (run) => (e) => (document.activeElement === document.body || box.current?.contains(document.activeElement) || drawerOpen ? run(e) : false);
  useKeys({
    KeyJ: down, KeyK: up, ArrowDown: { run: inGrid(() => step(1)) }, ArrowUp: { run: inGrid(() => step(-1)) },
    ArrowRight: { label: "ui.keys.cell", run: inGrid(() => across(1)) }, ArrowLeft: { run: inGrid(() => across(-1)) },
    KeyX: { label: "ui.keys.select", run: () => (current ? toggle(current) : false) },
    Space: { run: inGrid((e) => (current && !e.target.closest?.("button, a, summary, input, [role=tab]") ? toggle(current) : false)) },
    Escape: { run: () => { if (cell === null) return false; setCell(null); } },
    "shift+KeyX": { label: "ui.keys.select_range", run: () => (current ? toggle(current, true) : false) },
    KeyE: { label: "ui.keys.open", run: () => { const c = editable.find((x) => x.key === cell) ?? editable[0]; if (here && c) startEdit(here.id, c.key); else return false; } },
    Enter: { run: (e) => { if (!here || e.target.closest?.("button, a, summary, [role=tab]")) return false; const c = editable.find((x) => x.key === cell); if (c && cell) startEdit(here.id, c.key); else show(here); } },
  });
  const finish = useSteadyCall((row, column, how) => {
    setEditing(null);
    if (how === "down") { const next = rows[rows.findIndex((r) => r.id === row.id) + 1]; if (next) setCurrent(next.id); }
    if (how === "next" || how === "previous") { const at = editable.findIndex((c) => c.key === column.key) + (how === "next" ? 1 : -1); if (editable[at]) startEdit(row.id, editable[at].key); }
  });
  const sort = (c, down_) => ask({ sort: down_ ? `-${c.key}` : c.key });
  const resize = (c) => (e) => {
    e.preventDefault(); e.stopPropagation();
    const th = e.currentTarget.parentElement, from = e.clientX, was = th.getBoundingClientRect().width, dir = document.dir === "rtl" ? -1 : 1;
    const grip = e.currentTarget; grip.setPointerCapture(e.pointerId); grip.classList.add("on");
    let px = Math.round(was);
    const move = (m) => { px = Math.max(NARROWEST, Math.round(was + (m.clientX - from) * dir)); setDragged({ key: c.key, px }); };
    const end = () => { grip.removeEventListener("pointermove", move); grip.classList.remove("on"); setDragged(null); keep((old) => ({ widths: { ...old.widths, [c.key]: px } })); };
    grip.addEventListener("pointermove", move); grip.addEventListener("pointerup", end, { once: true });
  };
  // First what one sees; the rows below the fold follow.
  const whole = useRest(), drawn = whole ? rows : rows.slice(0, Math.ceil((innerHeight - HEAD_PX) / ROW_PX));
  // Where all amounts of a column are in the company's currency, its head says so once.
  const home = preferences().currency, bare = columns.filter((c) => c.kind === "money" && rows.every((r) => valueOf(r, c) === null || currencyOf(r, c) === home)).map((c) => c.key).join();
  const all = rows.length > 0 && rows.every((r) => selected.has(r.id));
  const some = rows.some((r) => selected.has(r.id));
  return (
    <div className="tbox" ref={box} onScroll={(e) => e.currentTarget.classList.toggle("slid", e.currentTarget.scrollLeft !== 0)}>
      <div className="tb" role="table" aria-label={name} aria-rowcount={rows.length + 1} style={{ "--check": `${CHECK_PX}px`, "--cols": template }}>
        <div className="head" role="rowgroup">
          <div className="tr" role="row">
            <span className="th pin" style={{ insetInlineStart: 0 }} role="columnheader"><input type="checkbox" className="chk" aria-label={t("ui.select_all")} checked={all} ref={(el) => { if (el) el.indeterminate = some && !all; }} onChange={() => setSelected(all ? new Set() : new Set(rows.map((r) => r.id)))} /></span>
            {columns.map((c, i) => {
              const sorted = sortedBy === c.key ? "ascending" : sortedBy === `-${c.key}` ? "descending" : undefined;
              return (
                <span key={c.key} className={`th ${NUMERIC.has(c.kind) ? "e" : ""} ${sorted ? "sorted" : ""} ${i < pinned ? "pin" : ""} ${i === pinned - 1 ? "last" : ""}`} style={i < pinned ? { insetInlineStart: starts[i] } : undefined} role="columnheader" aria-sort={sorted}>
                  <ColumnMenu column={c} unit={bare.split(",").includes(c.key) ? f.currencyName(home) : null} sorted={sorted} onSort={sort} filters={query.filters} options={options} onLookup={onLookup} onFilter={(filter) => ask({ filters: [...query.filters, filter], view: "" })}>
                    {(close) => (
                      <>
                        <Item icon="pin" close={close} role="menuitemcheckbox" ticked={i < pinned} onPick={() => keep({ pinned: i < pinned ? i : i + 1 })}>{t("ui.columns.pin")}</Item>
                        {c.total && summable ? <Item icon="sigma" close={close} role="menuitemcheckbox" ticked={!kept.unsummed?.includes(c.key)} onPick={() => keep((old) => ({ unsummed: old.unsummed?.includes(c.key) ? old.unsummed.filter((k) => k !== c.key) : [...(old.unsummed ?? []), c.key] }))}>{t("ui.columns.total")}</Item> : null}
                        <Item icon="eye-off" close={close} disabled={columns.length === 1} onPick={() => arrangeColumns(columns.filter((x) => x.key !== c.key).map((x) => x.key))}>{t("ui.columns.hide")}</Item>
                      </>
                    )}
                  </ColumnMenu>
                  <span className="grip" onPointerDown={resize(c)} onDoubleClick={() => keep((old) => ({ widths: { ...old.widths, [c.key]: undefined } }))} aria-hidden="true" />
                </span>
              );
            })}
          </div>
        </div>
        <div role="rowgroup">
          {drawn.map((row) => (
            phone
              ? <PhoneRow key={row.id} row={row} columns={columns} isSelected={selected.has(row.id)} selecting={selected.size > 0} toggle={toggle} show={showRow} href={hasPage ? `${route}/${row.id}` : null} />
              : <Row key={row.id} row={row} columns={columns} isSelected={selected.has(row.id)} isCurrent={row.id === current} editingKey={editing?.id === row.id ? editing.key : null} isPending={pending.has(row.id)} fault={refused.get(row.id)} clash={edit ? columns.map((c) => clashOf(row.id, c.key)).find(Boolean) : undefined} peers={peersOf(row.id)} {...{ topic, listId }}
                  options={editing?.id === row.id ? options : null} {...{ bare, toggle, startEdit, finish, setCurrent, setCell, route, hasPage, starts }} show={showRow} edit={edit ? editRow : null} onLookup={lookUp} cell={row.id === current ? cell : null} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The menu of a column's head: how it is sorted, a filter on it, and with `children` what else can be done with it. */
function ColumnMenu({ column: c, unit, sorted, onSort, filters, options, onLookup, onFilter, children }) {
  const t = useText();
  const [filtering, setFiltering] = useState(false);
  const begin = useCallback(() => setFiltering(false), []);
  const [low, high] = SORT_WORDS[c.kind] ?? ["a", "z"];
  return (
    <Popover className="" role={filtering ? "dialog" : "menu"} name={filtering ? t("ui.filter.on", { column: t(c.label) }) : undefined} onOpen={begin}
      label={<><span className="trunc">{t(c.label)}{unit ? <> <bdi>{unit}</bdi></> : null}</span>{sorted ? <Icon name={sorted === "ascending" ? "chevron-up" : "chevron-down"} size="s" /> : null}</>}>
      {(close) => (filtering ? <Editor column={c} others={filters} options={options} onLookup={onLookup} onDone={(filter) => { close(); onFilter(filter); }} /> : (
        <>
          {c.sortable ? <><Item icon="sort-up" close={close} role="menuitemradio" ticked={sorted === "ascending"} onPick={() => onSort(c, false)}>{t(`ui.sort.${low}`)}</Item><Item icon="sort-down" close={close} role="menuitemradio" ticked={sorted === "descending"} onPick={() => onSort(c, true)}>{t(`ui.sort.${high}`)}</Item></> : null}
          {c.filterable ? <Item icon="filter" onPick={() => setFiltering(true)}>{t("ui.filter.title")}…</Item> : null}
          {c.sortable || c.filterable ? <hr /> : null}
          {children(close)}
        </>
      ))}
    </Popover>
  );
}

const Row = memo(function Row({ row, columns, bare, clash, peers, topic, listId, isSelected, isCurrent, editingKey, isPending, fault, cell, options, toggle, show, edit, startEdit, finish, setCurrent, setCell, onLookup, route, hasPage, starts }) {
  const t = useText();
  const title = columns[0] ? (t.lang === "ar" && row[`${columns[0].key}_ar`]) || nameOf(valueOf(row, columns[0]), t.lang, row, columns[0]) : row.id;
  const click = (e) => {
    if (e.target.closest("a, button, input, select, .cell-edit")) return;
    const key = e.target.closest("[data-edit]")?.dataset.edit;
    if (e.shiftKey) return toggle(row.id, true);
    if (key && isCurrent && cell === key) return startEdit(row.id, key);   // the second click on a cell edits it
    setCurrent(row.id); setCell(key ?? null);
    if (!key) show(row);
  };
  return (
    <div role="row" className={`tr row1 ${isSelected ? "sel" : ""} ${isCurrent ? "cur" : ""} ${row._fresh ? "fresh" : ""}`} data-id={row.id} aria-selected={isSelected || undefined} onClick={click} style={editingKey ? { contentVisibility: "visible", contain: "none", zIndex: 2 } : undefined}>
      <span role="cell" className="td pin" style={{ insetInlineStart: 0 }}><input type="checkbox" className="chk" aria-label={t("ui.select_row", { name: title })} checked={isSelected} onChange={() => {}} onClick={(e) => toggle(row.id, e.shiftKey)} /></span>
      {columns.map((c, i) => {
        const canEdit = edit && c.editable;
        const bad = fault?.field === c.key;
        return (
          <span key={c.key} role="cell" data-col={c.key} className={`td ${NUMERIC.has(c.kind) ? "e" : ""} ${i < starts.length ? "pin" : ""} ${i === starts.length - 1 ? "last" : ""} ${isCurrent && cell === c.key ? "here" : ""} ${bad ? "bad-cell" : ""} ${isPending ? "saving" : ""}`} data-edit={canEdit ? c.key : undefined} title={bad ? t(fault.key, fault.params) : undefined}
            style={i < starts.length ? { insetInlineStart: starts[i] } : undefined}>
            {i === 0 ? <NameCell row={row} column={c} href={hasPage ? `${route}/${row.id}` : null} show={show} /> : <Value column={c} row={row} plain={!!canEdit} bare={c.kind === "money" && bare.split(",").includes(c.key)} />}
            {clash?.column.key === c.key ? <Clash clash={clash} here={listId} onMine={(k) => edit(row, c, k, k.row)} /> : null}
            {peers.filter((p) => p.field === c.key).map((p) => <Peer key={p.tab} by={p.by} />)}
            {editingKey === c.key ? <CellEditor topic={topic} column={c} row={row} name={`${t(c.label)}, ${title}`} options={options} onLookup={onLookup} onSave={(value, how, begun) => { edit(row, c, value, begun); finish(row, c, how); }} onCancel={(how) => finish(row, c, how)} /> : null}
          </span>
        );
      })}
    </div>
  );
});

/** The first column names the record: a link to its page; a plain click opens the drawer when there is one. */
function NameCell({ row, column, href, show }) {
  const t = useText();
  if (column.kind !== "text" && column.kind !== "ref") return <Value column={column} row={row} />;
  const name = (t.lang === "ar" && row[`${column.key}_ar`]) || nameOf(valueOf(row, column), t.lang, row, column);
  const open = (e) => { if (e.ctrlKey || e.metaKey || e.shiftKey) return; e.preventDefault(); e.stopPropagation(); show(row); };
  return <><Face of={column.face} name={name} />{href ? <a href={href} className="name trunc" dir="auto" onClick={open}>{name || "–"}</a> : <button type="button" className="name trunc" dir="auto" onClick={open}>{name || "–"}</button>}</>;
}

/** Two lines: name and the first amount, then two smaller values and a date. */
const PhoneRow = memo(function PhoneRow({ row, columns, isSelected, selecting, toggle, show, href }) {
  const t = useText(), f = useFormat();
  const [first, ...rest] = columns;
  const name = (t.lang === "ar" && row[`${first.key}_ar`]) || nameOf(valueOf(row, first), t.lang, row, first);
  const has = (c) => valueOf(row, c) !== null && valueOf(row, c) !== "";
  const amount = rest.find((c) => c.kind === "money" && has(c)), date = rest.find((c) => c.kind.startsWith("date") && has(c));
  const small = rest.filter((c) => ["choice", "category", "person", "ref", "text", "email", "phone"].includes(c.kind) && has(c)).slice(0, 2);
  const word = (c) => (c.kind === "choice" ? t((c.choices ?? []).find((x) => x.value === valueOf(row, c))?.label ?? valueOf(row, c)) : nameOf(valueOf(row, c), t.lang, row, c));
  const hold = useRef(0);
  const start = () => { hold.current = setTimeout(() => { hold.current = -1; toggle(row.id); }, 500); };
  const stop = () => clearTimeout(hold.current);
  const press = (e) => { if (hold.current === -1) { e.preventDefault(); hold.current = 0; return; } if (e.target.closest("a") && (e.ctrlKey || e.metaKey)) return; if (selecting) toggle(row.id); else show(row); };
  return (
    <div role="row" className={`tr row1 ${isSelected ? "sel" : ""}`} data-id={row.id} onPointerDown={start} onPointerUp={stop} onPointerCancel={stop} onPointerMove={stop} onClick={press}>
      <Face of={first.face} name={name} size="m" />
      <div className="main2" role="cell">
        <div className="b5 trunc fs14" dir="auto">{href ? <a href={href} onClick={(e) => e.ctrlKey || e.metaKey || e.preventDefault()}>{name || "–"}</a> : name || "–"}</div>
        <div className="sub">{small.map((c, i) => <span key={c.key} className="row g3 trunc">{i ? <span className="dot tiny" /> : null}<bdi className="trunc">{word(c)}</bdi></span>)}</div>
      </div>
      <div className="ta-e" role="cell">{amount ? <div className="b5 sm"><Value column={amount} row={row} /></div> : null}{date ? <div className="muted sm">{f.date(valueOf(row, date))}</div> : null}</div>
    </div>
  );
});
