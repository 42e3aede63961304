// How much there is against the mark at which to act.

/** A bar of `now` with a thin tick at `mark`; amber at or below it. Full is three times the mark, or what there is. */
export function Level({ now, mark, label, wide }) {
  const full = Math.max(mark * 3, now, 1);
  const tone = mark && now <= mark ? "low" : "";
  return (
    <span className={`level ${wide ? "wide" : ""} ${tone}`} role="img" aria-label={label}>
      <i style={{ inlineSize: `${(now / full) * 100}%` }} />
      {mark ? <b style={{ insetInlineStart: `${(mark / full) * 100}%` }} /> : null}
    </span>
  );
}
