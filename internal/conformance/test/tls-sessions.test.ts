/** Sessions taken up again, and those that must not be. */
import { createSelfSigned } from "@letterwright/receiver/certificates";
import { createTlsContext, type TlsContext } from "@letterwright/tls";
import { beforeAll, describe, expect, it } from "vitest";
import { nodePeer, shakeHands } from "../src/tls-peers.ts";
import { createWorld, fingerprintOf, host, trusting, type World } from "../src/tls-world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

describe("an earlier session (RFC 8446 §2.2)", () => {
  it.each([
    ["TLS 1.3", undefined],
    ["TLS 1.2", "TLSv1.2"],
  ] as const)(
    "is taken up again by %s, and the report still has the chain",
    async (_title, only) => {
      const peer = await nodePeer({ shown: world.good, ...(only === undefined ? {} : { only }) });
      const context = trusting(world);
      const first = await shakeHands(peer, host, context, true);
      const second = await shakeHands(peer, host, context, true);
      const third = await shakeHands(peer, host, context, true);
      await peer.stop();
      expect(first.report).toMatchObject({ resumed: false, trustSource: "given" });
      expect(second.report).toMatchObject({
        resumed: true,
        verified: true,
        verifiedName: host,
        trustSource: "given",
        chain: first.report?.chain,
      });
      expect(third.report?.resumed).toBe(true);
    },
  );

  it.each([
    ["under another name", (context: TlsContext) => context, "a.wild.example.com"],
    ["by another context", (context: TlsContext) => context.with({}), host],
    [
      "where another pin is asked for as well",
      (context: TlsContext) => context.with({ pins: [fingerprintOf(world.good)] }),
      host,
    ],
    [
      "where another store is trusted",
      (context: TlsContext) => context.with({ trust: "mozilla" }),
      host,
    ],
    [
      "where any certificate is taken",
      (context: TlsContext) => context.with({ dangerouslyAcceptAnyCertificate: true }),
      host,
    ],
    ["where none is remembered", (context: TlsContext) => context.with({ sessions: 0 }), host],
  ])("is not taken up %s", async (_title, next, name) => {
    const peer = await nodePeer({ shown: world.good });
    const context = trusting(world);
    await shakeHands(peer, host, context, true);
    const other = next(context);
    const reports = [
      await shakeHands(peer, name, other, true),
      ...(other.sessions === 0 ? [await shakeHands(peer, name, other, true)] : []),
    ];
    await peer.stop();
    for (const { report } of reports) expect(report?.resumed).toBe(false);
  });

  it.each([
    ["TLS 1.3", undefined],
    ["TLS 1.2", "TLSv1.2"],
  ] as const)("is taken up again by %s where a pin alone is trusted", async (_title, only) => {
    const shown = await createSelfSigned({ names: ["any.example.com"] });
    const peer = await nodePeer({ shown, ...(only === undefined ? {} : { only }) });
    const context = createTlsContext({ trust: "none", pins: [fingerprintOf(shown)] });
    const seen = [];
    for (const _ of [1, 2]) seen.push(await shakeHands(peer, host, context, true));
    await peer.stop();
    expect(seen.map(({ report }) => report)).toMatchObject([
      { resumed: false, trustSource: "pin" },
      { resumed: true, trustSource: "pin", verified: true },
    ]);
  });

  it("is forgotten when more servers came than are remembered", async () => {
    const [one, two] = await Promise.all([
      nodePeer({ shown: world.good }),
      nodePeer({ shown: world.good }),
    ]);
    const context = trusting(world, { sessions: 1 });
    await shakeHands(one, host, context, true);
    await shakeHands(two, host, context, true);
    const again = await shakeHands(two, host, context, true);
    const forgotten = await shakeHands(one, host, context, true);
    await Promise.all([one.stop(), two.stop()]);
    expect([again.report?.resumed, forgotten.report?.resumed]).toEqual([true, false]);
  });

  it.each([
    [
      "a pin it does not bear",
      (context: TlsContext) => context.with({ pins: [`sha256:${"00".repeat(32)}`] }),
      "TLS_PIN_MISMATCH",
    ],
    [
      "another name",
      (context: TlsContext) => context.with({ servername: "other.example.com" }),
      "TLS_NAME_MISMATCH",
    ],
    [
      "another authority",
      (context: TlsContext) => context.with({ ca: world.stranger.certificate }),
      "TLS_UNTRUSTED_ISSUER",
    ],
  ] as const)("opens no door where the server then has to have %s", async (_title, next, code) => {
    const peer = await nodePeer({ shown: world.good });
    const context = trusting(world);
    await shakeHands(peer, host, context, true);
    const { error } = await shakeHands(peer, host, next(context));
    await peer.stop();
    expect(error).toMatchObject({ code });
  });

  it("of a connection that was refused is not kept", async () => {
    const peer = await nodePeer({ shown: world.good, only: "TLSv1.2" });
    const context = trusting(world);
    for (const _ of [1, 2]) {
      const { error } = await shakeHands(peer, "nobody.example.com", context);
      expect(error).toMatchObject({ code: "TLS_NAME_MISMATCH" });
    }
    await peer.stop();
  });
});
