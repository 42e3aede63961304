// The head of public pages: language, theme, the mark, and the doors.
import { Icon, Mark } from "./icon.jsx";
import { setLanguage, setTheme, theme, useText } from "./text.jsx";

/** For pages before sign-in. Named Language; shows the other language in its own script. */
export function LanguageButton({ onPick }) {
  const t = useText();
  const next = t.lang === "ar" ? "en" : "ar";
  return (
    <button type="button" className="btn ghost" onClick={() => { setLanguage(next); onPick?.(next); }}>
      <Icon name="globe" /><span className="vh">{t("ui.language")}</span><span lang={next} aria-hidden="true">{t("ui.other_language")}</span>
    </button>
  );
}
export function ThemeButton() {
  const t = useText();
  const turn = () => { const dark = theme() === "dark" || (theme() === "system" && matchMedia("(prefers-color-scheme: dark)").matches); setTheme(dark ? "light" : "dark"); };
  return <button type="button" className="btn ghost ic" aria-label={t("ui.theme.title")} onClick={turn}><Icon name="moon" /></button>;
}
export function Brand({ href = "/" }) {
  return <a className="brand" href={href}><Mark size="l" />Wasl <span lang="ar">وصل</span></a>;
}
/** On public pages: the way home for whoever is signed in, and for strangers what is inside. `data-known` on <html> decides, which the server wrote. */
export function Doors({ children }) {
  const t = useText();
  return <><a className="btn pri lg for-known" href="/home"><Icon name="home" />{t("ui.nav.home")}</a><span className="for-strangers">{children}</span></>;
}
