import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utf8 } from "@letterwright/base/bytes";
import { bytesOf, envelope, mailbox, once, type RawMessage } from "@letterwright/message";
import { DeliveryError, OutcomeUnknownError } from "@letterwright/transport";
import { sendmailTransport } from "@letterwright/transport/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { givenTo, pretendedSendmail } from "./harnesses.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "letterwright-sendmail-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const to = envelope({ reversePath: "ana@example.com", recipients: ["bob@example.org"] });
const toTwo = envelope({
  reversePath: "ana@example.com",
  recipients: ["bob@example.org", "eve@example.org"],
});
const raw: RawMessage = {
  fields: [{ name: "Subject", bytes: utf8("Subject: Hi\r\n") }],
  separator: utf8("\r\n"),
  body: bytesOf("one\r\n.\r\ntwo\r\n"),
  requires: new Set(),
};
const large = bytesOf("0123456789abcdef0123456789abcde\r\n".repeat(30_000));

describe("what the command is given", () => {
  it("is flags, the reverse-path and the recipients, each an argument, and lines as Unix ends them", async () => {
    const transport = sendmailTransport({ command: pretendedSendmail(folder), args: ["-oem"] });
    const receipt = await transport.send(raw, toTwo);
    expect(givenTo(folder)).toEqual([
      {
        args: ["-oem", "-i", "-f", "ana@example.com", "--", "bob@example.org", "eve@example.org"],
        input: "Subject: Hi\n\none\n.\ntwo\n",
      },
    ]);
    expect(receipt).toMatchObject({
      acceptedBy: join(folder, "sendmail"),
      byteLength: 28,
      protection: { kind: "local" },
    });
  });

  it("is lines as they travel where that is asked for, and -B8BITMIME where it is needed", async () => {
    const offer = { keywords: new Map([["8BITMIME", []]]) };
    const transport = sendmailTransport({
      command: pretendedSendmail(folder),
      lineEnd: "\r\n",
      offer,
    });
    await transport.send({ ...raw, requires: new Set(["8BITMIME"]) }, to);
    const [given] = givenTo(folder);
    expect(given?.input).toBe("Subject: Hi\r\n\r\none\r\n.\r\ntwo\r\n");
    expect(given?.args).toEqual([
      "-i",
      "-B8BITMIME",
      "-f",
      "ana@example.com",
      "--",
      "bob@example.org",
    ]);
  });

  // The classes of CVE-2016-10033 and CVE-2020-7769: an address that becomes a flag, or a word of a shell.
  it.each([
    ["-oQ/tmp", "<-oQ/tmp@example.org>"],
    ["-X/tmp/log", "<-X/tmp/log@example.org>"],
    ["-", "<-@example.org>"],
    ["-oQ/tmp -X/tmp/log.php", '"-oQ/tmp -X/tmp/log.php"@example.org'],
    ['a" -X/tmp/log "b', '"a\\" -X/tmp/log \\"b"@example.org'],
    ["$(touch made)", '"$(touch made)"@example.org'],
    ["`touch made`", '"`touch made`"@example.org'],
    ["a; touch made", '"a; touch made"@example.org'],
    ["|touch made", '"|touch made"@example.org'],
    ["a, eve", '"a, eve"@example.org'],
    ["%s${IFS}&&", "%s${IFS}&&@example.org"],
  ])("is one argument for %j, as recipient and as sender", async (localPart, argument) => {
    const hostile = mailbox({ localPart, domain: "example.org" });
    const transport = sendmailTransport({ command: pretendedSendmail(folder) });
    await transport.send(raw, envelope({ reversePath: hostile, recipients: [hostile] }));
    expect(givenTo(folder)[0]?.args).toEqual(["-i", "-f", argument, "--", argument]);
    expect(existsSync("made")).toBe(false);
    expect(readdirSync(folder)).not.toContain("made");
  });

  it("is <> for the null reverse-path, and A-labels without SMTPUTF8", async () => {
    const transport = sendmailTransport({ command: pretendedSendmail(folder) });
    await transport.send(raw, envelope({ reversePath: null, recipients: ["bob@exämple.de"] }));
    expect(givenTo(folder)[0]?.args).toEqual(["-i", "-f", "<>", "--", "bob@xn--exmple-cua.de"]);
  });

  it("is never a wish for reports or for TLS: it is refused, or left out where that was said", async () => {
    const transport = sendmailTransport({ command: pretendedSendmail(folder) });
    const one = { mailbox: "bob@example.org", notify: "never" } as const;
    for (const init of [
      { recipients: [one] },
      { recipients: ["bob@example.org"], reports: { id: "7" } },
    ]) {
      await expect(
        transport.send(raw, envelope({ reversePath: null, ...init })),
      ).rejects.toMatchObject({ code: "TRANSPORT_OPTION_UNSUPPORTED" });
    }
    for (const options of [
      { requireTls: true },
      { mailParameters: () => ({ "MT-PRIORITY": "3" }) },
    ]) {
      await expect(transport.send(raw, to, options)).rejects.toMatchObject({
        code: "TRANSPORT_OPTION_UNSUPPORTED",
      });
    }
    expect(givenTo(folder)).toEqual([]);
    const wishing = envelope({ reversePath: null, recipients: [one] });
    await transport.send(raw, wishing, { dsn: "ifOffered", mailParameters: () => ({}) });
    expect(givenTo(folder)[0]?.args).toEqual(["-i", "-f", "<>", "--", "bob@example.org"]);
  });
});

