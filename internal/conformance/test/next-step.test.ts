/** What the doctor says to do is done, and then it works: for one failure each. */
import { createMailer, createTlsContext, type SmtpOptions } from "@letterwright/mailer";
import {
  diagnose,
  explain,
  failureOf,
  type DiagnoseTarget,
  type FailureId,
  type Verdict,
} from "@letterwright/doctor";
import { message, type Message } from "@letterwright/message";
import { openFile } from "@letterwright/message/node";
import { catchMail, type CatchOptions, type MailCatcher } from "@letterwright/receiver";
import {
  faultVariants,
  startFault,
  type FaultVariant,
  type RunningFault,
  type ServerScript,
} from "@letterwright/receiver/faults";
import { DeliveryError } from "@letterwright/transport";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { labConnector, labResolver } from "../src/lab-doctor.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-next-step-"));
afterAll(() => rmSync(folder, { recursive: true }));

const letter = (to: readonly string[] = ["bob@example.org"], text = "Hello"): Message =>
  message({ from: "ana@example.com", to: [...to], subject: "Hi", text });

/** A variant of the lab, with other doors beside it. */
async function worldOf(
  name: string,
  more: Readonly<Record<number, ServerScript>> = {},
): Promise<RunningFault> {
  const found = faultVariants.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  const variant: FaultVariant = { ...found, doors: { ...found.doors, ...more } };
  return startFault(variant);
}

type Change = Partial<SmtpOptions> & { readonly asPort?: number; readonly servername?: string };

/** Sends to the door of the story that the settings name. */
async function send(
  fault: RunningFault,
  { asPort, servername, ...change }: Change = {},
  mail: Message = letter(),
): Promise<number> {
  const { client } = fault.variant;
  const port = fault.portOf(asPort ?? client.port) ?? fault.closedPort;
  const login =
    client.user === undefined ? {} : { auth: { user: client.user, secret: client.secret ?? "" } };
  await using mailer = createMailer({
    transport: {
      host: fault.host,
      port,
      tls: client.tls,
      tlsContext: createTlsContext({
        ca: fault.ca,
        trust: "none",
        servername: servername ?? client.host,
      }),
      ...login,
      timeouts: { connectMs: 3000, greetingMs: 2000, tlsMs: 3000, commandMs: 3000 },
      ...change,
    },
  });
  const receipt = await mailer.send(mail);
  return receipt.accepted.length;
}

/** What the doctor says of what was thrown. */
async function verdictOn(
  fault: RunningFault,
  work: Promise<unknown>,
  target: DiagnoseTarget = {},
): Promise<Verdict> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, "it worked already").toBeDefined();
  const { host, port, tls, user, secret } = fault.variant.client;
  const { verdict } = await diagnose(
    { host, port, tls, user, secret, ...target },
    {
      error,
      resolver: labResolver,
      connect: labConnector(fault),
      environment: {},
      tlsContext: createTlsContext({ ca: fault.ca, trust: "none" }),
    },
  );
  if (verdict === undefined) throw new Error("no verdict");
  return verdict;
}

/** The words of the advice. */
const advice = ({ do: steps, try: commands }: Pick<Verdict, "do" | "try">): string =>
  [...steps, ...commands].join("\n");

const healthy: ServerScript = {};
const healthyTls: ServerScript = { tls: "implicit" };

/** Failure of the lab, the doors beside it, what the advice says, and the settings that follow from it. */
const bySettings: readonly (readonly [
  string,
  Readonly<Record<number, ServerScript>>,
  RegExp,
  Change,
])[] = [
  ["tls.implicit-on-starttls-port/exim", {}, /--tls starttls/, { tls: "starttls" }],
  ["tls.plaintext-on-implicit-port/postfix", {}, /--tls implicit/, { tls: "implicit" }],
  ["auth.needs-tls/qmail", {}, /mode starttls/, { tls: "starttls" }],
  ["starttls.required/courier", {}, /mode starttls/, { tls: "starttls" }],
  [
    "starttls.not-offered/cisco-fixup",
    { 465: healthyTls },
    /port 465/,
    { asPort: 465, tls: "implicit" },
  ],
  ["starttls.454/sendmail", { 465: healthyTls }, /port 465/, { asPort: 465, tls: "implicit" }],
  ["config.wrong-service-port/qpopper", { 587: healthy }, /587 \(STARTTLS\)/, { asPort: 587 }],
  ["connect.refused/port-2525", { 587: healthy }, /465 and 587 are usual/, { asPort: 587 }],
  ["greeting.slow/tarpit", {}, /Wait longer/, { timeouts: { greetingMs: 60_000 } }],
  [
    "tls.hostname-mismatch/old-name",
    {},
    /one of the names in the certificate/,
    { servername: "mx1.example.com" },
  ],
  [
    "auth.mechanism/oauth-only",
    { 587: { offer: ["AUTH XOAUTH2 OAUTHBEARER"] } },
    /XOAUTH2 takes an access token/,
    { auth: { user: "ana", secret: "token", mechanism: "XOAUTH2" } },
  ],
  [
    "protocol.pipelining-desync/sendmail",
    { 587: { replies: {} } },
    /pipelining: false/,
    { pipelining: false },
  ],
  [
    "config.mx-used-for-submission/google-mx",
    { 465: healthyTls },
    /Use smtp\.gmail\.com, port 465/,
    { asPort: 465, tls: "implicit", servername: "smtp.google.com" },
  ],
];

