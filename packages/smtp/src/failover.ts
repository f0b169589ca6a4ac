/** Several hosts, one connection. */
import { LetterwrightError } from "@letterwright/base/error";
import { openConnection, type Connection } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { hostsExhausted } from "./failure.ts";
import type { SmtpSettings } from "./options.ts";
import type { SmtpTarget } from "./place.ts";

/**
 * A connection to the first target that can be used. Nothing of a message has been said by then, so that the next
 * can be asked without any risk (RFC 5321 §5.1).
 */
export async function openAny(
  settings: SmtpSettings,
  options: {
    signal: AbortSignal | undefined;
    track: (exchange: Exchange) => void;
    /** Told of each target that could not be used. */
    passedOver?: (target: SmtpTarget) => void;
  },
): Promise<Connection> {
  const failures: { readonly host: string; readonly error: unknown }[] = [];
  for (const target of settings.targets) {
    try {
      return await openConnection(settings, target, options);
    } catch (error) {
      if (settings.targets.length === 1 || options.signal?.aborted === true || !isOfHost(error)) {
        throw error;
      }
      failures.push({ host: target.host, error });
      options.passedOver?.(target);
      if (settings.watch.isOn) {
        const { code } = error;
        settings.watch.tell({ connection: 0, kind: "passed over", host: target.host, code });
      }
    }
  }
  throw hostsExhausted(failures);
}

/** What is wrong with what was asked for is wrong everywhere; so is a password (RFC 4954 §4.b would count it again). */
const everywhere: ReadonlySet<string> = new Set([
  "SMTP_AUTH_WOULD_BE_PLAINTEXT",
  "SMTP_CREDENTIALS_INVALID",
  "SMTP_COMMAND_INVALID",
  "SMTP_COMMAND_TOO_LONG",
  "SMTP_BAD_SEQUENCE",
]);

function isOfHost(error: unknown): error is LetterwrightError {
  if (!LetterwrightError.is(error) || everywhere.has(error.code)) return false;
  return error.code !== "SMTP_AUTH_REFUSED" || ("retry" in error && error.retry === "later");
}
