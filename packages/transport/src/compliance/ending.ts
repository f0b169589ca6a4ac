/** Aborting and closing. */
import { complianceCase, expectNothing, onlyArrival, type ComplianceCase } from "./case.ts";
import { codeOf, expectEqual, expectTrue, isCausedBy, rejectionOf } from "./expectation.ts";
import { piecewise, rawMail, toBob } from "./mail.ts";

export const endingCases: readonly ComplianceCase[] = [
  complianceCase("sends nothing when the signal has fired already", [], async (subject) => {
    const reason = new Error("not any more");
    const source = piecewise(["one\r\n"]);
    const error = await rejectionOf(
      subject.transport.send(rawMail("aborted", source), toBob, {
        signal: AbortSignal.abort(reason),
      }),
      "though the signal had fired",
    );
    expectTrue(error === reason, `it rejects with ${codeOf(error)}, not with the reason`);
    expectEqual(source.counts.opened, 0, "sources opened");
    await expectNothing(subject, "though the signal had fired");
  }),

  complianceCase(
    "leaves nothing when the signal fires while content is read",
    [],
    async (subject) => {
      const stop = new AbortController();
      const reason = new Error("enough");
      const source = piecewise(["one\r\n", "two\r\n"], { hang: () => stop.abort(reason) });
      const error = await rejectionOf(
        subject.transport.send(rawMail("aborted", source), toBob, { signal: stop.signal }),
        "though the signal fired",
      );
      expectTrue(
        isCausedBy(error, reason),
        `it rejects with ${codeOf(error)}, not with the reason`,
      );
      expectEqual(source.counts.ended, source.counts.opened, "sources given back");
      await expectNothing(subject, "though the signal fired");
    },
  ),

  complianceCase("takes nothing after it is closed, and closes twice", [], async (subject) => {
    await subject.transport.send(rawMail("before"), toBob);
    await subject.transport.close();
    await subject.transport.close();
    await subject.transport[Symbol.asyncDispose]();
    const error = await rejectionOf(
      subject.transport.send(rawMail("after"), toBob),
      "by a closed transport",
    );
    expectEqual(codeOf(error), "TRANSPORT_CLOSED", "the code");
    await onlyArrival(subject);
  }),

  complianceCase("lets what is under way end when it is closed", [], async (subject) => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const sending = subject.transport.send(async () => {
      await gate;
      return rawMail("under way");
    }, toBob);
    sending.catch(() => undefined); // looked at below
    const closing = subject.transport.close();
    release();
    await closing;
    expectEqual((await sending).accepted.length, 1, "recipients that were accepted");
    await onlyArrival(subject);
  }),

  complianceCase("ends what is under way when closing is cut short", [], async (subject) => {
    const stop = new AbortController();
    const source = piecewise(["one\r\n"], { hang: () => stop.abort(new Error("no patience")) });
    const sending = subject.transport.send(rawMail("cut short", source), toBob);
    const settled = rejectionOf(sending, "though closing was cut short");
    settled.catch(() => undefined);
    const closing = subject.transport.close({ signal: stop.signal });
    await closing;
    await settled;
    await expectNothing(subject, "though closing was cut short");
  }),
];