describe("other settings", () => {
  it.each(bySettings)("%s", async (name, doors, says, change) => {
    const isReplaced =
      Object.keys(doors).length > 0 &&
      (name.startsWith("auth.mechanism") || name.startsWith("protocol."));
    await using fault = await worldOf(name, isReplaced ? {} : doors);
    const verdict = await verdictOn(fault, send(fault));
    expect(verdict.id).toBe(name.split("/")[0]);
    expect(advice(verdict)).toMatch(says);
    // For these the server of the story takes what it is now asked for.
    await using willing = isReplaced ? await worldOf(name, doors) : undefined;
    expect(await send(willing ?? fault, change)).toBe(1);
  });
  it("tls.self-signed: exactly this certificate is trusted", async () => {
    await using fault = await worldOf("tls.self-signed/appliance");
    const seen: { pin?: string } = {};
    const failing = send(fault).catch((error: unknown) => {
      const { chain } = error as { readonly chain: readonly { readonly fingerprint256: string }[] };
      seen.pin = `sha256:${chain[0]?.fingerprint256 ?? ""}`;
      throw error;
    });
    const verdict = await verdictOn(fault, failing);
    expect(verdict).toMatchObject({ id: "tls.self-signed", certainty: "certain" });
    expect(advice(verdict)).toMatch(/trust exactly this certificate/);
    expect(
      await send(fault, {
        tlsContext: createTlsContext({ trust: "none", pins: [seen.pin ?? ""] }),
      }),
    ).toBe(1);
  });
  it("auth.not-offered: a catcher needs no login", async () => {
    await using fault = await worldOf("auth.not-offered/local-relay");
    const verdict = await verdictOn(fault, send(fault));
    expect(verdict.id).toBe("auth.not-offered");
    expect(advice(verdict)).toMatch(/needs no login: leave it out/);
    await using anonymous = await startFault({
      ...fault.variant,
      client: { ...fault.variant.client, user: undefined },
    });
    expect(await send(anonymous)).toBe(1);
  });
  it.each<[FailureId, string]>([
    ["greeting.421", "exim"],
    ["rcpt.greylisted", "postgrey"],
    ["server.temporary", "exim"],
  ])("%s: later, the same goes through", async (id, wording) => {
    const fault = await worldOf(`${id}/${wording}`);
    const verdict = await verdictOn(fault, send(fault));
    await fault.close();
    expect(verdict.id).toBe(id);
    expect(advice(verdict)).toMatch(/[Tt]ry again/);
    await using better = await startFault(
      { ...fault.variant, doors: { [fault.variant.client.port]: healthy } },
      { port: fault.port },
    );
    expect(await send(better)).toBe(1);
  });
  it("rcpt.too-many: in several parts", async () => {
    await using fault = await worldOf("rcpt.too-many/postfix");
    const all = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];
    const verdict = await verdictOn(fault, send(fault, {}, letter(all)));
    expect(verdict.id).toBe("rcpt.too-many");
    expect(advice(verdict)).toMatch(/in several parts/);
    expect(await send(fault, {}, letter(all.slice(0, 2)))).toBe(2);
    expect(await send(fault, {}, letter(all.slice(2)))).toBe(2);
  });
  it("smtputf8.not-offered: another address", async () => {
    await using fault = await worldOf("smtputf8.not-offered/gmail");
    const verdict = await verdictOn(fault, send(fault, {}, letter(["jörg@example.org"])));
    expect(verdict.id).toBe("smtputf8.not-offered");
    expect(advice(verdict)).toMatch(/another address/);
    await using same = await startFault({
      ...fault.variant,
      doors: { 587: { offer: ["AUTH PLAIN LOGIN"] } },
    });
    expect(await send(same, {}, letter(["joerg@example.org"]))).toBe(1);
  });
});

/** The first cause that is named for what was thrown, with its advice. */
async function causeOf(
  work: Promise<unknown>,
): Promise<{ readonly id: FailureId; readonly advice: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const [top] = explain(error as Error).candidates;
  if (top === undefined) throw new Error(`not explained: ${String(error)}`);
  return { id: top.id, advice: advice(failureOf(top.id)) };
}

async function sendTo(
  box: MailCatcher,
  mail: Message,
  login?: { readonly user: string; readonly secret: string },
): Promise<number> {
  await using mailer = createMailer({
    transport: {
      host: box.host,
      port: box.port,
      tls: "implicit",
      tlsContext: createTlsContext({ ca: box.ca }),
      ...(login === undefined ? {} : { auth: login }),
    },
  });
  return (await mailer.send(mail)).accepted.length;
}

