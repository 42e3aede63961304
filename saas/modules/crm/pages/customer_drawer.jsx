// The drawer of a customer beside the list: fetched when the list is at rest, or opened.
import { ahead, later } from "$/public/external/saas/ui/library/later.jsx";
import { Skeleton } from "$/public/external/saas/ui/library/states.jsx";

const load = () => import("./customer.jsx");
ahead(load);

/** As `CustomerDrawer` of customer.jsx. */
export const CustomerDrawer = later(load, "CustomerDrawer", <Skeleton rows={6} />);