describe("how the command ends", () => {
  const ending = (more: string): ReturnType<typeof sendmailTransport> =>
    sendmailTransport({ command: pretendedSendmail(folder, more) });
  const afterReading = (status: number, words: string): string =>
    `readFileSync(0); process.stderr.write(${JSON.stringify(words)}); process.exit(${status});`;

  it.each([
    [64, 501, "5.5.4", "no", "EX_USAGE"],
    [65, 501, "5.6.0", "no", "EX_DATAERR"],
    [67, 550, "5.1.1", "no", "EX_NOUSER"],
    [68, 550, "5.1.2", "no", "EX_NOHOST"],
    [69, 554, "5.0.0", "no", "EX_UNAVAILABLE"],
    [71, 451, "4.3.0", "later", "EX_OSERR"],
    [74, 451, "4.3.0", "later", "EX_IOERR"],
    [75, 450, "4.0.0", "later", "EX_TEMPFAIL"],
    [77, 550, "5.7.0", "no", "EX_NOPERM"],
    [78, 554, "5.3.5", "no", "EX_CONFIG"],
    [3, 554, "5.0.0", "no", "exit 3"],
  ])(
    "%i: a refusal %i %s, retry %s, in its own words",
    async (status, code, enhanced, retry, name) => {
      const sending = ending(afterReading(status, "no \u001b[31msuch\n")).send(raw, to);
      const error: unknown = await sending.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DeliveryError);
      expect(error).toMatchObject({
        code: "DELIVERY_REFUSED",
        retry,
        receipt: undefined,
        refused: [
          { retry, reply: { code, enhancedStatus: enhanced, text: `${name}: no ·[31msuch` } },
        ],
        remaining: to,
      });
    },
  );

  it("67 for one of several: nobody knows who of them has it", async () => {
    const error: unknown = await ending(afterReading(67, ""))
      .send(raw, toTwo)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({
      code: "SENDMAIL_OUTCOME_UNKNOWN",
      retry: "no",
      receipt: { accepted: [], refused: [], acceptedBy: join(folder, "sendmail") },
    });
    expect((error as OutcomeUnknownError).unknown).toEqual(
      toTwo.recipients.map((one) => one.mailbox),
    );
  });

  it("at once, with a status: what it refused it does not have to read", async () => {
    const error = { code: "DELIVERY_REFUSED", retry: "later" };
    await expect(
      ending("process.exit(75);").send({ ...raw, body: large }, toTwo),
    ).rejects.toMatchObject(error);
    // And who waits for a source that hangs is told as well.
    const hanging = once(
      (async function* () {
        yield utf8("one\r\n");
        await new Promise(() => undefined);
      })(),
    );
    await expect(
      ending("process.exit(75);").send({ ...raw, body: hanging }, to),
    ).rejects.toMatchObject(error);
  });

  it("with 0 before it has read the message", async () => {
    await expect(
      ending("process.exit(0);").send({ ...raw, body: large }, to),
    ).rejects.toMatchObject({
      code: "SENDMAIL_INPUT_UNREAD",
      unknown: [{ localPart: "bob" }],
    });
  });

  it("by a signal, before and after it has the message", async () => {
    const die = "process.kill(process.pid, 'SIGKILL'); for (;;);";
    await expect(ending(die).send({ ...raw, body: large }, to)).rejects.toMatchObject({
      name: "SendmailError",
      code: "SENDMAIL_FAILED",
    });
    await expect(ending(`readFileSync(0); ${die}`).send(raw, to)).rejects.toMatchObject({
      code: "SENDMAIL_OUTCOME_UNKNOWN",
      unknown: [{ localPart: "bob" }],
    });
  });

  it("not in time, before and after it has the message", async () => {
    const hang = "setInterval(() => undefined, 1000); return;";
    const command = pretendedSendmail(folder, hang);
    const transport = sendmailTransport({ command, timeoutMs: 400 });
    await expect(transport.send({ ...raw, body: large }, to)).rejects.toMatchObject({
      code: "SENDMAIL_TIMEOUT",
      retry: "later",
    });
    await expect(transport.send(raw, to)).rejects.toMatchObject({
      code: "SENDMAIL_OUTCOME_UNKNOWN",
      retry: "no",
      cause: { code: "SENDMAIL_TIMEOUT" },
    });
  });

  it("keeps the beginning of what it says, though it never stops talking", async () => {
    const talk = "readFileSync(0); process.stderr.write('x'.repeat(5e6), () => process.exit(70));";
    const sending = ending(`${talk} return;`).send(raw, to);
    const error = (await sending.catch((reason: unknown) => reason)) as DeliveryError;
    expect(error.refused[0]?.reply.text).toBe(`EX_SOFTWARE: ${"x".repeat(2000)}`);
  });
});

