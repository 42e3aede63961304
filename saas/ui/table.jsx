// The resource list: views, search, filters, the dense grid, selection, edit in place, paging, drawer.
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { setInAddress, useOpened } from "./address.jsx";
import { useBeginning } from "./begin.jsx";
import { Bulk } from "./bulk.jsx";
import { idOf, valueOf } from "./cells.jsx";
import { writing } from "./clashes.jsx";
import { FilterBar, remember as rememberNames } from "./filters.jsx";
import { useFollow, useRecount } from "./follow.jsx";
import { Sums } from "./foot.jsx";
import { FormDialog } from "./formdialog.jsx";
import { Grid } from "./grid.jsx";
import { useHeld } from "./held.jsx";
import { Icon } from "./icon.jsx";
import { useHabits } from "./habits.jsx";
import { useKeys } from "./keys.jsx";
import { useFramed } from "./later.jsx";
import { newOp } from "./live.jsx";
import { Popover } from "./menu.jsx";
import { useReturn } from "./outbox.jsx";
import { useLast, useOptimistic } from "./overlay.jsx";
import { Top } from "./page.jsx";
import { Button } from "./parts.jsx";
import { SearchField } from "./search.jsx";
import { Empty, Failed, Skeleton } from "./states.jsx";
import { useText } from "./text.jsx";
import { leaveTrail } from "./trail.jsx";
import { may, ownedBy, useViewer } from "./viewer.jsx";
import { Views } from "./views.jsx";

const SEARCH_MS = 90, LATE_MS = 10000, PAGE = 50;
const NOTHING = [];
const RECORD = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const emptyQuery = { search: "", filters: NOTHING, sort: "", columns: NOTHING, view: "", archived: false };

/** The page of a resource: head with the create button, then the list; `children` is what stands in the drawer. */
export function ResourcePage({ title, createLabel, createTitle, submitLabel, actions, beginsWith, begun, onBegin, ...list }) {
  const viewer = useViewer(), go = useNavigate();
  const [creating, setCreating] = useState(false);
  const canEdit = may(viewer, list.editPermission);
  const fields = useMemo(() => ownedBy(viewer, list.columns.filter((c) => c.in_form !== false)), [list.columns, viewer?.id, viewer?.name]);
  const create = () => (list.createHref ? go(list.createHref) : setCreating(true));
  const canCreate = createLabel && canEdit;
  const [party, endBeginning] = useBeginning(canCreate ? beginsWith : null, begun, onBegin);
  const initial = useMemo(() => (party ? { [beginsWith]: party } : undefined), [party, beginsWith]);
  return (
    <>
      <Top title={title}>
        {actions}
        {canCreate ? <Button kind="pri" icon="plus" label={createLabel} keys="KeyC" onClick={create} /> : null}
      </Top>
      <ResourceTable {...list} canEdit={canEdit} allLabel={list.allLabel ?? title} onNew={canCreate ? create : undefined} />
      <FormDialog key={party?.id} open={creating || !!party} title={createTitle ?? createLabel} columns={fields} initial={initial} options={list.options} onLookup={list.onLookup} submitLabel={submitLabel ?? createLabel}
        onSubmit={(op, values) => list.onCreate?.(op, values)} onDone={(ack) => { if (list.openCreated && ack.id) go(`${list.route}/${ack.id}`); }} onClose={() => { setCreating(false); endBeginning(); }} />
    </>
  );
}

