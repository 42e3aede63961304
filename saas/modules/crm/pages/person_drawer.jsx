// The drawer of a person beside the list: fetched when the list is at rest, or opened.
import { ahead, later } from "$/public/external/saas/ui/library/later.jsx";
import { Skeleton } from "$/public/external/saas/ui/library/states.jsx";

const load = () => import("./person.jsx");
ahead(load);

/** As `PersonDrawer` of person.jsx. */
export const PersonDrawer = later(load, "PersonDrawer", <Skeleton rows={6} />);
