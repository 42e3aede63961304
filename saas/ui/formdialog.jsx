// The dialog of a form, without the form's weight until one is opened.
import { ahead, later } from "./later.jsx";

const load = () => import("./form.jsx");
const Dialog = later(load, "FormDialog");
ahead(load);

/** As `FormDialog` of form.jsx. */
export function FormDialog(props) {
  return props.open ? <Dialog {...props} /> : null;
}