export function ResourceTable({ columns: declared, rows: sent, meta: about, views: saved, options, totals, defaultSort = "", topic, route, hasPage = true, canEdit, allLabel, searchLabel, emptyTitle, emptyText, emptyActions, importable, onNew, exportable = true, part, drawer, recordId, missingId, tools, onQuery, onEdit, onBulk, onArchive, onRestore, onOpen, onLookup, onSaveView, onDeleteView, onViews, onReload, onTotals, children }) {
  const t = useText(), go = useNavigate(), viewer = useViewer(), here = useId();
  const { meta, views } = useHeld({ meta: about, views: saved }, !!about?.loaded, topic);
  const columns = useSteady(declared), rows = useLast(sent), loaded = !!meta?.loaded && !!rows;
  const query = useMemo(() => ({ ...emptyQuery, ...meta?.query }), [meta?.query]);
  const [search, setSearch] = useState(null);        // what is being typed, before the server has it
  const [asked, setAsked] = useState(0);             // when the question that is on its way was asked
  const [late, setLate] = useState(false);
  const [start, setStart] = useState(0);             // how many rows stand before this page
  const [selected, setSelected] = useState(() => new Set());
  const [current, setCurrent] = useState(null);
  const { open, show: openBeside, step: openNext, close: closeDrawer } = useOpened(!!drawer);
  const told = useRef(null);                         // the record that the server was asked for
  const [kept, keep] = useHabits(topic);
  const field = useRef(null), said = useRef(null);   // what was searched for last
  // The frame of a page is on the screen before its rows are drawn.
  const framed = useFramed();

  const ask = useCallback((change, { from = 0 } = {}) => {
    const wanted = { ...query, cursor: "", back: false, ...change };
    said.current = wanted.search;
    setAsked(Date.now()); setLate(false); setStart(from); setSelected(new Set());
    onQuery?.(wanted);
    toAddress(wanted);
  }, [query, onQuery]);
  useEffect(() => { setAsked(0); setLate(false); }, [rows, meta]);
  const waiting = asked || !loaded;
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, [waiting, asked]);
  // The first key asks at once; while an answer is on its way, only a pause does.
  const type = (text) => { setSearch(text); if (!asked && text !== query.search) ask({ search: text }); };
  useEffect(() => {
    if (search === null || search === (said.current ?? query.search)) return;
    const timer = setTimeout(() => ask({ search }), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [search]); // eslint-disable-line react-hooks/exhaustive-deps -- asks once a pause, with the query of that moment

  const plainFirstPage = start === 0 && !query.search && !query.filters.length && !query.archived;
  const place = useCallback((all, row) => (plainFirstPage && isPart(part, row) ? [{ ...row, _fresh: true }, ...all].slice(0, PAGE + 10) : all), [plainFirstPage, part]);
  const reload = useCallback(() => (onReload ? onReload() : onQuery?.(query)), [onReload, onQuery, query]);
  useMemo(() => rememberNames(meta?.names), [meta?.names]);
  const { shown: held, pending, apply, refused } = useOptimistic({ rows: rows ?? NOTHING, topic, place, onGap: reload });
  const shown = useMemo(() => (part ? held.filter((row) => isPart(part, row)) : held), [held, part]);
  useEffect(() => { for (const c of columns) if (c.kind === "person" || c.kind === "ref") rememberNames(shown.map((r) => { const v = valueOf(r, c); return { ...v, id: idOf(v) }; })); }, [shown, columns]);

  const visible = useMemo(() => {
    const byKey = Object.fromEntries(columns.map((c) => [c.key, c]));
    const chosen = (query.columns.length ? query.columns : kept.columns ?? NOTHING).map((k) => byKey[k]).filter(Boolean);
    return (chosen.length ? chosen : columns.filter((c) => !c.hidden)).filter((c) => !c.only_form && !c.only_filter);
  }, [columns, query.columns, kept.columns]);
  // Which columns, in which order: of this view, and kept for the next visit.
  const arrangeColumns = useCallback((keys) => { if (!query.view) keep({ columns: keys }); ask({ columns: keys }); }, [keep, ask, query.view]);

  const edit = useCallback((row, column, { sent, shown: value }, begun) => {
    const op = newOp();
    const key = column.kind === "money" && row[column.key] === undefined ? `${column.key}_minor` : column.key;
    apply(op, [row.id], { [key]: value }, column.key);
    writing(op, { topic, id: row.id, column, sent, shown: value, change: { [key]: value }, at: here, href: hasPage ? `${route}/${row.id}` : null });
    onEdit?.(op, row.id, column.key, sent, begun.version ?? 0);
  }, [apply, onEdit, topic, here, hasPage, route]);
  const bulk = useCallback((column, { sent, shown: value, added }) => {
    const op = newOp(), ids = [...selected];
    if (added) for (const row of shown) { if (selected.has(row.id)) apply(op, [row.id], { [column.key]: [...new Set([...(valueOf(row, column) ?? []), ...added])] }, column.key); }
    else apply(op, ids, { [column.key]: value }, column.key);
    onBulk?.(op, ids, column.key, sent);
  }, [apply, onBulk, selected, shown]);
  const archive = useCallback((ids) => { const op = newOp(); apply(op, ids, null); setSelected(new Set()); (query.archived ? onRestore : onArchive)?.(op, ids); }, [apply, onArchive, onRestore, query.archived]);

  const show = useCallback((row) => {
    setCurrent(row.id);
    leaveTrail(route, shown);
    if (drawer) { openBeside(row.id); told.current = row.id; onOpen?.(row.id); } else if (hasPage) go(`${route}/${row.id}`);
  }, [drawer, openBeside, onOpen, hasPage, go, route, shown]);
  const step = useCallback((by) => {
    const at = shown.findIndex((r) => r.id === current);
    const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by))];
    if (!next) return;
    setCurrent(next.id);
    if (open) { openNext(next.id); told.current = next.id; onOpen?.(next.id); }
  }, [shown, current, open, openNext, onOpen]);
  // Opened by its address: a link, a reload, a step back or forward.
  const isRecord = RECORD.test(open ?? "");
  useEffect(() => {
    if (!open) { told.current = null; return; }
    if (!loaded || told.current === open) return;
    told.current = open;
    setCurrent(open);
    if (isRecord) onOpen?.(open);
  }, [open, loaded]); // eslint-disable-line react-hooks/exhaustive-deps -- each record once
  useKeys({
    Escape: { label: "ui.keys.clear", run: () => { if (open) closeDrawer(); else if (selected.size) setSelected(new Set()); else return false; } },
  });
  useFollow(["workspace.view"], onViews);
  useRecount([topic], onViews);
  // The server may have been started again and know of no drawer.
  useReturn(() => { if (isRecord) onOpen?.(open); });
  const inDrawer = useHeld(recordId, !!recordId, open);
  const gone = !!open && (!isRecord || missingId === open);
  const picked = selected.size > 0;
  const filtered = query.search || query.filters.length || query.archived;
  const failed = late && waiting;
  const pages = { previous: () => ask({ cursor: meta.previous, back: true }, { from: Math.max(0, start - PAGE) }), next: () => ask({ cursor: meta.next }, { from: start + shown.length }) };
  const pickView = (view) => ask(view ? { ...emptyQuery, ...view.query, view: view.id } : emptyQuery);
  const total = meta?.total ?? 0;
  const summed = visible.filter((c) => c.total && !kept.unsummed?.includes(c.key));
  let body;
  if (failed && !shown.length) body = <Failed onRetry={() => { setLate(false); reload(); }} />;
  else if (!loaded || !framed) body = <Skeleton rows={12} />;
  else if (!shown.length && filtered) {
    body = <Empty icon="filter" title={t("ui.empty.filtered")} text={query.search ? t("ui.empty.search", { text: query.search }) : t("ui.empty.filters", { n: query.filters.length })}><Button label={t("ui.empty.clear")} onClick={() => { setSearch(""); ask({ ...emptyQuery }); }} /></Empty>;
  } else if (!shown.length) {
    body = <Empty title={emptyTitle ?? t("ui.empty.title")} text={emptyText}>{onNew ? <Button kind="pri" icon="plus" label={t("ui.empty.first")} onClick={onNew} /> : null}{importable && may(viewer, "workspace.import") ? <Button icon="upload" label={t("ui.import_file")} href="/import" /> : null}{emptyActions}</Empty>;
  } else {
    body = <Grid {...{ columns: visible, rows: shown, query, selected, setSelected, current, setCurrent, step, show, edit: canEdit && onEdit ? edit : null, pending, refused, route, hasPage, options, onLookup, ask, arrangeColumns, name: allLabel, drawerOpen: !!open, kept, keep, sort: query.sort || (query.search.trim() ? "" : defaultSort), summable: !!onTotals, topic, listId: here }} />;
  }
  return (
    <>
      {views ? <Views views={views} current={query.view} all={allLabel} total={meta?.loaded ? total : undefined} capped={meta?.capped} onPick={pickView} onSave={onSaveView && ((name, shared) => onSaveView(name, shared, query))} onDelete={onDeleteView} /> : null}
      <div className="body">
        <div className="tw">
          <div className="tools">
            <SearchField inputRef={field} placeholder={searchLabel} value={search ?? query.search} onChange={type} />
            <FilterBar columns={columns} filters={query.filters} options={options} onLookup={onLookup} onChange={(filters) => ask({ filters, view: "" })} />
            <div className={`acts ${tools ? "" : "only-wide"}`}>
              {onRestore ? <button type="button" className="btn ghost sm only-wide" aria-pressed={query.archived} onClick={() => ask({ archived: !query.archived })}><Icon name="archive" size="s" /><span>{t("ui.archive.show")}</span></button> : null}
              <Popover role="dialog" className="btn ghost sm only-wide" align="end" name={t("ui.columns.title")} label={<><Icon name="sliders" size="s" /><span>{t("ui.columns.title")}</span></>}>{() => <Columns columns={columns} visible={visible} onChange={arrangeColumns} onReset={query.columns.length || kept.columns?.length ? () => arrangeColumns(NOTHING) : null} />}</Popover>
              {exportable && topic && may(viewer, "workspace.export") ? <a className="btn ghost sm only-wide" href={`/export/${topic}?q=${encodeURIComponent(JSON.stringify(stripped(part ? { ...query, filters: [...query.filters, { key: part.key, op: "is", values: [part.id] }] } : query)))}`} download><Icon name="download" size="s" /><span>{t("ui.export")}</span></a> : null}
              {tools}
            </div>
          </div>
          {waiting && meta?.loaded ? <div className="progress late" role="progressbar" aria-label={t("ui.loading")} /> : null}
          {body}
          {meta?.loaded && shown.length ? (
            <div className="tfoot">
              <span>{t(meta.capped ? "ui.range_about" : "ui.range", { from: start + 1, to: start + shown.length, n: total })}</span>
              {onTotals && summed.length ? <Sums key={part?.id} {...{ columns: summed, query, totals, topic, onTotals }} /> : null}
              <span className="end row g3">
                <button type="button" className="btn sm" disabled={!meta.previous} onClick={pages.previous}><Icon name="chevron-left" size="s" />{t("ui.previous")}</button>
                <button type="button" className="btn sm" disabled={!meta.next} onClick={pages.next}>{t("ui.next")}<Icon name="chevron-right" size="s" /></button>
              </span>
            </div>
          ) : null}
          {picked ? <Bulk n={selected.size} columns={columns} archived={query.archived} options={options} onLookup={onLookup} onEdit={canEdit && onBulk ? bulk : null} onArchive={canEdit && onArchive ? () => archive([...selected]) : null} onClear={() => setSelected(new Set())} /> : null}
        </div>
        {drawer && open ? <DrawerFrame href={hasPage && !gone ? `${route}/${open}` : null} ready={inDrawer === open} {...{ gone }} onStep={step} onClose={closeDrawer}>{children}</DrawerFrame> : null}
      </div>
    </>
  );
}

