/** Tokens from an authorization server of the suite's own, over real TLS: RFC 6749, 7523, 8628. */
import { createVerify, generateKeyPairSync, verify } from "node:crypto";
import { secret, type Secret } from "@letterwright/base/secret";
import type { TokenSource } from "@letterwright/smtp";
import {
  authorizeDevice,
  google,
  microsoft,
  oauthTokens,
  type DeviceOptions,
  type DevicePrompt,
  type OauthGrant,
  type OauthTokensOptions,
} from "@letterwright/smtp/oauth";
import { createTlsContext } from "@letterwright/tls";
import { describe, expect, it } from "vitest";
import { bearer, oauthServer, type OauthAnswer, type OauthServer } from "../src/oauth-server.ts";
import { httpProxy, socksProxy } from "../src/proxies.ts";

const refreshToken: OauthGrant = { kind: "refresh-token", refreshToken: "refr3sh" };

function sourceAt(server: OauthServer, changes: Partial<OauthTokensOptions> = {}): TokenSource {
  return oauthTokens({
    provider: server.provider,
    client: { id: "app", secret: secret("cl1ent") },
    grant: refreshToken,
    tlsContext: createTlsContext({ ca: server.ca, trust: "none" }),
    ...changes,
  });
}
const text = async (token: Promise<Secret>): Promise<string> => (await token).reveal();

