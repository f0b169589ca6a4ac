/** `letterwright catch --fail ID`: a server that fails on purpose. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@letterwright/base/error";
import { failureOf, isFailureId } from "@letterwright/doctor";
import {
  faultIds,
  faultVariants,
  startFault,
  type FaultVariant,
  type RunningFault,
} from "@letterwright/receiver/faults";
import { ExitStatus } from "../exit-status.ts";

/** The flags that count here. */
export interface FailFlags {
  readonly fail: string;
  readonly host: string;
  readonly port: number;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Fails until it is interrupted.
 *
 * @throws {UsageError} `CLI_FAULT_UNKNOWN`
 */
export async function failCommand(flags: FailFlags): Promise<number> {
  const variant = variantNamed(flags.fail);
  const fault = await startFault(variant, { host: flags.host, port: flags.port });
  const caFile = flags.dir === undefined ? undefined : join(flags.dir, "letterwright-fault-ca.pem");
  if (caFile !== undefined) await writeFile(caFile, fault.ca);
  announce(fault, caFile, flags.json === true);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await fault.close();
  return ExitStatus.done;
}

/** `ID` is the first wording, `ID/WORDING` that one. */
function variantNamed(name: string): FaultVariant {
  const found =
    faultVariants.find((one) => one.name === name) ?? faultVariants.find(({ id }) => id === name);
  if (found !== undefined) return found;
  const isKnown = isFailureId(name);
  throw new UsageError(`${JSON.stringify(name)} is no failure that a server can produce`, {
    code: "CLI_FAULT_UNKNOWN",
    hint: isKnown
      ? "It happens before a server is reached, or after it has taken the mail."
      : `Choose one of: ${faultIds.join(", ")}.`,
  });
}

function announce(
  { variant, host, port, ca }: RunningFault,
  caFile: string | undefined,
  isJson: boolean,
): void {
  const { id = "", name, client } = variant;
  if (isJson) {
    console.log(
      JSON.stringify({
        schema: "letterwright.catch/1",
        event: "failing",
        id,
        variant: name,
        host,
        port,
        client: { ...client, secret: undefined },
        caFile,
        ca,
      }),
    );
    return;
  }
  const why = isFailureId(id) ? failureOf(id).why : "";
  const shownHost = host.includes(":") ? `[${host}]` : host;
  console.log(
    [
      `Failing on ${shownHost}:${port} as ${name}.`,
      `  cause      ${why}`,
      `  shows      to a client with TLS ${client.tls}${client.user === undefined ? ", without a login" : ", that logs in"}`,
      ...(caFile === undefined ? [] : [`  authority  ${caFile}`]),
      `  try        letterwright send --server ${shownHost}:${port} --tls ${client.tls}${caFile === undefined ? "" : ` --tls-ca ${caFile}`} -f ${client.from} -t ${client.to[0] ?? ""} -b Hello`,
    ].join("\n"),
  );
}
