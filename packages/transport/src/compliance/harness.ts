/** What the compliance suite asks of those who run it. */
import { LetterwrightError } from "@letterwright/base/error";
import type { Mailbox } from "@letterwright/message";
import type { Transport } from "../transport.ts";

/** What a transport may or may not do; a case runs where all that it needs is declared. */
export type ComplianceCapability =
  /** `arrived` gives the very bytes that were sent, when the last line of them is ended. */
  | "exact-bytes"
  /** `arrived` gives the envelope. */
  | "envelope"
  /** Messages that require 8BITMIME are taken. */
  | "8BITMIME"
  /** Messages that require SMTPUTF8 are taken. */
  | "SMTPUTF8"
  /** Messages that require BINARYMIME are taken. */
  | "BINARYMIME"
  /** The other side knows local-parts in quotes: not every server does. */
  | "quoted-local-parts"
  /** Single recipients can be refused: the subject names one in `refuses`. */
  | "refusal";

/** A message on the other side. */
export interface ArrivedMessage {
  readonly bytes: Uint8Array;
  /** The address of the reverse-path, `""` for the null one. With `"envelope"` only. */
  readonly reversePath?: string;
  /** The addresses of the recipients, in order. With `"envelope"` only. */
  readonly recipients?: readonly string[];
}

/** A fresh transport, and a look at the other side of it. */
export interface ComplianceSubject extends AsyncDisposable {
  readonly transport: Transport;
  /** Everything that has arrived since the subject was made, the oldest first. */
  arrived(): Promise<readonly ArrivedMessage[]>;
  /** A mailbox that the other side refuses for good. With `"refusal"` only. */
  readonly refuses?: Mailbox;
}

/** How the suite gets at a transport. */
export interface ComplianceHarness {
  readonly capabilities: readonly ComplianceCapability[];
  /** A transport that nobody has used; the case closes it and then disposes of the subject. */
  open(): Promise<ComplianceSubject>;
}

/** A promise of the `Transport` port that was not kept. */
export class ComplianceError extends LetterwrightError<"TRANSPORT_NOT_COMPLIANT"> {
  override readonly name: string = "ComplianceError";

  constructor(message: string, cause?: unknown) {
    super(message, {
      code: "TRANSPORT_NOT_COMPLIANT",
      hint: "The documentation of `Transport` and of `SendReceipt` says what every transport promises.",
      cause,
    });
  }
}
