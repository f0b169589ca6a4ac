/** `letterwright compose`: a message to standard output. */
import { toChunks } from "@letterwright/generator";
import { ExitStatus } from "../exit-status.ts";
import { messageOf, type MessageFlags } from "../message-flags.ts";
import { writeOut } from "../write-out.ts";

export async function compose(flags: MessageFlags): Promise<number> {
  await writeOut(toChunks(messageOf(flags)));
  return ExitStatus.done;
}
