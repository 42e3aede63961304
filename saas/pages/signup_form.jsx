// The sign-up form: four fields, and a place guessed from the browser that can be changed.
import { useEffect, useMemo, useState } from "react";
import { Field, HttpForm } from "$/public/external/saas/ui/library/plainform.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";

/** What people call a zone, such as Kuwait Time; its own code where the browser has no name for it. */
function zoneName(lang, zone) {
  try {
    return new Intl.DateTimeFormat(lang, { timeZone: zone, timeZoneName: "shortGeneric" }).formatToParts().find((part) => part.type === "timeZoneName").value;
  } catch { return zone.replaceAll("_", " ") || "UTC"; }
}
const names = (lang, type) => new Intl.DisplayNames([lang], { type, fallback: "code" });

export function SignUpForm({ fields, countries, zones, arabic }) {
  const t = useText();
  const [place, setPlace] = useState(null); // known in the browser only, so that the prerendered page fits everybody
  const [open, setOpen] = useState(false);
  const currencyOf = useMemo(() => Object.fromEntries(countries), []);
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const region = navigator.languages.map((tag) => tag.split("-").at(-1)).find((part) => part in currencyOf);
    const country = zones[zone] ?? region ?? "KW";
    setPlace({ country, currency: currencyOf[country], time_zone: zone in zones ? zone : "", language: "", slug: "" });
  }, []);
  const set = (name) => (value) => setPlace((p) => ({ ...p, [name]: value, ...(name === "country" ? { currency: currencyOf[value] } : {}) }));
  const options = useMemo(() => ({
    country: countries.map(([code]) => [code, code]),
    currency: [...new Set(Object.values(currencyOf))].map((code) => [code, code]),
    zone: Object.keys(zones).sort().map((zone) => [zone, zone]),
  }), []);
  const extra = (errors) => {
    if (!place) return null;
    const error = (name) => errors.find((e) => e.field === name);
    const wrong = ["country", "currency", "time_zone", "language", "slug"].some(error);
    if (!open && !wrong) {
      const spoken = names(t.lang, "language");
      return (
        <>
          <p className="help place">
            <span>{t("signup.place", { country: names(t.lang, "region").of(place.country), currency: place.currency, zone: zoneName(t.lang, place.time_zone || "UTC"), language: spoken.of(place.language || t.lang) })}</span>
            <button type="button" className="link" aria-expanded={false} onClick={() => setOpen(true)}>{t("signup.change_place")}</button>
          </p>
          {Object.entries({ ...place, language: place.language || t.lang }).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
        </>
      );
    }
    return (
      <div className="fields">
        <Field field={{ name: "country", label: "signup.country", options: options.country, names: "region", literal: true }} value={place.country} onChange={set("country")} error={error("country")} />
        <Field field={{ name: "currency", label: "signup.currency", options: options.currency, names: "currency", literal: true }} value={place.currency} onChange={set("currency")} error={error("currency")} />
        <Field field={{ name: "time_zone", label: "signup.time_zone", options: options.zone, literal: true }} value={place.time_zone} onChange={set("time_zone")} error={error("time_zone")} />
        <Field field={{ name: "language", label: "signup.language", options: [["en", "English"], ["ar", "العربية"]], literal: true }} value={place.language || t.lang} onChange={set("language")} error={error("language")} />
        <Field field={{ name: "slug", label: "signup.slug", help: "signup.slug_help", optional: true, ltr: true, max: 40, full: true }} value={place.slug} onChange={set("slug")} error={error("slug")} />
      </div>
    );
  };
  return <HttpForm action="/signup" fields={fields} submit="signup.submit" extra={extra} extraNames={["country", "currency", "time_zone", "language", "slug"]} />;
}
