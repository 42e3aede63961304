// What is written down of a dealing, as tabs of a composer: a call or e-mail that was, a task that is to be.
export const LOGS = [
  { kind: "call", label: "crm.kind.call", icon: "phone", keys: "KeyL", minutes: true, subject: true, placeholder: "crm.activities.call_hint" },
  { kind: "email", label: "crm.kind.email", icon: "mail", keys: "KeyM", subject: true, placeholder: "crm.activities.email_hint" },
  { kind: "task", label: "crm.kind.task", icon: "circle-check", keys: "KeyT", subject: true, due: true, placeholder: "crm.activities.task_hint" },
];
