// Deals as a board or as a table, over one query: saved views, search, filters, layout, the form of a new deal.
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { inAddress, setInAddress } from "$/public/external/saas/ui/library/address.jsx";
import { useBeginning } from "$/public/external/saas/ui/library/begin.jsx";
import { Board, BoardSkeleton } from "$/public/external/saas/ui/library/board.jsx";
import { FilterBar, remember } from "$/public/external/saas/ui/library/filters.jsx";
import { useFollow, useRecount } from "$/public/external/saas/ui/library/follow.jsx";
import { FormDialog } from "$/public/external/saas/ui/library/formdialog.jsx";
import { useHeld } from "$/public/external/saas/ui/library/held.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { useKeys } from "$/public/external/saas/ui/library/keys.jsx";
import { ahead, later, useFramed } from "$/public/external/saas/ui/library/later.jsx";
import { Item, Popover } from "$/public/external/saas/ui/library/menu.jsx";
import { Top } from "$/public/external/saas/ui/library/page.jsx";
import { useLast } from "$/public/external/saas/ui/library/overlay.jsx";
import { useActions } from "$/public/external/saas/ui/library/actions.jsx";
import { Button, Segment } from "$/public/external/saas/ui/library/parts.jsx";
import { SearchField } from "$/public/external/saas/ui/library/search.jsx";
import { Empty, Skeleton } from "$/public/external/saas/ui/library/states.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { may, ownedBy, useViewer } from "$/public/external/saas/ui/library/viewer.jsx";
import { Views } from "$/public/external/saas/ui/library/views.jsx";

const loadTable = () => import("$/public/external/saas/ui/library/table.jsx");
const ResourceTable = later(loadTable, "ResourceTable", <Skeleton rows={12} />);   // the board comes first
ahead(loadTable);
const SEARCH_MS = 90;
const NONE = [];
const BLANK = { search: "", filters: [], sort: "", columns: [], view: "", archived: false };
const TOPIC = "crm.deal", ROUTE = "/crm/deals";
const SORTS = [["", "crm.deals.sort_hand"], ["next", "crm.deals.sort_next"], ["-amount_minor", "crm.deals.sort_amount"], ["expected_close_on", "crm.deals.sort_close"], ["-created_at", "crm.deals.sort_new"]];
const nameIn = (lang, one) => (lang === "ar" && one?.name_ar) || one?.name || "";

const dayBefore = (day) => new Date(Date.parse(day) - 86400000).toISOString().slice(0, 10);

/** Layout, pipeline and query in the address, so that it can be shared. */
function toAddress({ layout, pipeline, query }) {
  const kept = Object.fromEntries(Object.entries(query ?? {}).filter(([k, v]) => !["cursor", "back"].includes(k) && v && (!Array.isArray(v) || v.length)));
  setInAddress({ view: layout === "list" ? "list" : "", ...(pipeline === undefined ? null : { pipeline }), q: Object.keys(kept).length ? JSON.stringify(kept) : "" });
}

