// The field that one searches a list with: / goes to it, Esc empties it, then leaves it.
import { useEffect, useState } from "react";
import { Icon } from "./icon.jsx";
import { useText } from "./text.jsx";

const SEARCH_MS = 150;

/** `value` and `onChange(text)`; `label` its name, `placeholder` what it looks through. */
export function SearchField({ id, value, onChange, placeholder, width = 240, inputRef }) {
  const t = useText();
  const keys = (e) => { if (e.key !== "Escape") return; e.stopPropagation(); if (e.target.value) onChange(""); else e.target.blur(); };
  return (
    <span className="inp" style={{ inlineSize: width }}>
      <Icon name="search" size="s" />
      <input id={id} ref={inputRef} type="search" aria-label={t("ui.search")} placeholder={placeholder ?? t("ui.search")} dir={value ? "auto" : undefined} value={value} onChange={(e) => onChange(e.target.value)} onKeyDown={keys} />
      <kbd className="kbd" aria-hidden="true">/</kbd>
    </span>
  );
}
/** The same for pages written in Python: keeps what is typed and asks after a pause. */
export function Search({ placeholder, onSearch }) {
  const [text, setText] = useState(null);
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => onSearch(text), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [text]); // eslint-disable-line react-hooks/exhaustive-deps -- asks once a pause
  return <SearchField value={text ?? ""} onChange={setText} placeholder={placeholder} />;
}
