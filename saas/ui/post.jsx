// Forms that change who is signed in go by plain HTTP, so that cookies can be set; then the page loads anew.

/** Post fields to one of our routes. Gives {to} or {errors: [{key, params, field}]}; goes to `to` unless told not to. */
export async function post(path, fields, { follow = true } = {}) {
  const { token } = await (await fetch("/csrf", { headers: { accept: "application/json" } })).json();
  const answer = await fetch(path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json", "x-csrf-token": token },
    body: JSON.stringify(fields),
  });
  const said = await answer.json().catch(() => ({ errors: [{ key: "errors.unexpected", params: { code: answer.status } }] }));
  if (said.to && follow) location.assign(said.to);
  return said;
}
