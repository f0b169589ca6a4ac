/** `letterwright compose`: a message to standard output. */
import { fit, smtpPolicy, toStream } from "@letterwright/generator";
import type { ServerOffer } from "@letterwright/message";
import { ExitStatus } from "../exit-status.ts";
import { messageOf, type MessageFlags } from "../message-flags.ts";
import { writeOut } from "../write-out.ts";

/** No server is known: seven bits, which every one takes; UTF-8 fields only where an address needs them. */
const unknownServer: ServerOffer = { keywords: new Map([["SMTPUTF8", []]]) };

export async function compose(flags: MessageFlags): Promise<number> {
  const mail = await messageOf(flags);
  await writeOut(toStream(mail, fit(smtpPolicy, unknownServer, mail).policy));
  return ExitStatus.done;
}
