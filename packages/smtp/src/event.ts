/** What a transport does, told as it happens; already free of secrets. */
import type { TlsReport } from "@letterwright/tls";

/** One thing that happened. */
export type SmtpEvent =
  | {
      readonly kind: "connected";
      readonly host: string;
      readonly port: number;
      readonly address: string;
    }
  | { readonly kind: "secured"; readonly report: TlsReport }
  /** A command, as it was sent; secrets are stars. */
  | { readonly kind: "command"; readonly line: string }
  /** A reply; the text is untrusted. */
  | { readonly kind: "reply"; readonly code: number; readonly text: string }
  /** The content of a message went out. */
  | { readonly kind: "content"; readonly byteLength: number }
  | { readonly kind: "closed" };