describe("a receiver that really takes mail", () => {
  const open = (options: CatchOptions = {}): Promise<MailCatcher> => catchMail(options);

  it("mail.auth-required: with a login", async () => {
    await using box = await open({ requireAuth: true });
    const cause = await causeOf(sendTo(box, letter()));
    expect(cause).toMatchObject({
      id: "mail.auth-required",
      advice: expect.stringMatching(/Give user and password/),
    });
    expect(await sendTo(box, letter(), { user: "ana", secret: "any" })).toBe(1);
  });
  it("rcpt.unknown-user: with the right address", async () => {
    await using box = await open({ refuse: ["bbo@example.org"] });
    const cause = await causeOf(sendTo(box, letter(["bbo@example.org"])));
    expect(cause).toMatchObject({
      id: "rcpt.unknown-user",
      advice: expect.stringMatching(/Correct the address/),
    });
    expect(await sendTo(box, letter(["bob@example.org"]))).toBe(1);
  });
  it("rcpt.partial: again to the refused ones only, corrected", async () => {
    await using box = await open({ refuse: ["zde@example.org"] });
    const work = sendTo(box, letter(["bob@example.org", "zde@example.org"]));
    const cause = await causeOf(work);
    expect(cause).toMatchObject({
      id: "rcpt.partial",
      advice: expect.stringMatching(/refused ones only/),
    });
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error instanceof DeliveryError && error.remaining?.recipients.length).toBe(1);
    expect(await sendTo(box, letter(["zed@example.org"]))).toBe(1);
  });
  it("data.too-big: less", async () => {
    await using box = await open({ maxMessageBytes: 4096 });
    const cause = await causeOf(
      sendTo(box, letter(undefined, "A line of the letter.\n".repeat(1000))),
    );
    expect(cause).toMatchObject({ id: "data.too-big", advice: expect.stringMatching(/less/) });
    expect(await sendTo(box, letter())).toBe(1);
  });
  it("auth.generic-535: without the line end that the file had", async () => {
    await using box = await open({ auth: { user: "ana", password: "word" }, requireAuth: true });
    const login = { user: "ana", secret: "word\n" };
    const error: unknown = await sendTo(box, letter(), login).catch((reason: unknown) => reason);
    const { verdict } = await diagnose(
      { host: "127.0.0.1", port: box.port, tls: "implicit", ...login },
      { error },
    );
    expect(verdict?.id).toBe("auth.generic-535");
    expect(verdict?.do.join(" ")).toMatch(/a blank or line end at its edge: take it off/);
    expect(await sendTo(box, letter(), { user: "ana", secret: "word" })).toBe(1);
  });
  it("config.credentials-missing: with the secret", async () => {
    await using box = await open();
    const cause = await causeOf(sendTo(box, letter(), { user: "ana", secret: "" }));
    expect(cause).toMatchObject({
      id: "config.credentials-missing",
      advice: expect.stringMatching(/variable that should hold it/),
    });
    expect(await sendTo(box, letter(), { user: "ana", secret: "word" })).toBe(1);
  });
  it("config.host-unset: with a host", async () => {
    await using box = await open();
    const cause = await causeOf(
      (async () => createMailer({ transport: { host: "" } }).send(letter()))(),
    );
    expect(cause).toMatchObject({
      id: "config.host-unset",
      advice: expect.stringMatching(/Say which server to use/),
    });
    expect(await sendTo(box, letter())).toBe(1);
  });
  it("config.url-encoding: with percent codes", async () => {
    await using box = await open({ auth: { user: "ana", password: "w#rd" }, requireAuth: true });
    const tlsContext = createTlsContext({ ca: box.ca });
    const through = async (password: string): Promise<number> => {
      await using mailer = createMailer({
        transport: `smtps://ana:${password}@127.0.0.1:${box.port}`,
        tlsContext,
      });
      return (await mailer.send(letter())).accepted.length;
    };
    const cause = await causeOf(through("w#rd"));
    expect(cause).toMatchObject({
      id: "config.url-encoding",
      advice: expect.stringMatching(/# is %23/),
    });
    expect(await through("w%23rd")).toBe(1);
  });
  it("local.attachment-missing: with the right path", async () => {
    await using box = await open();
    writeFileSync(join(folder, "minutes.txt"), "1. Hello\n");
    const attaching = (name: string): Promise<number> =>
      (async () =>
        sendTo(
          box,
          message({
            from: "ana@example.com",
            to: "bob@example.org",
            text: "See",
            attachments: [openFile(join(folder, name))],
          }),
        ))();
    const cause = await causeOf(attaching("minuets.txt"));
    expect(cause).toMatchObject({
      id: "local.attachment-missing",
      advice: expect.stringMatching(/Check the path/),
    });
    expect(await attaching("minutes.txt")).toBe(1);
  });
});
