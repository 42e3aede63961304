// One person, in the drawer beside the list or on a page.
import { Button } from "$/public/external/saas/ui/library/parts.jsx";
import { RecordDrawer, RecordPage } from "$/public/external/saas/ui/library/record.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";

const FIXED = { topic: "crm.person", titleField: "name", editPermission: "crm.edit_customers" };

function Reach({ record }) {
  const t = useText();
  return (
    <>
      {record.phone ? <Button size="sm" icon="phone" label={t("crm.customers.call")} href={`tel:${record.phone.replace(/[^\d+]/g, "")}`} /> : null}
      {record.email ? <Button size="sm" icon="mail" label={t("crm.customers.write")} href={`mailto:${record.email}`} /> : null}
    </>
  );
}
export function PersonDrawer(props) {
  return <RecordDrawer {...props} {...FIXED} route="/crm/people" subtitle={props.record?.title} actions={props.record?.id ? <Reach record={props.record} /> : null} />;
}
export function PersonPage(props) {
  const t = useText();
  return <RecordPage {...props} {...FIXED} crumb={t("crm.people.title")} route="/crm/people" actions={props.record?.id ? <Reach record={props.record} /> : null} />;
}
