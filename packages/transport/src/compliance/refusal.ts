/** What is refused, and that nothing of it arrives. */
import { envelope, type ByteSource, type RawMessage } from "@letterwright/message";
import { DeliveryError } from "../delivery-error.ts";
import { complianceCase, expectNothing, onlyArrival, type ComplianceCase } from "./case.ts";
import { codeOf, expectEqual, expectTrue, isCausedBy, rejectionOf } from "./expectation.ts";
import { ComplianceError, type ComplianceSubject } from "./harness.ts";
import { ana, bob, piecewise, rawMail, toBob, withField } from "./mail.ts";

/** A case in which this message is refused with this code, and nothing arrives. */
function refused(
  name: string,
  raw: () => RawMessage,
  code: string,
  unless?: "SMTPUTF8" | "BINARYMIME",
): ComplianceCase {
  return complianceCase(name, [], async (subject, { capabilities }) => {
    if (unless !== undefined && capabilities.includes(unless)) return;
    const error = await rejectionOf(subject.transport.send(raw(), toBob), "all the same");
    expectEqual(codeOf(error), code, "the code");
    await expectNothing(subject, "though it was refused");
  });
}

/** A case in which the content goes wrong on its way. */
function broken(name: string, body: () => ByteSource, cause?: Error): ComplianceCase {
  return complianceCase(name, [], async (subject) => {
    const error = await rejectionOf(
      subject.transport.send(rawMail("broken", body()), toBob),
      "though half of the message is missing",
    );
    if (cause !== undefined) {
      expectTrue(isCausedBy(error, cause), `the source's own error is lost: ${codeOf(error)}`);
    }
    await expectNothing(subject, "though the content was not whole");
  });
}

const bareLineEnd = "OUTGOING_BARE_LINE_END";
const failure = new Error("the disk is gone");

/** The mailbox that the other side refuses. */
function refusedMailbox({ refuses }: ComplianceSubject): NonNullable<ComplianceSubject["refuses"]> {
  if (refuses !== undefined) return refuses;
  throw new ComplianceError('the harness declares "refusal", and its subject names nobody');
}

