/** Parts without parts: how their content is written, and what that asks of its way. */
import { isAsciiBytes } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import type {
  BytesBody,
  ContentType,
  Part,
  TextBody,
  TransferEncoding,
} from "@letterwright/message";
import {
  asTheyAre,
  encodeBytes,
  encodeSource,
  encodeText,
  inBase64,
  isEncoded,
  type EncodedBody,
} from "./body.ts";
import { encodingIn, typeIn, type Described } from "./content-fields.ts";
import { faultInOctets } from "./gate.ts";
import type { Policy } from "./policy.ts";

/** The content of a part, and what the part says of it. */
export interface Leaf {
  readonly encoded: EncodedBody;
  readonly type: ContentType | undefined;
  readonly parameters: Described;
}

const noParameters: Described = Object.freeze({});

/** @throws {UsageError} `ENCODING_IMPOSSIBLE` */
export function textLeaf(part: Part, body: TextBody, policy: Policy, isSigned: boolean): Leaf {
  const type = typeIn(part);
  const isPlain = type === undefined || type.type === "text/plain";
  const encoded = encodeText(body, encodingIn(part), policy, { isPlain, isSigned });
  const charset = encoded.charset as string;
  const parameters = encoded.isFlowed ? { charset, format: "flowed" } : { charset };
  return { encoded, type: type ?? { type: "text/plain", parameters: {} }, parameters };
}

/** @throws {UsageError} `ENCODING_IMPOSSIBLE`, `MESSAGE_PART_NOT_PLAIN` */
export function bytesLeaf(part: Part, { source }: BytesBody, policy: Policy): Leaf {
  const type = typeIn(part);
  const name = type?.type ?? "text/plain";
  const declared = encodingIn(part);
  return { encoded: encodedBytes(), type, parameters: noParameters };

  function encodedBytes(): EncodedBody {
    const { bytes } = source;
    if (name.startsWith("message/")) {
      const toBeEncoded = declared !== undefined && isEncoded(declared);
      if (toBeEncoded && !mayBeEncoded(name)) throw notPlain(name, `it declares ${declared}`);
      if (bytes !== undefined && !toBeEncoded) return encodePlain(bytes, name, policy);
      if (bytes === undefined && declared === undefined && !mayBeEncoded(name)) {
        throw notPlain(name, "content that is not in memory");
      }
    }
    return bytes === undefined
      ? encodeSource(source, declared, policy)
      : encodeBytes(bytes, name, declared, policy);
  }
}

/**
 * RFC 2046 §5.2.1: a message inside a message is never encoded; but message/global may be, where eight
 * bits cannot pass (RFC 6532 §3.7, RFC 6533 §3).
 */
function encodePlain(bytes: Uint8Array, name: string, policy: Policy): EncodedBody {
  const { lineEnd, transferEncoding } = policy;
  const found = faultInOctets(bytes, { lineEnd, eightBit: transferEncoding !== "7bit" });
  if (found === undefined) return asTheyAre(bytes, isAsciiBytes(bytes) ? "7bit" : "8bit");
  if (transferEncoding === "binary") return asTheyAre(bytes, "binary");
  if (mayBeEncoded(name)) return inBase64(bytes);
  throw notPlain(name, found);
}

function mayBeEncoded(name: string): boolean {
  return name.startsWith("message/global");
}

export function notPlain(name: string, found: string): UsageError {
  return new UsageError(`a part of type ${name} cannot be written as it is: ${found}`, {
    code: "MESSAGE_PART_NOT_PLAIN",
    hint: "Nothing encodes it (RFC 2046 §5.2.1): it has to be in memory, in CRLF lines of at most 998 ASCII characters. Or attach it as application/octet-stream.",
  });
}

/** What a body asks of its way: 0 for seven bits, 1 for eight, 2 for anything. */
export type Level = 0 | 1 | 2;

export function levelOf(encoding: TransferEncoding): Level {
  return encoding === "binary" ? 2 : encoding === "8bit" ? 1 : 0;
}

export function encodingOf(level: Level): TransferEncoding {
  return level === 2 ? "binary" : level === 1 ? "8bit" : "7bit";
}
