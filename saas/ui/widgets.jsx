// Home: each module's widgets by their kind, and what the team changed last.
import { memo } from "react";
import { useFormat } from "./format.jsx";
import { Icon, Pie } from "./icon.jsx";
import { later } from "./later.jsx";
import { Link } from "./link.jsx";
import { Avatar, Button } from "./parts.jsx";
import { useSaid } from "./said.jsx";
import { useLikeBefore } from "./steady.jsx";
import { useText } from "./text.jsx";
import { may, useViewer } from "./viewer.jsx";

// Charts come after everything that can be read.
const load = () => import("./charts.jsx");
const ROOM = <div style={{ blockSize: 186 }} />;
const Columns = later(load, "Columns", ROOM), Forecast = later(load, "Forecast", ROOM), Spark = later(load, "Spark");

export function Widgets({ widgets: sent, recent, loaded }) {
  const t = useText(), widgets = useLikeBefore(sent);
  if (!loaded) return <div className="home"><div className="panel sk" style={{ blockSize: 92 }} /><div className="home-grid">{[0, 1, 2].map((i) => <div className="panel sk" key={i} style={{ blockSize: 238 }} />)}</div></div>;
  const stats = widgets.filter((w) => w.kind === "stat");
  const rest = widgets.filter((w) => w.kind !== "stat");
  return (
    <div className="home">
      {recent?.length ? null : <Begin />}
      {stats.length ? <section className="panel stats" aria-label={t("home.figures")}>{stats.map((w) => <Stat key={w.key} widget={w} />)}</section> : null}
      <div className="home-grid">
        {rest.map((w) => <Panel key={w.key} widget={w} />)}
      </div>
      <Recent changes={recent} />
    </div>
  );
}

/** A widget's title; figures of a month name it. */
function useTitle() {
  const t = useText(), f = useFormat();
  return (key) => t(key, { month: f.month(new Date().toISOString()) });
}

const Stat = memo(function Stat({ widget: { title, data, link } }) {
  const titled = useTitle(), said = useSaid(), f = useFormat();
  const { value, note, tone, trend } = data;
  const big = value?.minor !== undefined ? f.shortMoney(value.minor, value.currency) : said(value);
  const body = (
    <>
      <span className="sm muted">{titled(title)}</span>
      <span className="row"><bdi className="figure num">{big || "–"}</bdi>{trend?.length > 1 ? <span className="spark" aria-hidden="true"><Spark values={trend} /></span> : null}</span>
      <span className={`sm ${tone || "muted"}`}>{said(note)}</span>
    </>
  );
  return link ? <Link className="stat" to={link}>{body}</Link> : <div className="stat">{body}</div>;
});

const Panel = memo(function Panel({ widget }) {
  const t = useText(), titled = useTitle();
  const { key, title, kind, link, link_text: linkText, size, data } = widget;
  const total = data.total;
  return (
    <section className={`panel widget span${size}`} aria-labelledby={`w-${key}`}>
      <header>
        <h2 id={`w-${key}`}>{titled(title)}</h2>
        {total !== undefined ? <span className="muted num">{total}</span> : null}
        {kind === "bars" ? <Legend items={[["var(--c1)", t("home.weighted")], ["var(--c3)", t("home.total")]]} /> : null}
        {kind === "line" ? <Legend items={[["var(--c1)", t("home.won")], ["var(--c3)", t("home.likely")]]} /> : null}
        {link && linkText ? <Link className="link end" to={link}>{t(linkText)}</Link> : null}
      </header>
      <div className="in">
        {kind === "bars" ? <Bars rows={data.rows} /> : null}
        {kind === "list" ? <Rows rows={data.rows} /> : null}
        {kind === "columns" ? <Chart of={data.points}><Columns points={data.points} currency={data.currency} name={titled(title)} /></Chart> : null}
        {kind === "line" ? <Chart of={data.points}><Forecast points={data.points} goal={data.goal} currency={data.currency} name={titled(title)} /></Chart> : null}
      </div>
    </section>
  );
});