export const refusalCases: readonly ComplianceCase[] = [
  refused(
    "refuses a Bcc field",
    () => withField(rawMail("bcc"), "Bcc: x@y.example"),
    "OUTGOING_HAS_BCC",
  ),
  refused(
    "refuses a Resent-Bcc field, in any case",
    () => withField(rawMail("bcc"), "RESENT-BCC: x@y.example"),
    "OUTGOING_HAS_BCC",
  ),
  refused(
    "refuses a bare LF in a field (RFC 5321 §2.3.8)",
    () => withField(rawMail("lf"), "X: a\nb"),
    bareLineEnd,
  ),
  refused("refuses a bare CR in a field", () => withField(rawMail("cr"), "X: a\rb"), bareLineEnd),
  refused("refuses a bare LF in the body", () => rawMail("lf", "a\n.\r\nb\r\n"), bareLineEnd),
  refused("refuses a bare CR in the body", () => rawMail("cr", "a\r.\r\nb\r\n"), bareLineEnd),
  refused(
    "refuses a bare LF in a stream",
    () => rawMail("lf", piecewise(["a\r\n", "b\n", ".\r\n"])),
    bareLineEnd,
  ),
  refused(
    "refuses a CR and an LF that a stream parts with a dot",
    () => rawMail("cr", piecewise(["a\r", ".", "\r\n"])),
    bareLineEnd,
  ),
  refused(
    "refuses a NUL in the body (RFC 2045 §2.7)",
    () => rawMail("nul", "a\0b\r\n"),
    "OUTGOING_HAS_NUL",
  ),
  refused(
    "refuses a NUL in a stream",
    () => rawMail("nul", piecewise(["a\r\n", "\0.\r\n"])),
    "OUTGOING_HAS_NUL",
  ),
  refused(
    "refuses what needs SMTPUTF8 where it is not offered (RFC 6531 §3.1)",
    () => rawMail("Grüße", "Hello\r\n", ["SMTPUTF8"]),
    "OUTGOING_REQUIREMENT_NOT_OFFERED",
    "SMTPUTF8",
  ),
  refused(
    "refuses what needs BINARYMIME where it is not offered (RFC 3030 §3)",
    () => rawMail("binary", "a\nb", ["BINARYMIME"]),
    "OUTGOING_REQUIREMENT_NOT_OFFERED",
    "BINARYMIME",
  ),

  broken(
    "leaves nothing of a source that fails at once",
    () => piecewise([], { fail: failure }),
    failure,
  ),
  broken(
    "leaves nothing of a source that fails in the middle",
    () => piecewise(["one\r\n", "two\r\n"], { fail: failure }),
    failure,
  ),
  broken(
    "leaves nothing of a source that fails after the last line",
    () => piecewise(["one\r\n", "\r\n"], { fail: failure }),
    failure,
  ),
  broken("leaves nothing of a source that ends early", () =>
    piecewise(["one\r\n"], { byteLength: 500 }),
  ),
  broken("leaves nothing of a source that gives more than it said", () =>
    piecewise(["one\r\n", "two\r\n"], { byteLength: 5 }),
  ),

  complianceCase("gives back a source that went wrong", [], async ({ transport }) => {
    const source = piecewise(["one\r\n", "\n", "three\r\n"]);
    await rejectionOf(transport.send(rawMail("back", source), toBob), "with a bare LF");
    expectEqual(source.counts.ended, source.counts.opened, "sources given back");
  }),

  complianceCase("rejects with what the function threw", [], async (subject) => {
    const error = await rejectionOf(
      subject.transport.send(() => {
        throw failure;
      }, toBob),
      "though there is no message",
    );
    expectTrue(isCausedBy(error, failure), `the function's own error is lost: ${codeOf(error)}`);
    await expectNothing(subject, "though there is no message");
  }),

  complianceCase(
    "serves the others when one is refused, and says who",
    ["refusal"],
    async (subject) => {
      const nobody = refusedMailbox(subject);
      const to = envelope({ reversePath: ana, recipients: [bob, nobody] });
      const error = await rejectionOf(subject.transport.send(rawMail("partial"), to), "for all");
      if (!(error instanceof DeliveryError))
        throw new ComplianceError("it is no DeliveryError", error);
      expectEqual(error.code, "DELIVERY_PARTIAL", "the code");
      expectEqual(error.retry, "no", "retry: whoever was accepted has it");
      expectEqual(
        error.receipt?.accepted.map(({ mailbox }) => mailbox),
        [bob],
        "those accepted",
      );
      expectEqual(
        error.refused.map(({ mailbox }) => mailbox),
        [nobody],
        "those refused",
      );
      expectEqual(
        error.remaining.recipients.map(({ mailbox }) => mailbox),
        [nobody],
        "the remaining",
      );
      expectEqual(error.remaining.reversePath, ana, "the reverse-path of the remaining");
      const [reply] = error.refused.map((one) => one.reply);
      expectTrue((reply?.code ?? 0) >= 400, `the refusing reply is ${reply?.code}`);
      await onlyArrival(subject);
    },
  ),

  complianceCase("serves nobody when all are refused", ["refusal"], async (subject) => {
    const to = envelope({ reversePath: ana, recipients: [refusedMailbox(subject)] });
    const error = await rejectionOf(subject.transport.send(rawMail("refused"), to), "for nobody");
    if (!(error instanceof DeliveryError))
      throw new ComplianceError("it is no DeliveryError", error);
    expectEqual(error.code, "DELIVERY_REFUSED", "the code");
    expectEqual(error.receipt, undefined, "the receipt");
    await expectNothing(subject, "though everyone was refused");
  }),
];