/** The frame of the drawer: previous, next, full page, close; focus goes back to the row. */
function DrawerFrame({ href, ready, gone, onStep, onClose, children }) {
  const t = useText(), go = useNavigate();
  return (
    <aside className="drawer" aria-label={t("ui.drawer.title")} aria-busy={!ready && !gone}>
      <div className="row g1" style={{ position: "absolute", insetInlineEnd: 8, insetBlockStart: 10, zIndex: 1 }}>
        <Button kind="ghost" size="sm" icon="chevron-up" name={t("ui.drawer.previous")} onClick={() => onStep(-1)} />
        <Button kind="ghost" size="sm" icon="chevron-down" name={t("ui.drawer.next")} onClick={() => onStep(1)} />
        {href ? <Button kind="ghost" size="sm" icon="maximize" name={t("ui.drawer.full")} onClick={() => go(href)} /> : null}
        <Button kind="ghost" size="sm" icon="x" name={t("ui.close")} onClick={onClose} />
      </div>
      {gone ? <Empty icon="search" title={t("ui.record.missing")} text={t("ui.record.missing_text")}><Button label={t("ui.close")} onClick={onClose} /></Empty> : ready ? children : <Skeleton rows={6} />}
    </aside>
  );
}

/** Which columns, in which order. */
function Columns({ columns, visible, onChange, onReset }) {
  const t = useText();
  const keys = visible.map((c) => c.key);
  const rest = columns.filter((c) => !c.only_form && !c.only_filter && !keys.includes(c.key));
  const move = (i, by) => { const next = [...keys]; const [k] = next.splice(i, 1); next.splice(i + by, 0, k); onChange(next); };
  return (
    <div style={{ minInlineSize: 240 }}>
      {visible.map((c, i) => (
        <div className="it" key={c.key}>
          <label className="row grow"><input type="checkbox" className="chk" checked disabled={keys.length === 1} onChange={() => onChange(keys.filter((k) => k !== c.key))} /><span className="trunc">{t(c.label)}</span></label>
          <button type="button" aria-label={t("ui.columns.up", { column: t(c.label) })} disabled={!i} onClick={() => move(i, -1)}><Icon name="chevron-up" size="s" /></button>
          <button type="button" aria-label={t("ui.columns.down", { column: t(c.label) })} disabled={i === keys.length - 1} onClick={() => move(i, 1)}><Icon name="chevron-down" size="s" /></button>
        </div>
      ))}
      {rest.length ? <hr /> : null}
      {onReset ? <button type="button" className="it" onClick={onReset}><Icon name="restore" size="s" />{t("ui.columns.reset")}</button> : null}
      {rest.map((c) => <label className="it" key={c.key}><input type="checkbox" className="chk" checked={false} onChange={() => onChange([...keys, c.key])} /><span className="trunc">{t(c.label)}</span></label>)}
    </div>
  );
}

/** Whether a row belongs to the part of the list that is shown: `part` {key, id}, the row's value under `key` is its id. */
const isPart = (part, row) => !part || row[part.key] === part.id;

/** A literal list from Python is a new array at each render; this keeps one while it says the same. */
function useSteady(value) {
  const key = JSON.stringify(value ?? NOTHING);
  return useMemo(() => JSON.parse(key), [key]);
}
function stripped(query) {
  return Object.fromEntries(Object.entries(query).filter(([k, v]) => !["cursor", "back"].includes(k) && v && (!Array.isArray(v) || v.length)));
}
/** The query in the address, so that it can be shared. */
function toAddress(query) {
  const short = stripped(query);
  setInAddress({ q: Object.keys(short).length ? JSON.stringify(short) : "" });
}