describe("a message that does not become whole", () => {
  const fails = new Error("the disk is gone");
  const failing = (): RawMessage["body"] =>
    once(
      (async function* () {
        yield utf8("one\r\n");
        throw fails;
      })(),
    );

  it("is taken by nobody: the command is killed before its input ends", async () => {
    const transport = sendmailTransport({ command: pretendedSendmail(folder) });
    await expect(transport.send({ ...raw, body: failing() }, to)).rejects.toBe(fails);
    expect(readdirSync(folder).filter((name) => name.endsWith(".started"))).toHaveLength(
      readdirSync(folder).length - 1,
    );
    expect(givenTo(folder)).toEqual([]);
  });

  it.runIf(process.platform !== "win32")("and so is what the command has started", async () => {
    const inner = pretendedSendmail(folder);
    const wrapper = join(folder, "wrapper");
    writeFileSync(wrapper, `#!/bin/sh\n"${inner}" "$@"\nexit $?\n`);
    chmodSync(wrapper, 0o755);
    const started = (): boolean => readdirSync(folder).some((name) => name.endsWith(".started"));
    const body = once(
      (async function* () {
        yield utf8("one\r\n");
        while (!started()) await new Promise((resolve) => setTimeout(resolve, 10));
        throw fails;
      })(),
    );
    await expect(sendmailTransport({ command: wrapper }).send({ ...raw, body }, to)).rejects.toBe(
      fails,
    );
    // What was killed cannot write any more; what was not would do so now.
    await sendmailTransport({ command: wrapper }).send(raw, to);
    expect(givenTo(folder)).toHaveLength(1);
  });
});

describe("a command that is not there", () => {
  it.each([["/nowhere/sendmail"], ["no-such-sendmail"]])("%s", async (command) => {
    const transport = sendmailTransport({ command });
    await expect(transport.send(raw, to)).rejects.toMatchObject({ code: "SENDMAIL_CANNOT_START" });
  });
  it("verify tells beforehand, and starts nothing", async () => {
    const error = { code: "SENDMAIL_CANNOT_START" };
    await expect(sendmailTransport({ command: "/nowhere" }).verify()).rejects.toMatchObject(error);
    const command = pretendedSendmail(folder);
    await expect(sendmailTransport({ command }).verify()).resolves.toBeUndefined();
    expect(readdirSync(folder)).toEqual(["sendmail"]);
  });
  it.each([[{ command: "" }], [{ args: ["--"] }], [{ timeoutMs: 0 }], [{ timeoutMs: Number.NaN }]])(
    "refuses %j",
    (options) => {
      expect(() => sendmailTransport(options)).toThrow(
        expect.objectContaining({ code: "SENDMAIL_OPTION_INVALID" }),
      );
    },
  );
});