export function DealsPage({ columns: declared, stages: sent, heads, more, rows, options, begun, totals, reasons, onArrange, onNarrow, onReload, onMore, onHeads, onMove, onQuery, onLookup, onEdit, onBulk, onArchive, onRestore, onCreate, onBegin, onSaveView, onDeleteView, onTotals, onViews, ...newest }) {
  const { layout, pipelines, pipeline, meta, views } = useHeld(newest, !!newest.meta?.loaded, TOPIC);
  const t = useText(), viewer = useViewer(), go = useNavigate();
  useFollow(["crm.pipeline"], onReload);
  useFollow(["workspace.view"], onViews);
  useRecount([TOPIC], onViews);
  const canEdit = may(viewer, "crm.edit_deals"), canMove = may(viewer, "crm.move_deals");
  const stages = useLast(sent) ?? NONE;
  const [creating, setCreating] = useState(null);           // null, or the stage that the new deal starts in
  const [shown, setShown] = useState(null);                 // the layout just picked, before the server has it
  const columnsKey = JSON.stringify(declared);
  const columns = useMemo(() => JSON.parse(columnsKey), [columnsKey]);
  const query = useMemo(() => ({ ...BLANK, ...meta?.query }), [meta?.query]);
  const answered = useRef(false);
  // Until the server has answered, the address says which layout it will be.
  useLayoutEffect(() => setShown(inAddress("view") === "list" ? "list" : "board"), []);
  useEffect(() => { if (answered.current) setShown(null); answered.current = true; }, [layout, stages, rows]);
  const now = shown ?? layout;

  const several = pipelines.length > 1;
  // Both layouts show the same pipeline, the table also all of them at once.
  const arrange = useCallback((next, change, of = several ? pipeline : "") => {
    const wanted = { ...query, ...change };
    if (next === "list" && wanted.sort === "next") wanted.sort = "";   // an order of the board alone
    setShown(next);
    onArrange(next, wanted, of);
    toAddress({ layout: next, pipeline: of, query: wanted });
  }, [onArrange, query, several, pipeline]);
  const pick = (id) => {
    if (now === "list") return arrange("list", {}, id);
    onNarrow(query, id);
    toAddress({ layout: now, pipeline: id, query });
  };
  // Those that the stage leaves out: closed before the first day that it shows.
  const earlier = useCallback((stage) => arrange("list", { view: "", sort: "", filters: [...query.filters, { key: "in_stage", op: "any", values: [stage.id] }, { key: "closed_on", op: "to", values: [dayBefore(stage.since)] }] }), [arrange, query]);
  const create = useCallback((stage) => setCreating({ stage: stage ?? "" }), []);
  useActions(canEdit ? [{ id: "crm.deals.new", label: t("crm.deals.new"), icon: "plus", keys: "KeyC", run: () => create() }] : []);
  const [party, endBeginning] = useBeginning(canEdit ? "party" : null, begun, onBegin);

  const current = pipelines.find((p) => p.id === pipeline);
  const part = useMemo(() => (several && pipeline ? { key: "pipeline", id: pipeline } : null), [several, pipeline]);
  const start = stages.find((s) => s.id === creating?.stage);
  const initial = useMemo(() => (party ? { party } : start ? { in_stage: { id: start.id, label: nameIn(t.lang, start) } } : undefined), [party, start, t]);
  // Where and whose it will be if nobody says else; the table does not know the stages.
  const first = now === "board" ? stages.find((s) => s.kind === "open") : undefined;
  const fields = useMemo(() => ownedBy(viewer, columns.filter((c) => c.in_form !== false)).map((c) => (c.key === "in_stage" && first ? { ...c, initial: { id: first.id, label: nameIn(t.lang, first) } } : c)), [columns, viewer?.id, viewer?.name, first, t]);
  const segment = <Segment name={t("crm.deals.layout")} value={now} onChange={(next) => arrange(next)} options={[{ value: "board", label: t("crm.deals.board"), icon: "columns" }, { value: "list", label: t("crm.deals.table"), icon: "table" }]} />;
  const empty = { emptyTitle: t("crm.deals.empty_title"), emptyText: t("crm.deals.empty_text") };
  const importing = may(viewer, "workspace.import") ? <Button icon="upload" label={t("crm.deals.import")} href="/import" /> : null;
  return (
    <>
      <Top title={t("crm.deals.title")} badge={several ? <PipelinePick {...{ pipelines, current, t }} all={now === "list"} onPick={pick} /> : null}>
        {may(viewer, "crm.manage_pipelines") ? <Button kind="ghost" icon="sliders" name={t("crm.pipelines.title")} onClick={() => go("/settings/pipelines")} /> : null}
        {canEdit ? <Button kind="pri" icon="plus" label={t("crm.deals.new")} keys="KeyC" onClick={() => create()} /> : null}
      </Top>
      {now === "list" ? (
        <ResourceTable {...{ columns: declared, rows, meta, views, options, totals, onTotals, defaultSort: "-created_at", topic: TOPIC, route: ROUTE, part, canEdit, tools: segment, onQuery, onEdit, onBulk, onArchive, onRestore, onLookup, onSaveView, onDeleteView, onReload, ...empty }}
          allLabel={t("crm.deals.all")} searchLabel={t("crm.deals.search")} emptyActions={importing} onNew={canEdit ? () => create() : undefined} />
      ) : (
        <BoardView {...{ stages, heads, more, columns, meta, query, views, options, reasons, pipeline, canMove, segment, importing, onNarrow, onReload, onMore, onHeads, onMove, onLookup, onSaveView, onDeleteView }} onNew={canEdit ? create : null} onEarlier={earlier} />
      )}
      <FormDialog key={party?.id ?? creating?.stage} open={creating !== null || party !== null} title={t("crm.deals.new")} submitLabel={t("crm.deals.create")} columns={fields} initial={initial} options={options} onLookup={onLookup}
        onSubmit={onCreate} onDone={(ack) => { if (now === "list" && ack.href) go(ack.href); }} onClose={() => { setCreating(null); endBeginning(); }} />
    </>
  );
}

/** Which pipeline is shown; `all`: every one at once may be. */
function PipelinePick({ pipelines, current, all, onPick, t }) {
  const every = t("crm.deals.all_pipelines");
  return (
    <Popover className="bdg pickone" name={t("crm.deals.pipeline")} label={<><bdi className="trunc">{current ? nameIn(t.lang, current) : every}</bdi><Icon name="chevron-down" size="s" /></>}>
      {(close) => (
        <>
          {all ? <><Item role="menuitemradio" ticked={!current} close={close} onPick={() => onPick("")}>{every}</Item><hr /></> : null}
          {pipelines.map((p) => <Item key={p.id} role="menuitemradio" ticked={p.id === current?.id} close={close} onPick={() => onPick(p.id)}><span className="row"><bdi className="trunc">{nameIn(t.lang, p)}</bdi></span></Item>)}
        </>
      )}
    </Popover>
  );
}

