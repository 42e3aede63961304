// Nothing here yet, something failed, still loading.
import { useState } from "react";
import { Icon } from "./icon.jsx";
import { useKeys } from "./keys.jsx";
import { Button } from "./parts.jsx";
import { useText } from "./text.jsx";

/** A title that starts with a verb, one sentence, and what to do (children are the buttons). `level` 1 where it is the page. */
export function Empty({ title, text, icon, level = 2, children }) {
  const Title = `h${level}`;
  return (
    <div className="void">
      {icon ? <span className="tile xl h7c"><Icon name={icon} size="xl" /></span> : <Drawing />}
      <Title>{title}</Title>
      {text ? <p>{text}</p> : null}
      {children ? <div className="acts">{children}</div> : null}
    </div>
  );
}
function Drawing() {
  const line = (x, y, w, cls, rest) => <g><rect x={x} y={y} width={w} height="23.5" rx="5" /><rect className={cls ? "s" : "k"} x={x + 9} y={y + 7} width="10" height="10" rx="2" /><rect className={cls ?? "w"} x={x + 27} y={y + 9.5} width={rest} height="5" rx="2.5" />{cls ? <rect className="w" x={x + w - 29} y={y + 9.5} width="20" height="5" rx="2.5" /> : null}</g>;
  return <svg className="drawing" viewBox="0 0 150 78" aria-hidden="true">{line(17, .5, 116, null, 38)}{line(1, 26.5, 148, "a", 52)}{line(17, 52.5, 116, null, 60)}</svg>;
}

/** What failed, what is safe, try again (R), a short code for support. */
export function Failed({ title, text, code, label, onRetry, children }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  useKeys(onRetry ? { KeyR: { label: "ui.try_again", run: () => onRetry() } } : null);
  return (
    <div className="errbox" role="alert">
      <div className="in">
        <span className="tile l h5c"><Icon name="cloud-off" size="l" /></span>
        <div className="grow">
          <h2>{title ?? t("ui.failed.title")}</h2>
          <p className="ink2">{text ?? t("ui.failed.text")}</p>
          <div className="row g3" style={{ marginBlockStart: 12 }}>
            {onRetry ? <Button kind="pri" icon="refresh" label={label ?? t("ui.try_again")} keys="KeyR" onClick={onRetry} /> : null}
            {children}
          </div>
        </div>
      </div>
      {code ? (
        <footer>
          <Icon name="support" size="s" /><span>{t("ui.failed.code")}</span>
          <button type="button" className="end row g3 b5 ink2" onClick={() => { navigator.clipboard?.writeText(code); setCopied(true); }}><bdi className="ltr">{code}</bdi><Icon name={copied ? "check" : "copy"} size="s" /><span className="vh">{t("ui.copy")}</span></button>
        </footer>
      ) : null}
    </div>
  );
}

/** Shapes of a list while it loads; nothing for the first 150 ms. */
export function Skeleton({ rows = 8 }) {
  const t = useText();
  return (
    <div className="sks" role="status" aria-label={t("ui.loading")}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} style={{ opacity: Math.max(.15, 1 - i * .11) }} aria-hidden="true">
          <span className="sk" style={{ inlineSize: 16, blockSize: 16 }} /><span className="sk" style={{ inlineSize: 56 }} /><span className="sk" style={{ inlineSize: 120 + (i * 67) % 90 }} />
          <span className="sk end" style={{ inlineSize: 60 }} /><span className="sk only-wide" style={{ inlineSize: 60 }} /><span className="sk only-wide" style={{ inlineSize: 132 }} />
        </div>
      ))}
    </div>
  );
}
