// The switches of a company's modules, each saying what it means before it is touched.
import { useEffect, useState } from "react";
import { useFormat } from "$/public/external/saas/ui/library/format.jsx";
import { Icon } from "$/public/external/saas/ui/library/icon.jsx";
import { Badge, Segment, Switch, Tile } from "$/public/external/saas/ui/library/parts.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";
import { useViewer } from "$/public/external/saas/ui/library/viewer.jsx";

const TONES = { crm: "h6c", payments: "h4c", scheduling: "h1c", warehouse: "h3c" };

function useList() {
  const t = useText();
  return (parts) => new Intl.ListFormat(t.lang, { type: "conjunction" }).format(parts);
}

function Meaning({ module, on, modules }) {
  const t = useText(), list = useList();
  const name = (key) => t(modules.find((m) => m.key === key)?.name ?? key);
  const counted = Object.entries(module.counts).filter(([, n]) => n > 0).map(([key, n]) => t(key, { n }));
  const lines = [];
  if (on && module.needed_by.length) lines.push(t("settings_modules.needed_by", { list: list(module.needed_by.map(name)) }));
  if (!on && module.needs.length) lines.push(t("settings_modules.needs", { list: list(module.needs.map(name)) }));
  const key = on ? (counted.length ? "off_hides" : "off_hides_nothing") : counted.length ? "on_brings" : "on_brings_nothing";
  const n = Object.values(module.counts).reduce((sum, one) => sum + one, 0);
  lines.push(t(`settings_modules.${key}`, { list: list(counted), n }));
  return lines.map((line) => (
    <p className="row top-aligned g3 modnote" key={line}><Icon name="info" size="s" /><span>{line}</span></p>
  ));
}

function Card({ module, modules, on, locked, onSwitch }) {
  const t = useText();
  return (
    <section className="panel modcard" aria-label={t(module.name)}>
      <div className="in">
        <Tile icon={module.icon} size="l" tone={TONES[module.key] ?? "h7c"} />
        <div className="grow col g3">
          <div className="row">
            <h3>{t(module.name)}</h3>
            {on ? <Badge tone="ok" icon="check">{t("settings_modules.on")}</Badge> : <Badge icon="power">{t("settings_modules.off")}</Badge>}
          </div>
          <p className="ink2">{t(`${module.key}.about`)}</p>
          <Meaning module={module} on={on} modules={modules} />
        </div>
        <Switch name={t(module.name)} checked={on} disabled={locked} reason={locked ? t("settings.no_right") : undefined} onChange={(next) => onSwitch(module.key, next)} />
      </div>
      <footer className="foot"><span>{t("settings_modules.free")}</span>{module.by && !on ? <span className="end"><OffBy module={module} /></span> : null}</footer>
    </section>
  );
}

function OffBy({ module }) {
  const t = useText(), format = useFormat();
  return <span suppressHydrationWarning>{t("settings_modules.off_by", { name: module.by, when: format.date(module.since) })}</span>;
}

export function ModuleCards({ modules, filter = true, onSwitch }) {
  const t = useText(), viewer = useViewer();
  const [shown, setShown] = useState("all");
  const [asked, setAsked] = useState({}); // what was clicked and is not yet known from the server
  const live = viewer?.modules;
  useEffect(() => { setAsked({}); }, [live, modules]);
  const isOn = (m) => asked[m.key] ?? (live ? live.includes(m.key) : m.on);
  const flip = (key, on) => {
    setAsked((a) => ({ ...a, [key]: on }));
    onSwitch?.(key, on);
    // A refusal says why in a toast; the switch goes back by itself.
    setTimeout(() => setAsked(({ [key]: _, ...rest }) => rest), 4000);
  };
  const count = (on) => modules.filter((m) => isOn(m) === on).length;
  const visible = modules.filter((m) => shown === "all" || isOn(m) === (shown === "on"));
  return (
    <>
      {filter ? (
        <div className="row filterrow">
          <Segment name={t("settings_modules.show")} value={shown} onChange={setShown} options={[
            { value: "all", label: t("settings_modules.all") },
            { value: "on", label: <>{t("settings_modules.on")} <span className="muted num">{count(true)}</span></> },
            { value: "off", label: <>{t("settings_modules.off")} <span className="muted num">{count(false)}</span></> },
          ]} />
        </div>
      ) : null}
      <div className="mods">
        {visible.map((m) => <Card key={m.key} module={m} modules={modules} on={isOn(m)} locked={!viewer?.can_switch} onSwitch={flip} />)}
      </div>
      {visible.length ? null : <p className="muted">{t("settings_modules.filter_empty")}</p>}
    </>
  );
}