describe("the request", () => {
  it("of a refresh token (RFC 6749 §6), with the client in the header (§2.3.1)", async () => {
    await using server = await oauthServer(() => bearer("t0ken"));
    const client = { id: "app:1", secret: "a b+ü" };
    expect(await text(sourceAt(server, { client }).token())).toBe("t0ken");
    expect(server.requests).toMatchObject([
      {
        method: "POST",
        path: "/token",
        headers: {
          host: `127.0.0.1:${server.port}`,
          "content-type": "application/x-www-form-urlencoded",
          authorization: `Basic ${Buffer.from("app%3A1:a+b%2B%C3%BC").toString("base64")}`,
        },
      },
    ]);
    expect(server.requests[0]?.form).toEqual({
      grant_type: "refresh_token",
      refresh_token: "refr3sh",
    });
  });
  it("with the client in the body, where the provider wants it", async () => {
    await using server = await oauthServer(() => bearer("t0ken"));
    const provider = { ...server.provider, clientSecretIn: "body" } as const;
    await sourceAt(server, { provider }).token();
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    expect(server.requests[0]?.form).toMatchObject({ client_id: "app", client_secret: "cl1ent" });
  });
  it("of a public client", async () => {
    await using server = await oauthServer(() => bearer("t0ken"));
    await sourceAt(server, { client: { id: "app" } }).token();
    expect(server.requests[0]?.form).toEqual({
      grant_type: "refresh_token",
      refresh_token: "refr3sh",
      client_id: "app",
    });
  });
  it("of client credentials (RFC 6749 §4.4), with the scope for programs", async () => {
    await using server = await oauthServer(() => bearer("t0ken"));
    const provider = { ...server.provider, scope: "user", appScope: "program" };
    await sourceAt(server, { provider, grant: { kind: "client-credentials" } }).token();
    expect(server.requests[0]?.form).toEqual({
      grant_type: "client_credentials",
      scope: "program",
    });
  });
  it.each([
    ["RS256", () => generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["ES256", () => generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ] as const)("of a service account, signed with %s (RFC 7523 §3)", async (alg, keys) => {
    await using server = await oauthServer(() => bearer("t0ken"));
    const { privateKey, publicKey } = keys();
    const provider = { ...server.provider, scope: "mail" };
    const grant: OauthGrant = {
      kind: "service-account",
      issuer: "robot@example.com",
      key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      keyId: "k1",
      subject: "ana@example.com",
    };
    const now = (): number => 1_800_000_000_500;
    const source = oauthTokens({
      provider,
      grant,
      now,
      tlsContext: createTlsContext({ ca: server.ca, trust: "none" }),
    });
    expect(await text(source.token())).toBe("t0ken");
    const form = server.requests[0]?.form ?? {};
    expect(form["grant_type"]).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [header = "", claims = "", signature = ""] = (form["assertion"] ?? "").split(".");
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(read(header)).toEqual({ alg, typ: "JWT", kid: "k1" });
    expect(read(claims)).toEqual({
      iss: "robot@example.com",
      sub: "ana@example.com",
      aud: provider.tokenEndpoint,
      scope: "mail",
      iat: 1_800_000_000,
      exp: 1_800_000_300,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    const octets = Buffer.from(signature, "base64url");
    const isGood =
      alg === "RS256"
        ? createVerify("sha256").update(signed).verify(publicKey, octets)
        : verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, octets);
    expect(isGood).toBe(true);
  });
});

describe("a token that is kept", () => {
  it("is given again until shortly before its end", async () => {
    let time = 0;
    await using server = await oauthServer((_request, number) => bearer(`t${number}`));
    const source = sourceAt(server, { now: () => time });
    const seen: string[] = [];
    for (time of [0, 1000, 3_539_000, 3_541_000, 3_542_000]) seen.push(await text(source.token()));
    expect(seen).toEqual(["t0", "t0", "t0", "t1", "t1"]);
  });
  it("that lives shorter than the margin serves for half its life", async () => {
    let time = 0;
    await using server = await oauthServer((_request, number) =>
      bearer(`t${number}`, { expires_in: "20" }),
    );
    const source = sourceAt(server, { now: () => time });
    const seen: string[] = [];
    for (time of [0, 9_000, 11_000]) seen.push(await text(source.token()));
    expect(seen).toEqual(["t0", "t0", "t1"]);
  });
  it("is asked for once, however many wait", async () => {
    await using server = await oauthServer((_request, number) => bearer(`t${number}`));
    const source = sourceAt(server);
    const all = await Promise.all(Array.from({ length: 50 }, () => text(source.token())));
    expect(new Set(all)).toEqual(new Set(["t0"]));
    expect(server.requests).toHaveLength(1);
  });
  it("is renewed once when a server refuses it, however many were refused", async () => {
    await using server = await oauthServer((_request, number) => bearer(`t${number}`));
    const source = sourceAt(server);
    const refused = await source.token();
    const again = await Promise.all(
      Array.from({ length: 20 }, () => text(source.token({ refused }))),
    );
    expect(new Set(again)).toEqual(new Set(["t1"]));
    expect(await text(source.token({ refused }))).toBe("t1");
    expect(server.requests).toHaveLength(2);
  });
  it("is not kept from a failure", async () => {
    await using server = await oauthServer((_request, number) =>
      number === 0 ? { status: 503, json: {} } : bearer("t1"),
    );
    const source = sourceAt(server);
    await expect(source.token()).rejects.toMatchObject({
      code: "OAUTH_UNAVAILABLE",
      retry: "later",
    });
    expect(await text(source.token())).toBe("t1");
  });
  it("shows nowhere", async () => {
    await using server = await oauthServer(() => bearer("t0ken"));
    const token = await sourceAt(server).token();
    expect(`${String(token)} ${JSON.stringify({ token })}`).not.toContain("t0ken");
  });
});

describe("a refresh token that is replaced (RFC 6749 §6)", () => {
  it("is told, and the new one is used from then on", async () => {
    let time = 0;
    await using server = await oauthServer((_request, number) =>
      bearer(`t${number}`, { refresh_token: `r${number}` }),
    );
    const told: string[] = [];
    const grant: OauthGrant = {
      ...refreshToken,
      kind: "refresh-token",
      refreshToken: "refr3sh",
      onRefreshToken: (token) => {
        told.push(token.reveal());
      },
    };
    const source = sourceAt(server, { grant, now: () => time });
    await source.token();
    time = 4_000_000;
    await source.token();
    expect(server.requests.map(({ form }) => form["refresh_token"])).toEqual(["refr3sh", "r0"]);
    expect(told).toEqual(["r0", "r1"]);
  });
  it("is not lost in silence when it cannot be stored", async () => {
    await using server = await oauthServer(() => bearer("t", { refresh_token: "r" }));
    const full = new Error("the disk is full");
    const grant: OauthGrant = {
      kind: "refresh-token",
      refreshToken: "refr3sh",
      onRefreshToken: () => Promise.reject(full),
    };
    await expect(sourceAt(server, { grant }).token()).rejects.toBe(full);
  });
});

describe("a server that refuses or misbehaves", () => {
  const refused = (error: string, status = 400): OauthAnswer => ({
    status,
    json: { error, error_description: `no refr3sh for cl1ent: \u001b[2J${"x".repeat(2000)}` },
  });
  const rows: readonly [string, OauthAnswer, object][] = [
    [
      "invalid_grant",
      refused("invalid_grant"),
      { code: "OAUTH_GRANT_REFUSED", retry: "no", error: "invalid_grant", status: 400 },
    ],
    [
      "invalid_client",
      refused("invalid_client", 401),
      { code: "OAUTH_CLIENT_REFUSED", status: 401 },
    ],
    ["unauthorized_client", refused("unauthorized_client"), { code: "OAUTH_CLIENT_REFUSED" }],
    ["invalid_scope", refused("invalid_scope"), { code: "OAUTH_SCOPE_REFUSED" }],
    ["something of its own", refused("interaction_required"), { code: "OAUTH_REFUSED" }],
    [
      "temporarily_unavailable",
      refused("temporarily_unavailable"),
      { code: "OAUTH_UNAVAILABLE", retry: "later" },
    ],
    ["429", { status: 429, body: "slow down" }, { code: "OAUTH_UNAVAILABLE", retry: "later" }],
    ["500", { status: 500, body: "<html>" }, { code: "OAUTH_UNAVAILABLE", retry: "later" }],
    ["404", { status: 404, body: "<html>" }, { code: "OAUTH_REFUSED", status: 404 }],
    ["an error with 200", { json: { error: "invalid_grant" } }, { code: "OAUTH_GRANT_REFUSED" }],
    ["HTML with 200", { body: "<html>" }, { code: "OAUTH_ANSWER_INVALID" }],
    ["a list", { json: [] }, { code: "OAUTH_ANSWER_INVALID" }],
    ["no token", { json: { token_type: "bearer" } }, { code: "OAUTH_ANSWER_INVALID" }],
    ["a token with a line end", bearer("a\r\nb"), { code: "OAUTH_ANSWER_INVALID" }],
    [
      "a token of another type",
      bearer("t", { token_type: "mac" }),
      { code: "OAUTH_ANSWER_INVALID" },
    ],
    [
      "a redirect",
      { status: 307, headers: { location: "https://evil.test/" }, body: "" },
      { code: "OAUTH_REDIRECTED" },
    ],
    ["no end", "flood", { code: "OAUTH_ANSWER_TOO_LONG" }],
    ["a cut line", "cut", { code: "OAUTH_UNREACHABLE", retry: "later" }],
    ["nothing", "stall", { code: "OAUTH_TIMEOUT", retry: "later" }],
  ];
  it.each(rows)("%s", async (_title, answer, wanted) => {
    await using server = await oauthServer(() => answer);
    const timeoutMs = answer === "stall" ? 200 : 10_000;
    const error: unknown = await sourceAt(server, { timeoutMs })
      .token()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ ...wanted, hint: expect.any(String) as string });
    const shown = String(error) + JSON.stringify(error);
    expect(shown).not.toMatch(/refr3sh|cl1ent/);
    expect(shown).not.toContain("\u001b");
    expect(shown.length).toBeLessThan(2500);
    expect(server.requests).toHaveLength(1);
  });

  it("is not spoken to where nobody vouches for it", async () => {
    await using server = await oauthServer(() => bearer("t"));
    const source = sourceAt(server, { tlsContext: createTlsContext() });
    await expect(source.token()).rejects.toMatchObject({ code: "TLS_UNTRUSTED_ISSUER" });
    expect(server.requests).toEqual([]);
  });
  it("is waited for by those who still want it only", async () => {
    await using server = await oauthServer((_request, number) =>
      number === 0 ? "stall" : bearer("t1"),
    );
    const source = sourceAt(server);
    const enough = new Error("enough");
    const stop = new AbortController();
    const one = source.token({ signal: stop.signal }).catch((reason: unknown) => reason);
    const other = source.token({ signal: stop.signal }).catch((reason: unknown) => reason);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(enough);
    expect(await Promise.all([one, other])).toEqual([enough, enough]);
    // The request that stalls is given up; the next caller starts anew.
    expect(await text(source.token())).toBe("t1");
    await expect(source.token({ signal: AbortSignal.abort(enough) })).rejects.toBe(enough);
  });
  it("keeps its request when one of two who wait leaves", async () => {
    let release: (() => void) | undefined;
    await using server = await oauthServer(() => bearer("t0"));
    const held = new Promise<void>((resolve) => (release = resolve));
    const grant: OauthGrant = {
      kind: "refresh-token",
      refreshToken: async () => {
        await held;
        return "refr3sh";
      },
    };
    const source = sourceAt(server, { grant });
    const stop = new AbortController();
    const leaver = source.token({ signal: stop.signal }).catch(() => "left");
    const stayer = text(source.token());
    stop.abort();
    release?.();
    expect(await leaver).toBe("left");
    expect(await stayer).toBe("t0");
    expect(server.requests).toHaveLength(1);
  });
});

describe("through a proxy", () => {
  it.each([
    ["http", httpProxy],
    ["socks5", socksProxy],
  ] as const)("%s", async (scheme, start) => {
    await using server = await oauthServer(() => bearer("t0ken"));
    await using proxy = await start({ hosts: { "127.0.0.1": server.port } });
    const source = sourceAt(server, { proxy: `${scheme}://127.0.0.1:${proxy.port}` });
    expect(await text(source.token())).toBe("t0ken");
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`]);
  });
});

describe("options", () => {
  const good: OauthTokensOptions = {
    provider: google,
    client: { id: "app" },
    grant: refreshToken,
  };
  it.each([
    [{ provider: { tokenEndpoint: "http://127.0.0.1/token" } }, "OAUTH_ENDPOINT_INVALID"],
    [{ provider: { tokenEndpoint: "https://ana:secret@example.com/" } }, "OAUTH_ENDPOINT_INVALID"],
    [{ provider: { tokenEndpoint: "token" } }, "OAUTH_ENDPOINT_INVALID"],
    [{ client: { id: "" } }, "OAUTH_OPTION_INVALID"],
    [{ grant: { kind: "client-credentials" } }, "OAUTH_OPTION_INVALID"],
    [{ grant: { kind: "password" as "client-credentials" } }, "OAUTH_OPTION_INVALID"],
    [{ timeoutMs: 0 }, "OAUTH_OPTION_INVALID"],
    [{ renewBeforeMs: Number.NaN }, "OAUTH_OPTION_INVALID"],
    [{ proxy: "ftp://proxy" }, "SMTP_PROXY_INVALID"],
  ] as const)("%j is refused with %s", (changes, code) => {
    expect(() => oauthTokens({ ...good, ...(changes as Partial<OauthTokensOptions>) })).toThrow(
      expect.objectContaining({ code }),
    );
  });
  it("a refresh token that is not set is said to be missing, before anything is asked", async () => {
    await using server = await oauthServer(() => bearer("t"));
    const grant: OauthGrant = {
      kind: "refresh-token",
      refreshToken: () => undefined as unknown as string,
    };
    await expect(sourceAt(server, { grant }).token()).rejects.toMatchObject({
      code: "OAUTH_OPTION_INVALID",
    });
    expect(server.requests).toEqual([]);
  });
  it("a key that is none is refused, and not shown", async () => {
    await using server = await oauthServer(() => bearer("t"));
    const grant: OauthGrant = { kind: "service-account", issuer: "robot", key: "k3y material" };
    const error: unknown = await sourceAt(server, { grant })
      .token()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "OAUTH_KEY_INVALID" });
    expect(String(error)).not.toContain("k3y");
  });
  it("presets name https endpoints, and a tenant cannot change the path", () => {
    expect(google.tokenEndpoint).toBe("https://oauth2.googleapis.com/token");
    expect(microsoft("a/../b?c").tokenEndpoint).toBe(
      "https://login.microsoftonline.com/a%2F..%2Fb%3Fc/oauth2/v2.0/token",
    );
  });
});

describe("authorizeDevice (RFC 8628)", () => {
  const code = {
    device_code: "d3vice",
    user_code: "WDJB-MJHT",
    verification_uri: "https://example.com/device",
    expires_in: 60,
    interval: 7,
  };
  /** Runs the flow; time passes at once. */
  async function run(answers: readonly OauthAnswer[], changes: Partial<DeviceOptions> = {}) {
    await using server = await oauthServer(
      (_request, number) => answers[number] ?? answers.at(-1) ?? "cut",
    );
    const prompts: DevicePrompt[] = [];
    const waited: number[] = [];
    const outcome = await authorizeDevice({
      provider: { ...server.provider, scope: "mail offline_access" },
      client: { id: "app" },
      tlsContext: createTlsContext({ ca: server.ca, trust: "none" }),
      onPrompt: (prompt) => {
        prompts.push(prompt);
      },
      wait: async (milliseconds) => {
        waited.push(milliseconds);
      },
      ...changes,
    }).then(
      (consent) => ({ consent, error: undefined }),
      (error: unknown) => ({ consent: undefined, error }),
    );
    return { ...outcome, prompts, waited, requests: server.requests };
  }
  const pending: OauthAnswer = { status: 400, json: { error: "authorization_pending" } };
  const slower: OauthAnswer = { status: 400, json: { error: "slow_down" } };

  it("shows the code, asks in the server's pace, slower when told, and gives the tokens", async () => {
    const { consent, prompts, waited, requests } = await run([
      { json: code },
      pending,
      slower,
      { status: 503, body: "" },
      bearer("t0ken", { refresh_token: "refr3sh" }),
    ]);
    expect(prompts).toEqual([
      {
        userCode: "WDJB-MJHT",
        verificationUri: "https://example.com/device",
        verificationUriComplete: undefined,
        expiresInSeconds: 60,
      },
    ]);
    expect(waited).toEqual([7000, 7000, 12_000, 12_000]);
    expect(consent?.accessToken.reveal()).toBe("t0ken");
    expect(consent?.refreshToken?.reveal()).toBe("refr3sh");
    expect(requests[0]).toMatchObject({
      path: "/device",
      form: { client_id: "app", scope: "mail offline_access" },
    });
    expect(requests[1]).toMatchObject({
      path: "/token",
      form: {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: "d3vice",
        client_id: "app",
      },
    });
  });
  it.each([
    ["the user says no", { status: 400, json: { error: "access_denied" } }, "OAUTH_CONSENT_DENIED"],
    ["the code ends", { status: 400, json: { error: "expired_token" } }, "OAUTH_CODE_EXPIRED"],
    ["nobody does anything", pending, "OAUTH_CODE_EXPIRED"],
  ] as const)("ends when %s", async (_title, answer, wanted) => {
    const { error, requests } = await run([{ json: code }, answer]);
    expect(error).toMatchObject({ code: wanted, retry: "no" });
    expect(requests.length).toBeLessThan(11);
  });
  it.each([
    ["no code", { ...code, device_code: "" }],
    ["a code that drives a terminal", { ...code, user_code: "\u001b[2J" }],
    ["an address that is no page", { ...code, verification_uri: "javascript:alert(1)" }],
    ["an address that is not protected", { ...code, verification_uri: "http://example.com/" }],
  ])("shows nothing of %s", async (_title, json) => {
    const { error, prompts } = await run([{ json }]);
    expect(error).toMatchObject({ code: "OAUTH_ANSWER_INVALID" });
    expect(prompts).toEqual([]);
  });
  it("stops by its signal", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const { error } = await run([{ json: code }, pending], {
      signal: stop.signal,
      wait: async () => stop.abort(reason),
    });
    expect(error).toBe(reason);
  });
  it("says that the provider has no such thing", async () => {
    const { error } = await run([], { provider: google });
    expect(error).toMatchObject({ code: "OAUTH_OPTION_INVALID" });
  });
});
