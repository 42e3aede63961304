// What all parts of importing know of an import.
export const isUnderWay = (run) => ["checking", "queued", "running"].includes(run.state);
export const address = (id) => (id ? `/import?run=${id}` : "/import");

/** How far it is: named, as a bar. */
export function Bar({ share, name, text }) {
  const value = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return <span className="bar m load" role="progressbar" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={value} aria-valuetext={text}><i style={{ inlineSize: `${value}%` }} /></span>;
}
