/** What a message says of its own trustworthiness. Nothing of it is checked here, and the line says so. */
import { defuse } from "@letterwright/base/display";
import { dkimSignature, hasField, listUnsubscribe, type Message } from "@letterwright/message";

/** `"DKIM signed by example.com, not checked · no List-Unsubscribe"`. */
export function trustLine(mail: Message): string {
  const signers = mail.fields
    .filter(({ name }) => name.toLowerCase() === dkimSignature.name.toLowerCase())
    .map(({ wire = "" }) => /(?:^|;)\s*d\s*=\s*([^\s;]+)/.exec(wire)?.[1] ?? "nobody");
  const dkim =
    signers.length === 0
      ? "DKIM none"
      : `DKIM signed by ${[...new Set(signers)].join(", ")}, not checked`;
  return defuse(`${dkim}, ${hasField(mail, listUnsubscribe) ? "" : "no "}List-Unsubscribe`);
}
