// An invitation: who invites to what, then the shortest form that fits who opens it.
import { useEffect, useState } from "react";
import { Button } from "$/public/external/saas/ui/library/parts.jsx";
import { HttpForm } from "$/public/external/saas/ui/library/plainform.jsx";
import { post } from "$/public/external/saas/ui/library/post.jsx";
import { useText } from "$/public/external/saas/ui/library/text.jsx";

export function Invitation() {
  const t = useText();
  const [offer, setOffer] = useState(null);
  const [gone, setGone] = useState(null);
  useEffect(() => {
    const token = new URLSearchParams(location.search).get("token") ?? "";
    post("/invitation/look", { token }).then((said) => (said.offer ? setOffer(said.offer) : setGone(said.errors[0])), () => setGone({ key: "form.no_answer" }));
  }, []);
  if (gone) {
    const known = gone.key === "members.errors.invitation_gone";
    return (
      <>
        <div role="alert"><h1>{t("invitation.gone")}</h1><p className="lead">{known ? t("invitation.gone_text") : t(gone.key, gone.params)}</p></div>
        {/* Whoever has accepted it before comes in by the usual door. */}
        <div className="row wraps">
          {known ? <Button kind="pri" size="lg" label={t("public.sign_in")} href="/signin" /> : <Button kind="pri" size="lg" label={t("ui.try_again")} onClick={() => location.reload()} />}
          <Button size="lg" label={t("missing.front")} href="/" />
        </div>
      </>
    );
  }
  if (!offer) return <><h1 className="muted">{t("invitation.title")}</h1><p className="muted" role="status">{t("invitation.loading")}</p></>;
  const role = ["owner", "admin", "rep", "viewer"].includes(offer.role) ? t(`roles.${offer.role}`) : offer.role;
  const fields = [
    ...(offer.known ? [] : [{ name: "name", label: "invitation.name", autocomplete: "name", value: offer.name, max: 80 }]),
    {
      name: "password", label: "invitation.password", type: "password",
      autocomplete: offer.known ? "current-password" : "new-password", help: offer.known ? undefined : "signup.password_help",
    },
  ];
  return (
    <>
      <div>
        <h1>{t("invitation.headline", { company: offer.company })}</h1>
        <p className="lead">{t("invitation.lead", { inviter: offer.inviter, role, email: offer.email })}</p>
      </div>
      <HttpForm action="/invitation" fields={fields} submit={offer.known ? "invitation.submit_known" : "invitation.submit_new"} query={["token"]} />
    </>
  );
}
