/** Addresses in text: RFC 5322 §3.4, with RFC 6532 characters. Two strict readers and a lenient one. */
import type { Defect, Report } from "@letterwright/base/defect";
import { LimitError } from "@letterwright/base/error";
import type { Address, Mailbox } from "./mailbox.ts";
import { LenientScanner } from "./obsolete.ts";
import { AddressScanner } from "./scanner.ts";

/** What the readers of addresses can be told. */
export interface AddressLimits {
  /** Characters (UTF-16 units) that are read at most. Default 1,048,576. */
  readonly maxLength?: number;
}

/** What {@link readAddressList} may find. */
export type AddressDefectCode = "ADDRESS_SYNTAX" | "ADDRESS_OBSOLETE" | "ENCODED_WORD_QUOTED";

/** What {@link readAddressList} can be told. */
export interface ReadAddressesOptions extends AddressLimits {
  /**
   * Makes the text of a phrase from its atoms, for example `decodeWords` of `@letterwright/base/codec`.
   * Text in quotes never comes here: no encoded-word stands in a quoted-string (RFC 2047 §5). Default:
   * nothing is decoded.
   */
  readonly decodePhrase?: (atoms: string, report: Report) => string;
}

/** What {@link readAddressList} gives. */
export interface AddressListReading {
  readonly addresses: readonly Address[];
  /** With indices into the text, in the order of reading. */
  readonly defects: readonly Defect[];
}

const defaultMaxLength = 1_048_576;

/**
 * Text that is exactly one mailbox: `jane@example.com` or `Jane Doe <jane@example.com>`.
 *
 * @throws {SyntaxFaultError} `ADDRESS_SYNTAX`, with a caret under the first character that does not fit
 * @throws {LimitError} `ADDRESS_LIMIT` for text longer than `maxLength`
 * @example
 * ```ts
 * import { parseMailbox } from "@letterwright/message";
 *
 * parseMailbox('"Doe, Jane" <jane@example.com>').name; // => "Doe, Jane"
 * ```
 */
export function parseMailbox(text: string, limits?: AddressLimits): Mailbox {
  assertLength(text, limits);
  const scanner = new AddressScanner(text);
  scanner.skipBlanks();
  const address = scanner.address();
  scanner.skipBlanks();
  if (address.kind === "group") return scanner.fault("expected one mailbox, found a group", 0);
  if (scanner.isAtComma) scanner.fault("expected one mailbox, found a list");
  if (!scanner.isAtEnd) scanner.fault("expected the end of the mailbox");
  return address;
}

/**
 * Text that is a list of mailboxes and groups, separated by commas; at least one.
 *
 * @throws {SyntaxFaultError} `ADDRESS_SYNTAX`, with a caret under the first character that does not fit
 * @throws {LimitError} `ADDRESS_LIMIT` for text longer than `maxLength`
 * @example
 * ```ts
 * import { parseAddressList } from "@letterwright/message";
 *
 * parseAddressList("jane@example.com, Team: joe@example.com;").length; // => 2
 * ```
 */
export function parseAddressList(text: string, limits?: AddressLimits): readonly Address[] {
  assertLength(text, limits);
  const addresses: Address[] = [];
  new AddressScanner(text).elements(addresses);
  return Object.freeze(addresses);
}

/**
 * A list of addresses as it is found in mail, with the obsolete forms of RFC 5322 §4.4: dots in names,
 * source routes, blanks around dots, empty elements. Each of them is an `ADDRESS_OBSOLETE` defect. An
 * element that is no address is left out with an `ADDRESS_SYNTAX` defect; none is made up from its rest.
 *
 * @throws {LimitError} `ADDRESS_LIMIT` for text longer than `maxLength`
 * @example
 * ```ts
 * import { readAddressList } from "@letterwright/message";
 *
 * const { addresses, defects } = readAddressList("John Q. Public <john@example.com>, nobody");
 * addresses.length; // => 1
 * defects.map((defect) => defect.code); // => ["ADDRESS_OBSOLETE", "ADDRESS_SYNTAX"]
 * ```
 */
export function readAddressList(
  text: string,
  options: ReadAddressesOptions = {},
): AddressListReading {
  assertLength(text, options);
  const defects: Defect[] = [];
  const addresses = scanAddresses(text, options.decodePhrase, (code, index, message) =>
    defects.push(Object.freeze({ code, index, message })),
  );
  return Object.freeze({ addresses, defects: Object.freeze(defects) });
}

/** The same of a text of any length, which tells what it finds when it is found. */
export function scanAddresses(
  text: string,
  decodePhrase: ReadAddressesOptions["decodePhrase"],
  report: Report,
): readonly Address[] {
  const addresses: Address[] = [];
  new LenientScanner(text, decodePhrase, report).elements(addresses);
  return Object.freeze(addresses);
}

function assertLength(text: string, limits: AddressLimits = {}): void {
  const { maxLength = defaultMaxLength } = limits;
  if (text.length <= maxLength) return;
  throw new LimitError(`the text of ${text.length} characters is too long for addresses`, {
    code: "ADDRESS_LIMIT",
    hint: "Split the list, or allow more with maxLength.",
    limit: maxLength,
    option: "maxLength",
  });
}