function Legend({ items }) {
  return <span className="legend end">{items.map(([colour, label]) => <span key={label}><i style={{ background: colour }} />{label}</span>)}</span>;
}

function Chart({ of, children }) {
  const t = useText();
  const empty = !of?.some((p) => p.value || p.actual || p.forecast || p.high);
  if (empty) return <p className="muted" style={{ paddingBlock: 24 }}>{t("home.nothing")}</p>;
  return children;
}

function Bars({ rows }) {
  const t = useText(), said = useSaid(), f = useFormat();
  const widest = Math.max(1, ...rows.map((r) => r.whole));
  if (!rows.length) return <p className="muted">{t("home.nothing")}</p>;
  return (
    <table className="bars">
      <thead className="vh"><tr><th>{t("home.stage")}</th><th>{t("home.deals")}</th><th>{t("home.total")}</th></tr></thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.label}>
            <th scope="row"><span className="row g3">{r.percent !== undefined ? <Pie value={r.percent} /> : null}<bdi className="trunc">{(t.lang === "ar" && r.label_ar) || r.label}</bdi></span></th>
            <td className="num muted">{f.number(r.count)}</td>
            <td className="track" aria-hidden="true"><i style={{ inlineSize: `${(100 * r.whole) / widest}%`, background: "var(--c3)" }} /><i style={{ inlineSize: `${(100 * r.part) / widest}%`, background: "var(--c1)" }} /></td>
            <td className="num b5">{said(r.value, true)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rows({ rows }) {
  const t = useText(), said = useSaid();
  const name = (r, part) => (t.lang === "ar" && r[`${part}_ar`]) || said(r[part]);
  if (!rows?.length) return <p className="muted">{t("home.nothing")}</p>;
  return (
    <ul className="plain">
      {rows.map((r, i) => (
        <li className="mini" key={r.id ?? i}>
          {r.icon ? <span className={r.tone || "muted"}><Icon name={r.icon} /></span> : null}
          <span className="grow whose">{r.href ? <Link className="trunc b5" dir="auto" to={r.href}>{name(r, "title")}</Link> : <bdi className="trunc b5">{name(r, "title")}</bdi>} {r.subtitle ? <bdi className="trunc muted">{name(r, "subtitle")}</bdi> : null}</span>
          <span className={`sm num ${r.tone || "muted"}`}>{said(r.note)}</span>
          {r.member ? <Avatar name={r.member} title={r.member} /> : null}
        </li>
      ))}
    </ul>
  );
}

/** A company in which nothing has happened yet: what to do first, for those who may. */
function Begin() {
  const t = useText(), viewer = useViewer();
  if (!may(viewer, "workspace.import")) return null;
  return (
    <section className="panel begin" aria-labelledby="w-begin">
      <div className="grow"><h2 id="w-begin">{t("home.start")}</h2><p className="ink2">{t("home.start_text")}</p></div>
      <Button kind="pri" icon="upload" label={t("ui.import_file")} href="/import" />
      <Button label={t("home.first_steps")} href="/onboarding" />
    </section>
  );
}

function Recent({ changes }) {
  const t = useText(), f = useFormat(), viewer = useViewer();
  return (
    <section className="panel" aria-labelledby="w-recent">
      <header><h2 id="w-recent">{t("home.recent")}</h2></header>
      <div className="in">
        {changes?.length ? (
          <ul className="plain">
            {changes.map((c) => (
              <li className="mini" key={c.id}>
                <Avatar name={c.by || t("ui.product")} />
                <span className="grow trunc" dir="auto"><bdi className="b5">{c.by || t("ui.product")}</bdi> <Link to={c.href}>{t(c.text, c.params)}</Link></span>
                <time className="sm num muted" dateTime={c.at}>{f.dateTime(c.at)}</time>
              </li>
            ))}
          </ul>
        ) : <p className="muted">{t(viewer ? "home.no_changes" : "home.nothing")}</p>}
      </div>
    </section>
  );
}
