// How Wasl looks and speaks to one person: shown at once, remembered by the server.
import { useEffect, useState } from "react";
import { setPreferences } from "$/public/external/saas/ui/library/format.jsx";
import { setSingleKeys } from "$/public/external/saas/ui/library/keys.jsx";
import { Segment, Switch } from "$/public/external/saas/ui/library/parts.jsx";
import { setLanguage, setTheme, textsChanged, theme, useText } from "$/public/external/saas/ui/library/text.jsx";
import { useViewer } from "$/public/external/saas/ui/library/viewer.jsx";

export function Look({ onPrefer }) {
  const t = useText(), viewer = useViewer();
  const [now, setNow] = useState({});
  const [mounted, setMounted] = useState(false); // the build does not know this person's choices
  useEffect(() => { setMounted(true); }, []);
  const get = (name, otherwise) => now[name] ?? otherwise;
  const choose = (name, shown, kept = shown) => { setNow((n) => ({ ...n, [name]: shown })); onPrefer?.(name, kept); };
  const digits = get("digits", viewer?.digits?.startsWith("arab") ? "arab" : "latn");
  const keys = get("shortcuts", viewer?.shortcuts ?? true);
  const rows = [
    ["language", <Segment name={t("profile.language")} value={mounted ? t.lang : ""} onChange={(v) => { setLanguage(v); choose("language", v); }} options={[{ value: "en", label: <span lang="en">English</span> }, { value: "ar", label: <span lang="ar">العربية</span> }]} />],
    ["theme", <Segment name={t("profile.theme")} value={mounted ? get("theme", theme()) : ""} onChange={(v) => { setTheme(v); choose("theme", v); }} options={["light", "dark", "system"].map((v) => ({ value: v, label: t(`profile.${v}`) }))} />],
    ["digits", <Segment name={t("profile.digits")} value={digits} onChange={(v) => { setPreferences({ ...viewer, digits: v === "arab" ? "arabic" : "latin" }); textsChanged(); choose("digits", v, v === "arab" ? "arabic" : "latin"); }} options={[{ value: "latn", label: <span dir="ltr">{t("profile.latn")}</span> }, { value: "arab", label: <span dir="ltr">{t("profile.arab")}</span> }]} />],
    ["single_keys", <Switch name={t("profile.single_keys")} checked={keys} onChange={(v) => { setSingleKeys(v); choose("shortcuts", v, v ? "on" : "off"); }} />, "profile.single_keys_text"],
  ];
  return (
    <ul className="lines">
      {rows.map(([name, control, help]) => (
        <li key={name}>
          <div className="grow"><div className="b5" aria-hidden="true">{t(`profile.${name}`)}</div>{help ? <p className="muted sm">{t(help)}</p> : null}</div>
          {control}
        </li>
      ))}
    </ul>
  );
}
