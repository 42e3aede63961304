// A link to a page of ours.
import { useNavigate } from "react-router";

/**
 * `here`: it leads to the page one is on. With Ctrl and the like it opens as links do. The router's own reckon their
 * address anew at each change of the page.
 */
export function Link({ to, here, onClick, ...rest }) {
  const go = useNavigate();
  const follow = (e) => {
    onClick?.(e);
    if (e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    // The page one is on, once more, is no step that Back would have to take.
    go(to, { replace: new URL(to, location.href).pathname === location.pathname });
  };
  return <a {...rest} href={to} aria-current={here ? "page" : undefined} onClick={follow} />;
}
