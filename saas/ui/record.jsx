// One record: a page of facts, story and rail, or a drawer beside its list.
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { nameOf, valueOf } from "./cells.jsx";
import { Composer } from "./composer.jsx";
import { Facts } from "./facts.jsx";
import { useHeld, useOutdated } from "./held.jsx";
import { Files } from "./files.jsx";
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Kbd } from "./keys.jsx";
import { about, newOp, useLive } from "./live.jsx";
import { Item, Popover } from "./menu.jsx";
import { Top } from "./page.jsx";
import { Button, Face } from "./parts.jsx";
import { CopyLink, StarButton } from "./star.jsx";
import { Empty, Skeleton } from "./states.jsx";
import { useText } from "./text.jsx";
import { Timeline } from "./timeline.jsx";
import { Walking, useTrail } from "./trail.jsx";
import { may, useViewer } from "./viewer.jsx";

const REFRESH_MS = 150;

/** Reads the record again when a patch says that somebody else has changed it. */
function useFresh(topic, record, onRefresh) {
  const timer = useRef(0);
  const later = () => { clearTimeout(timer.current); timer.current = setTimeout(() => onRefresh?.(), REFRESH_MS); };
  useLive(topic, (patch) => { if ((patch.rows ?? []).some((r) => r.id === record?.id && (r.version ?? 0) > (record.version ?? 0)) || (patch.gone ?? []).some((g) => g.id === record?.id)) later(); }, () => record?.id && later());
  useEffect(() => () => clearTimeout(timer.current), []);
}

/** The whole page. Children stand under the head (a stage path, say); `facts`, `rail` and `side` are components. */
export function RecordPage({ columns, record: given, found, timeline, files, options, topic, titleField, crumb, route, editPermission, tabs, badge, note, actions, side, rail, missingTitle, children, onEdit, onComment, onRemoveComment, onRemoveFile, onArchive, onLog, onLookup, onEarlier, onRefresh }) {
  const t = useText(), viewer = useViewer(), go = useNavigate();
  const record = useHeld(given, !!given?.id || found === "missing", useLocation().pathname), outdated = useOutdated(record?.id);
  const canEdit = may(viewer, editPermission);
  useFresh(topic, record, onRefresh);
  const trail = useTrail(route, record?.id), neighbour = trail ?? record?.neighbours;
  const head = columns.find((c) => c.key === titleField) ?? columns[0];
  const name = (t.lang === "ar" && record?.[`${head.key}_ar`]) || nameOf(valueOf(record, head), t.lang, record, head);
  const crumbs = [{ href: route, label: crumb }];
  if (found === "missing") return <><Top title={t("ui.record.missing")} crumbs={crumbs} /><Empty icon="search" title={missingTitle ?? t("ui.record.missing")} text={t("ui.record.missing_text")}><Button label={t("ui.record.back", { list: crumb })} onClick={() => go(route)} /></Empty></>;
  if (!record?.id || outdated) return <><Top title="" crumbs={crumbs} /><Skeleton /></>;
  const walk = (id) => { if (!id) return false; go(`${route}/${id}`); };
  return (
    <>
      <Top title={name} crumbs={crumbs} badge={badge}>
        <StarButton topic={topic} id={record.id} starred={record.starred} />
        <CopyLink href={`${route}/${record.id}`} />
        {onArchive && canEdit ? <Popover className="btn ghost ic sm" iconOnly name={t("ui.more_actions")} label={<Icon name="more" />} align="end">{(close) => <Item icon="archive" danger close={close} onPick={() => onArchive(newOp(), record.id)}>{t("ui.archive.do")}</Item>}</Popover> : null}
        <Walking {...{ neighbour, walk }} />
      </Top>
      <div className="rechead">
        <div className="row wraps g5"><h2 className="title trunc" dir="auto">{name}</h2>{note ? <span className="muted fs16">{note}</span> : null}<span className="end row g3 wraps">{actions}</span></div>
        {children}
      </div>
      <div className={`recbody ${rail ? "" : "norail"}`}>
        <div className="facts">
          <section className="sec"><h3>{t("ui.record.facts")}{canEdit ? <span className="end only-wide row"><Kbd combo="KeyE" /></span> : null}</h3><Facts columns={columns} record={record} options={options} topic={topic} href={`${route}/${record.id}`} onLookup={onLookup} onEdit={onEdit} canEdit={canEdit} keys /></section>
          {side}
          <Files files={files} subject={topic} record={record.id} canEdit={canEdit} onRemove={about(record, onRemoveFile)} onChanged={onRefresh} />
        </div>
        <div className="story">
          {canEdit && onComment ? <Composer key={record.id} about={`${topic}/${record.id}`} tabs={tabs} options={options} onLookup={onLookup} onComment={about(record, onComment)} onLog={about(record, onLog)} /> : null}
          <Timeline entries={timeline} {...{ columns, onEarlier }} onRemoveComment={about(record, onRemoveComment)} />
        </div>
        {rail ? <div className="rail">{rail}</div> : null}
      </div>
    </>
  );
}

