// In place of the pages of a module that is off.
import { useFormat } from "./format.jsx";
import { Icon } from "./icon.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";

/** Kindly: who switched it off and when, what waits, and how to have it back. `info` {by, at, counts: {key: n}, price, can_switch}. */
export function ModuleOff({ name, icon, info, onSwitchOn }) {
  const t = useText(), f = useFormat();
  const waiting = Object.entries(info?.counts ?? {}).filter(([, n]) => n > 0);
  return (
    <div className="void">
      <span className="tile xl h7c"><Icon name={icon} size="xl" /></span>
      <h2>{t("ui.off.title", { module: name })}</h2>
      <p>
        {info?.by ? t("ui.off.by", { by: info.by, on: f.shortDate(info.at) }) + " " : null}
        {waiting.length ? <>{t("ui.off.waiting")} {waiting.map(([key, n], i) => <span key={key}>{i ? t("ui.list_sep") : ""}<b>{t(key, { n })}</b></span>)}. </> : null}
        {t(info?.by || waiting.length ? "ui.off.kept" : "ui.off.fresh")}
      </p>
      <div className="acts">
        {info?.can_switch ? <Button kind="pri" icon="power" label={t("ui.off.switch_on", { module: name })} onClick={onSwitchOn} /> : null}
        <Button label={t("ui.off.settings")} href="/settings/modules" />
      </div>
      {info?.can_switch ? null : <p className="sm muted">{t("ui.off.admins")}</p>}
    </div>
  );
}
