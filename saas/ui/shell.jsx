// The frame around every page of a signed-in member. Mounted once; pages change inside it.
import { memo, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { EventLoopContext, StateStoreContext } from "$/utils/context-registry";
import { forgetBegun } from "./begun.jsx";
import { dayTurned, setPreferences } from "./format.jsx";
import { useHeld } from "./held.jsx";
import { Icon, Mark } from "./icon.jsx";
import { Kbd, setSingleKeys, useKeys } from "./keys.jsx";
import { ahead, later, pageIsThere } from "./later.jsx";
import { Link } from "./link.jsx";
import { Item, Popover } from "./menu.jsx";
import { newOp, useLive } from "./live.jsx";
import { OtherLanguage, Top } from "./page.jsx";
import { Outbox } from "./outbox.jsx";
import { Avatar, Button, Capped, Tile } from "./parts.jsx";
import { hear, tellThrough } from "./peers.jsx";
import { post } from "./post.jsx";
import { Empty, Skeleton } from "./states.jsx";
import { StarContext } from "./star.jsx";
import { useLikeBefore, useSteadyCall } from "./steady.jsx";
import { chosenLanguage, markRoot, onLanguageChosen, setLanguage, setTheme, textsChanged, theme, useText } from "./text.jsx";
import { Toasts } from "./toast.jsx";
import "./travel.jsx";
import { Boundary } from "./trouble.jsx";
import { BeginsContext, isOn, may, recall, remember, ViewerContext } from "./viewer.jsx";

const ROOT = "reflex___state____state", LOADED = "is_hydrated_rx_state_", DAY_CHECK_MS = 30000;
// Seldom needed, so not part of a first load.
const Kept = later(() => import("./kept.jsx"), "default");
const inside = (path, prefix) => path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
const loadPalette = () => import("./palette.jsx"), loadSheet = () => import("./keysheet.jsx"), loadOff = () => import("./module_off.jsx");
const Palette = later(loadPalette, "Palette"), KeySheet = later(loadSheet, "KeySheet"), ModuleOff = later(loadOff, "ModuleOff", <Skeleton rows={4} />);
// A page's own script, fetched and run before its first visit; the router finds it there. Its links that fetch ahead
// are reckoned anew by every entry of the sidebar at each change of the page.
async function pageAhead(href) {
  const page = Object.values(window.__reactRouterManifest?.routes ?? {}).find((r) => `/${r.path}` === pathOf(href));
  if (page) await import(/* @vite-ignore */ page.module);
}
const INBOX = "/inbox", RECOUNT_MS = 800;
// One's own entries: these, and what the modules add to them.
const HEAD = [{ href: "/home", label: "ui.nav.home", icon: "home", shortcut: "h" }, { href: INBOX, label: "ui.nav.inbox", icon: "inbox", shortcut: "n", hot: true, counted: "ui.nav.unread_n" }];
const pathOf = (href) => href.split("?")[0];
/** Whether the entry leads to where one is; one with a query, only with that query. */
const leadsHere = (href, { pathname, search }) => inside(pathname, pathOf(href)) && (!href.includes("?") || [...new URLSearchParams(href.split("?")[1])].every(([name, value]) => new URLSearchParams(search).get(name) === value));

// Pages of single records are not prerendered: their document is the bare fallback, in which no frame was drawn.
const isBare = () => typeof window !== "undefined" && window.__reactRouterContext?.isSpaMode === true;
let started = false;
let leaving = false;   // by one's own wish: the stream need not say that it is over
/** Out of the company or of Wasl: what the stream says meanwhile would send the tab somewhere a second time. */
async function leave(path, fields = {}) {
  leaving = true;
  remember(null);
  try {
    const said = await post(path, fields);
    leaving = !!said.to;
    return said;
  } catch (error) {
    leaving = false;
    throw error;
  }
}

export function Shell({ nav, personal, framed, gates, places, begins: all, viewer: entered, counts, onCount, results, starred, onPrefer, onSearch, left, onUndo, onInsist, onRefresh, onSwitchOn, onStar, onStars, onWriting, children }) {
  const { pathname } = useLocation();
  const navKey = JSON.stringify(nav), personalKey = JSON.stringify(personal ?? []), framedKey = JSON.stringify(framed), gatesKey = JSON.stringify(gates ?? []);
  const groups = useMemo(() => [{ module: "", items: [...HEAD, ...JSON.parse(personalKey)] }, ...JSON.parse(navKey)], [navKey, personalKey]);
  const [settled, setSettled] = useState(() => started || !isBare());
  useLayoutEffect(() => { started = true; setSettled(true); }, []);
  const hasFrame = useMemo(() => settled && JSON.parse(framedKey).some((p) => inside(pathname, p)), [framedKey, pathname, settled]);
  const [recalled, setRecalled] = useState(null);
  const [rest, setRest] = useState(null);       // the undone action whose rest is looked at
  const [day, setDay] = useState(0);            // how many have begun since this tab was opened
  // What the stream has said since the viewer was last asked for.
  const [said, setSaid] = useState({ of: entered, news: null });
  const news = said.of === entered ? said.news : null;
  const hearNews = (change) => setSaid((s) => ({ of: entered, news: { ...(s.of === entered ? s.news : null), ...change } }));
  // Every page asks who is here; mostly all is as before.
  const live = useLikeBefore(useMemo(() => (entered?.signed_in && news ? { ...entered, ...news } : entered), [entered, news]));
  useLayoutEffect(() => { markRoot(); setRecalled(recall()); }, []);
  // A server that starts again knows nobody for a moment; the page stays that of who was here.
  const known = useHeld(live, !!live?.signed_in, "viewer");
  const viewer = known?.signed_in ? known : recalled;
  useEffect(() => { if (live?.signed_in) remember(live); }, [live]);
  // As the server marks public pages: the router may show one where a page of the app was served.
  useLayoutEffect(() => { if (entered?.signed_in !== undefined) document.documentElement.toggleAttribute("data-known", entered.signed_in); }, [entered]);
  // What is drawn with this viewer is drawn in their way at once; what stood there before follows.
  useMemo(() => viewer && setPreferences(viewer), [viewer]);
  useEffect(() => { textsChanged(); setSingleKeys(![false, "off"].includes(viewer?.shortcuts)); }, [viewer]);
  useEffect(() => {
    // Not at once: the first date that a page reckons takes long, and the socket is not open yet.
    const first = setTimeout(dayTurned), timer = setInterval(() => { if (dayTurned()) { textsChanged(); setDay((n) => n + 1); } }, DAY_CHECK_MS);
    return () => { clearTimeout(first); clearInterval(timer); };
  }, []);
  useLive(["workspace", "session"], (message) => {
    if (leaving && ["ended", "moved"].includes(message.kind)) return;
    if (message.kind === "ended") { remember(null); forgetBegun(); location.assign("/signin?note=signin.ended"); }
    if (message.kind === "moved") { remember(null); location.assign("/home"); }
    else if (message.kind === "presence") hearNews({ present: message.members });
    // The navigation follows before the server is asked for the rest.
    else { if (message.modules) hearNews({ modules: message.modules, off: message.off }); onRefresh?.(); }
  }, onRefresh);
  useEffect(() => { tellThrough(onWriting); }, [onWriting]);
  const numbers = useNumbers({ counts, onCount, viewer: live, entries: groups[0].items, day });
  const store = useContext(StateStoreContext);
  useEffect(() => store?.subscribe(ROOT, () => { if (store.getSnapshot(ROOT)?.[LOADED]) pageIsThere(); }), [store]);
  useLive("editing", (message) => hear(message, live?.id));
  useEffect(() => {
    // A stranger at a page of the app, for instance after the session has run out.
    if (!hasFrame || entered?.signed_in !== false) return;
    remember(null);
    location.assign(`/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
  }, [entered, hasFrame]);
  useEffect(() => {
    if (!live?.signed_in || !live.language) return;
    // A choice made here that the server has not kept yet wins; else the member's own language does.
    const chosen = chosenLanguage(live.language);
    if (chosen) onPrefer?.("language", chosen);
    else if (live.language !== document.documentElement.lang) setLanguage(live.language);
  }, [live?.signed_in, live?.language]);

  const shown = useMemo(() => groups
    .filter((g) => viewer && isOn(viewer, g.module))
    .map((g) => ({ ...g, items: g.items.filter((i) => may(viewer, i.permission) && isOn(viewer, i.module)) }))
    .filter((g) => g.items.length), [groups, viewer]);
  const settings = useMemo(() => places.filter((p) => viewer && may(viewer, p.permission)), [viewer]); // eslint-disable-line react-hooks/exhaustive-deps -- the others are as they were built
  // A form is of use to whoever may see the page that it stands on.
  const begins = useMemo(() => all.filter((b) => viewer && isOn(viewer, b.module) && may(viewer, b.permission) && gates.every((g) => !inside(b.href.split("?")[0], g.path) || may(viewer, g.permission))), [viewer]); // eslint-disable-line react-hooks/exhaustive-deps -- the others are as they were built
  const group = groups.find((g) => g.module && (inside(pathname, `/${g.module}`) || g.items.some((i) => inside(pathname, i.href))));
  const off = live?.signed_in && group && !isOn(live, group.module) ? group : null;
  const item = group?.items.filter((i) => inside(pathname, i.href)).sort((a, b) => b.href.length - a.href.length)[0];
  const gate = useMemo(() => JSON.parse(gatesKey).filter((g) => inside(pathname, g.path)).sort((a, b) => b.path.length - a.path.length)[0], [gatesKey, pathname]);
  const refused = live?.signed_in && !off && gate && !may(live, gate.permission);
  // A page that was shut had nothing to load; when it opens before one's eyes it is asked for anew.
  const shut = useRef(null);
  useEffect(() => {
    if (shut.current === pathname && live?.signed_in && !off && !refused) location.reload();
    shut.current = off || refused ? pathname : null;
  }, [pathname, off, refused, live?.signed_in]);

  return (
    <ViewerContext value={viewer}>
    <StarContext value={onStar}>
    <BeginsContext value={begins}>
      {hasFrame ? (
        <Frame groups={shown} settings={settings} viewer={viewer} counts={numbers} onPrefer={onPrefer} results={results} starred={starred} onSearch={onSearch} onStars={onStars}>
          {off ? <OffPage group={off} item={item} info={live.off?.[off.module]} canSwitch={may(live, "workspace.switch_modules")} onSwitchOn={onSwitchOn} />
            : refused ? <Refused title={gate.title} /> : <Boundary of={pathname}>{children}</Boundary>}
        </Frame>
      ) : <Boundary of={pathname}>{children}</Boundary>}
      <Toasts onUndo={onUndo} onLeft={setRest} inapp={hasFrame} />
      {rest ? <Kept entry={left?.find((e) => e.action === rest)} onInsist={(id, topic, row) => onInsist?.(newOp(), id, topic, row)} onClose={() => setRest(null)} /> : null}
      <Connection />
      <Outbox />
    </BeginsContext>
    </StarContext>
    </ViewerContext>
  );
}

/** The numbers beside one's own entries: as the server counted them, and what the stream has said since of the inbox. */
function useNumbers({ counts, onCount, viewer, entries, day }) {
  const [heard, setHeard] = useState(null);      // {unread, at}
  const timer = useRef(0), me = viewer?.signed_in ? viewer.id : null;
  const again = useSteadyCall(() => { if (me) onCount?.(); });
  const soon = () => { clearTimeout(timer.current); timer.current = setTimeout(again, RECOUNT_MS); };
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive("inbox", setHeard, soon);
  // What a module counts of one's own changes with one's own doing, or when a record becomes one's own.
  const topics = useMemo(() => entries.flatMap((i) => i.topics ?? []), [entries]);
  useLive(topics, (message) => { if (me && (message.by_id === me || message.rows?.some((r) => r.owner?.id === me))) soon(); }, soon);
  // What is due today is another number tomorrow.
  useEffect(() => { if (day) again(); }, [day, again]);
  const newer = heard && heard.at > (counts?.at ?? 0) ? heard.unread : counts?.n?.[INBOX];
  return useLikeBefore(useMemo(() => ({ ...counts?.n, [INBOX]: newer }), [counts, newer]));
}

const Frame = memo(function Frame({ groups, settings, viewer, counts, onPrefer, results, starred, onSearch, onStars, children }) {
  const t = useText(), go = useNavigate(), place = useLocation(), { pathname } = place;
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  const shown = useMemo(() => groups.map((g) => ({ ...g, items: g.items.map((i) => ({ ...i, group: g })) })), [groups]);
  const items = useMemo(() => shown.flatMap((g) => g.items), [shown]);
  const chords = useMemo(() => Object.fromEntries(items.filter((i) => i.shortcut).map((i) => [`g Key${i.shortcut.toUpperCase()}`, { label: "ui.keys.go", params: { page: { key: i.label } }, run: () => go(i.href) }])), [items, go]);
  useEffect(() => ahead(loadPalette, loadSheet, loadOff), []);
  useEffect(() => ahead(...items.map((i) => () => pageAhead(i.href))), [items]);
  useKeys({
    ...chords,
    "ctrl+KeyK": { label: "ui.keys.palette", inFields: true, run: () => setPalette((p) => !p) },
    "shift+Slash": { label: "ui.keys.all", run: () => setSheet(true) },
    Slash: { label: "ui.keys.search", run: () => { const field = document.querySelector("main [type=search]"); if (!field) return setPalette(true); field.focus(); field.select(); } },
  });
  useEffect(() => onLanguageChosen((chosen) => onPrefer?.("language", chosen)), [onPrefer]);
  const onTheme = (value) => onPrefer?.("theme", value);
  // An entry with a query is nearer than the one of the whole page.
  const now = items.filter((i) => leadsHere(i.href, place)).sort((a, b) => b.href.length - a.href.length)[0];
  return (
    <div className="app">
      <a className="skip" href="#main">{t("ui.skip")}</a>
      <nav className="side" aria-label={t("ui.nav.main")}>
        <Companies viewer={viewer} />
        <button type="button" className="find" onClick={() => setPalette(true)}>
          <Icon name="search" size="s" /><span>{t("ui.search")}</span><span className="end row g1"><Kbd combo="ctrl+KeyK" /></span>
        </button>
        <div className="scroll">
          {viewer ? shown.map((g) => (
            <div key={g.module || "own"} role={g.module ? "group" : undefined} aria-label={g.module ? t(g.label) : undefined} className="col" style={{ gap: 1 }}>
              {g.module ? <div className="grp" aria-hidden="true">{t(g.label)}</div> : null}
              {g.items.map((i) => <Entry key={i.href} item={i} here={i === now} count={counts?.[i.href]} />)}
            </div>
          )) : <NavSkeleton />}
        </div>
        <div className="me">
          <Member viewer={viewer} onTheme={onTheme} onSheet={() => setSheet(true)} />
          <OtherLanguage size="sm" />
          <Link to="/settings/company" here={inside(pathname, "/settings/company")} className="btn ghost ic sm" aria-label={t("ui.settings")} title={t("ui.settings")}><Icon name="settings" /></Link>
        </div>
      </nav>
      <main className="main" id="main" tabIndex={-1}>{children}</main>
      <TabBar items={items} now={now} counts={counts} viewer={viewer} onTheme={onTheme} onPalette={() => setPalette(true)} />
      {palette ? <Palette items={items} settings={settings} results={results} starred={starred} onSearch={onSearch} onStars={onStars} onClose={() => setPalette(false)} onSheet={() => setSheet(true)} /> : null}
      {sheet ? <KeySheet onClose={() => setSheet(false)} /> : null}
    </div>
  );
});

const Entry = memo(function Entry({ item, here, count }) {
  const t = useText();
  return (
    <Link to={item.href} here={here} className={`nav ${here ? "on" : ""}`} title={t(item.label)}>
      <Icon name={item.icon} /><span className="trunc">{t(item.label)}</span>
      <Count item={item} count={count} />
    </Link>
  );
});
/** The number beside an entry, said with what it counts. */
function Count({ item, count }) {
  const t = useText();
  return count ? <span className={`n num ${item.hot ? "hot" : ""}`}><span aria-hidden="true"><Capped n={count} /></span>{item.counted ? <span className="vh"> {t(item.counted, { n: count })}</span> : null}</span> : null;
}

function NavSkeleton() {
  return <div className="late col" aria-hidden="true" style={{ gap: 14, padding: "10px 8px" }}>{[90, 64, 110, 80, 100, 72].map((w, i) => <span className="sk" key={i} style={{ inlineSize: w }} />)}</div>;
}

function Companies({ viewer }) {
  const t = useText();
  const face = <><Mark /><bdi className="trunc">{viewer?.company ?? t("ui.product")}</bdi><span className="vh">{t("ui.company")}</span><Icon name="chevrons-up-down" size="s" /></>;
  return (
    <Popover label={face} name={t("ui.companies")} className="tenant">
      {() => (
        <>
          <div className="ttl">{t("ui.companies")}</div>
          <CompanyList companies={viewer?.companies} />
          <hr />
          <Item icon="plus" href="/signup">{t("ui.new_company")}</Item>
          {may(viewer, "workspace.import") ? <Item icon="file-up" href="/import">{t("imports.title")}</Item> : null}
          <Item icon="settings" href="/settings/company">{t("ui.settings")}</Item>
        </>
      )}
    </Popover>
  );
}
function CompanyList({ companies = [] }) {
  return companies.map((c) => (
    <Item key={c.id} role="menuitemradio" ticked={c.current} onPick={() => leave("/switch", { company: c.id })}><span className="row"><Tile name={c.name} /><bdi className="trunc">{c.name}</bdi></span></Item>
  ));
}
function Themes({ onTheme, close }) {
  const t = useText();
  const [now, setNow] = useState(theme());
  const pick = (value) => { setTheme(value); setNow(value); onTheme?.(value); };
  return [["light", "sun"], ["dark", "moon"], ["system", "monitor"]].map(([value, icon]) => (
    <Item key={value} icon={icon} role="menuitemradio" ticked={now === value} onPick={() => pick(value)} close={close}>{t(`ui.theme.${value}`)}</Item>
  ));
}
function SignOut({ close }) {
  const t = useText();
  return <Item icon="log-out" close={close} onPick={() => leave("/signout").then((said) => { if (said.to) forgetBegun(); })}>{t("ui.sign_out")}</Item>;
}
function Member({ viewer, onTheme, onSheet }) {
  const t = useText();
  const name = viewer?.name ?? "";
  return (
    <Popover label={<><Avatar name={name} size="m" live={!!viewer} /><bdi className="trunc">{name}</bdi><span className="vh">{t("ui.account")}</span></>} name={t("ui.account")} title={name} className="who">
      {(close) => (
        <>
          <Item icon="user" href="/settings/profile">{t("ui.account")}</Item>
          <Item icon="keyboard" keys="?" onPick={onSheet} close={close}>{t("ui.keys.all")}</Item>
          <hr /><div className="ttl">{t("ui.theme.title")}</div><Themes onTheme={onTheme} close={close} /><hr />
          <SignOut close={close} />
        </>
      )}
    </Popover>
  );
}

function TabBar({ items, now, counts, viewer, onTheme, onPalette }) {
  const t = useText(), { pathname } = useLocation();
  const modules = items.filter((i) => i.group.module), first = modules[0]?.group.module;
  // Home, two pages of the first module, one of the next; the others are behind the last, with what is new in them.
  const tabs = [items[0], ...modules.filter((i) => i.group.module === first).slice(0, 2), modules.find((i) => i.group.module !== first)].filter(Boolean);
  const rest = items.filter((i) => !tabs.includes(i));
  return (
    <nav className="tabbar" aria-label={t("ui.nav.main")}>
      {tabs.map((i) => <Link key={i.href} to={i.href} here={i === now} className={i === now ? "on" : ""}><Icon name={i.icon} /><span className="trunc">{t(i.label)}</span></Link>)}
      <Popover label={<><Icon name="menu" /><span>{t("ui.nav.more")}</span>{rest.filter((i) => i.hot).map((i) => <Count key={i.href} item={i} count={counts?.[i.href]} />)}</>} name={t("ui.nav.more")} className="" align="end">
        {(close) => (
          <>
            <Item icon="search" onPick={onPalette} close={close}>{t("ui.search")}</Item>
            {rest.map((i) => <Link key={i.href} to={i.href} here={i === now} role="menuitem" className="it" onClick={close}><Icon name={i.icon} /><span className="trunc">{t(i.label)}</span><Count item={i} count={counts?.[i.href]} /></Link>)}
            <hr />
            <Link to="/settings/company" here={inside(pathname, "/settings/company")} role="menuitem" className="it" onClick={close}><Icon name="settings" />{t("ui.settings")}</Link>
            <Themes onTheme={onTheme} close={close} /><hr />
            {viewer?.companies?.length > 1 ? <><div className="ttl">{t("ui.companies")}</div><CompanyList companies={viewer.companies} /><hr /></> : null}
            <SignOut close={close} />
          </>
        )}
      </Popover>
    </nav>
  );
}

function OffPage({ group, item, info, canSwitch, onSwitchOn }) {
  const t = useText();
  return (
    <>
      <Top title={t(item?.label ?? group.label)} />
      <ModuleOff name={t(group.label)} icon={group.icon} info={{ ...info, can_switch: canSwitch }} onSwitchOn={() => onSwitchOn?.(group.module)} />
    </>
  );
}
function Refused({ title }) {
  const t = useText();
  return <><Top title={t(title)} /><Empty icon="lock" title={t("ui.refused.title")} text={t("ui.refused.text")}><Button href="/home" label={t("ui.keys.go", { page: { key: "ui.nav.home" } })} /></Empty></>;
}

/** One quiet line while the server is away; what is on screen stays usable. */
function Connection() {
  const t = useText();
  const [, errors] = useContext(EventLoopContext) ?? [null, []];
  const [offline, setOffline] = useState(false);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    addEventListener("online", look); addEventListener("offline", look);
    return () => { removeEventListener("online", look); removeEventListener("offline", look); };
  }, []);
  const [back, setBack] = useState(false);
  const away = offline || errors?.length > 0;
  useEffect(() => {
    if (away) { const timer = setTimeout(() => { setLate(true); setBack(false); }, 1500); return () => clearTimeout(timer); }
    // Only whoever was told that the connection had gone is told that it is back.
    setLate((was) => { if (was) setBack(true); return false; });
    const timer = setTimeout(() => setBack(false), 3000);
    return () => clearTimeout(timer);
  }, [away]);
  if (late) return <div className="netbar" role="status"><Icon name="offline" size="s" />{t(offline ? "ui.net.offline" : "ui.net.reconnecting")}</div>;
  return back ? <div className="netbar" role="status"><Icon name="check" size="s" />{t("ui.net.back")}</div> : null;
}