function SortPick({ sort, onPick }) {
  const t = useText();
  const label = (SORTS.find(([key]) => key === sort) ?? SORTS[0])[1];
  return (
    <Popover className="btn ghost sm only-wide" align="end" name={t("crm.deals.sort")} label={<><Icon name="sort" size="s" /><span>{t("crm.deals.sorted", { by: t(label) })}</span></>}>
      {(close) => SORTS.map(([key, text]) => <Item key={key} role="menuitemradio" ticked={text === label} close={close} onPick={() => onPick(key)}>{t(text)}</Item>)}
    </Popover>
  );
}

function BoardView({ stages, heads, more, columns, meta, query, views, options, reasons, pipeline, canMove, segment, importing, onNarrow, onReload, onMore, onHeads, onMove, onLookup, onSaveView, onDeleteView, onNew, onEarlier }) {
  const t = useText();
  const [search, setSearch] = useState(null);               // what is being typed, before the server has it
  const [asked, setAsked] = useState(false);
  const framed = useFramed();                               // the head and the tools stand on the screen before the cards
  useEffect(() => setAsked(false), [stages, meta]);
  const ask = useCallback((change) => {
    const wanted = { ...query, ...change, cursor: "", back: false };
    setAsked(true);
    onNarrow(wanted, pipeline ?? "");
    toAddress({ layout: "board", query: wanted });
  }, [query, onNarrow, pipeline]);
  const typed = useDeferredValue(search);
  useEffect(() => {
    if (typed === null || typed === query.search) return;
    const timer = setTimeout(() => ask({ search: typed, view: "" }), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [typed]); // eslint-disable-line react-hooks/exhaustive-deps -- asks once a pause, with the query of that moment
  useKeys({ Slash: { label: "ui.keys.search", run: () => document.getElementById("board-search")?.focus() } });
  useMemo(() => remember(meta?.names), [meta?.names]);     // before the chips say them
  const narrowed = query.search !== "" || query.filters.length > 0;
  const loaded = !!meta?.loaded && stages.length > 0;
  const bare = loaded && stages.every((s) => !s.count && !s.cards.length), nothing = bare && !narrowed;
  const clear = () => { setSearch(""); ask(BLANK); };
  return (
    <>
      <Views views={views} current={query.view} all={t("crm.deals.all")} total={loaded ? meta.total : undefined} onPick={(view) => { setSearch(null); ask(view ? { ...BLANK, ...view.query, view: view.id } : BLANK); }}
        onSave={(name, shared) => onSaveView(name, shared, query)} onDelete={onDeleteView} />
      <div className="tools">
        <SearchField id="board-search" width={200} placeholder={t("crm.deals.search")} value={search ?? query.search} onChange={setSearch} />
        <FilterBar columns={columns} filters={query.filters} options={options} onLookup={onLookup} onChange={(filters) => ask({ filters, view: "" })} />
        <div className="acts"><SortPick sort={query.sort} onPick={(sort) => ask({ sort })} />{segment}</div>
      </div>
      {asked ? <div className="progress late" role="progressbar" aria-label={t("ui.loading")} /> : null}
      {framed ? <Board stages={stages} heads={heads} more={more} topic={TOPIC} route={ROUTE} sort={query.sort} filtered={narrowed} canEdit={canMove} onEarlier={onEarlier} reasons={reasons} loaded={loaded} onMove={onMove} onCreate={onNew} onMore={onMore} onTotals={onHeads} onReload={onReload} /> : <BoardSkeleton />}
      {bare ? (
        <div style={{ position: "absolute", insetInline: 0, insetBlockEnd: "12%", display: "grid", placeItems: "center", pointerEvents: "none" }}><div className="emptyboard">
          {nothing ? (
            <Empty icon="handshake" title={t("crm.deals.empty_title")} text={t("crm.deals.empty_text")}>
              {onNew ? <Button kind="pri" icon="plus" label={t("ui.empty.first")} onClick={() => onNew()} /> : null}{importing}
            </Empty>
          ) : (
            <Empty icon="filter" title={t("ui.empty.filtered")} text={query.search ? t("ui.empty.search", { text: query.search }) : t("ui.empty.filters", { n: query.filters.length })}><Button label={t("ui.empty.clear")} onClick={clear} /></Empty>
          )}
        </div></div>
      ) : null}
    </>
  );
}