/** What stands in the drawer: name, facts, the page's own sections (children), files and the latest entries. */
export function RecordDrawer({ columns, record: given, timeline, files, options, topic, route, titleField, subtitle, editPermission, actions, children, onEdit, onLookup, onRefresh, onRemoveFile }) {
  const t = useText(), viewer = useViewer();
  const record = useHeld(given, !!given?.id, "");
  const canEdit = may(viewer, editPermission);
  useFresh(topic, record, onRefresh);
  const head = columns.find((c) => c.key === titleField) ?? columns[0];
  const name = (t.lang === "ar" && record?.[`${head.key}_ar`]) || nameOf(valueOf(record, head), t.lang, record, head);
  if (!record?.id) return <Skeleton rows={6} />;
  return (
    <>
      <header>
        <div className="row g5" style={{ paddingInlineEnd: 112, minBlockSize: 40 }}><Face of={head.face} name={name} size="l" /><div className="grow"><h2 className="trunc" dir="auto">{name}</h2>{subtitle ? <div className="muted sm trunc" dir="auto">{subtitle}</div> : null}</div></div>
        {actions ? <div className="row g3 wraps" style={{ marginBlockStart: 12 }}>{actions}</div> : null}
      </header>
      <section className="sec"><Facts columns={columns.filter((c) => c.key !== head.key || c.editable)} record={record} options={options} topic={topic} href={route ? `${route}/${record.id}` : null} onLookup={onLookup} onEdit={onEdit} canEdit={canEdit} /></section>
      {children}
      <Files files={files} subject={topic} record={record.id} canEdit={canEdit} onRemove={about(record, onRemoveFile)} onChanged={onRefresh} />
      {timeline?.length ? <section className="sec"><h3>{t("ui.record.latest")}</h3><Timeline entries={timeline.slice(0, 6)} columns={columns} /></section> : null}
    </>
  );
}

/** Stages in a row: `path` [{id, name, name_ar, kind, days, now}]; `onMove(op, stage)` when one may be chosen. */
export function StagePath({ path, canEdit, onMove }) {
  const t = useText();
  const at = (path ?? []).findIndex((s) => s.now), row = useRef(null);
  // A phone has no room for all of them: the present one is in sight.
  useEffect(() => { if (row.current.scrollWidth > row.current.clientWidth) row.current.children[at]?.scrollIntoView({ inline: "center", block: "nearest" }); }, [at]);
  return (
    <ol ref={row} className="path" aria-label={t("ui.record.path")} style={{ marginBlockStart: 12 }}>
      {(path ?? []).map((s, i) => {
        const name = (t.lang === "ar" && s.name_ar) || s.name, done = i < at;
        const inside = <><span className="row g3">{done ? <Icon name="check" size="s" /> : null}<bdi className="trunc">{name}</bdi>{s.days !== null && s.days !== undefined && (done || s.now) ? <span className="num long">{t("ui.record.days", { n: s.days })}</span> : null}</span></>;
        const cls = s.now ? "now" : done ? "done" : "";
        return <li key={s.id} aria-current={s.now ? "step" : undefined}>{canEdit && onMove && !s.now ? <button type="button" className={cls} title={t("ui.record.move_to", { stage: name })} onClick={() => onMove(newOp(), s.id)}>{inside}</button> : <div className={`step ${cls}`}>{inside}</div>}</li>;
      })}
    </ol>
  );
}

/** A titled section of a rail or drawer: `items` [{id, title, subtitle, note, href, icon, tone, minor, currency}] or children. */
export function Related({ title, count, items, empty, icon, actions, children }) {
  const t = useText(), f = useFormat(), go = useNavigate();
  return (
    <section className="sec">
      <h3>{title}<span className="c num">{count ?? items?.length ?? ""}</span>{actions ? <span className="end row g2">{actions}</span> : null}</h3>
      {(items ?? []).map((i) => (
        <div className="mini" key={i.id}>
          {i.icon || icon ? <span className="muted row"><Icon name={i.icon ?? icon} size="s" /></span> : <span className={`dot ${i.tone ?? "acc"}`} />}
          <span className="grow"><span className="trunc" dir="auto" style={{ display: "block" }}>{i.href ? <a href={i.href} className="trunc" onClick={(e) => { if (e.ctrlKey || e.metaKey) return; e.preventDefault(); go(i.href); }}>{i.title}</a> : i.title}</span>{i.subtitle ? <span className="muted sm trunc" style={{ display: "block" }} dir="auto">{i.subtitle}</span> : null}</span>
          {i.minor !== undefined && i.minor !== null ? <bdi className="num b5">{f.money(i.minor, i.currency)}</bdi> : null}
          {i.note ? <span className={i.tone ? `bdg ${i.tone}` : "muted sm"}>{i.note}</span> : null}
        </div>
      ))}
      {items && !items.length ? <p className="muted sm">{empty ?? t("ui.none")}</p> : null}
      {children}
    </section>
  );
}
