import fc from "fast-check";
import { LetterwrightError } from "@letterwright/base/error";
import { describe, expect, it } from "vitest";
import { failures } from "../catalogue/index.ts";
import { explain } from "./explain.ts";

const top = (input: Parameters<typeof explain>[0]): string | undefined =>
  explain(input).candidates[0]?.id;

describe("explain", () => {
  it.each([
    [
      "Node, nothing set",
      "Error: connect ECONNREFUSED 127.0.0.1:587\n    at TCPConnectWrap.afterConnect",
      "config.host-unset",
    ],
    ["Node, another host", "Error: connect ECONNREFUSED 203.0.113.5:587", "connect.refused"],
    [
      "Python, nothing set",
      "smtplib.SMTPServerDisconnected: please run connect() first",
      "config.host-unset",
    ],
    [
      "nodemailer, no password",
      'Error: Missing credentials for "PLAIN"',
      "config.credentials-missing",
    ],
    ["Node, no such name", "Error: getaddrinfo ENOTFOUND mail.nowhere.example", "dns.nxdomain"],
    ["Node, a slip", "Error: getaddrinfo ENOTFOUND smpt.gmail.com", "config.host-typo"],
    ["Node, resolver", "getaddrinfo EAI_AGAIN smtp.example.com", "dns.temporary"],
    [
      "Python, resolver",
      "socket.gaierror: [Errno -3] Temporary failure in name resolution",
      "dns.temporary",
    ],
    [
      "curl, no such name",
      "curl: (6) Could not resolve host: mail.nowhere.example",
      "dns.nxdomain",
    ],
    [
      "Node, no IPv6",
      "connect ENETUNREACH 2a00:1450:4010:c0e::6d:587 - Local (:::0)",
      "dns.ipv6-unroutable",
    ],
    ["Node, timeout", "Error: connect ETIMEDOUT 203.0.113.5:587", "connect.timeout"],
    ["Node, port 25", "Error: connect ETIMEDOUT 203.0.113.5:25 ", "connect.port25-blocked"],
    [
      "Node, the MX",
      "Error: connect ETIMEDOUT smtp.google.com:465",
      "config.mx-used-for-submission",
    ],
    [
      "Windows, timeout",
      "TimeoutError: [WinError 10060] A connection attempt failed",
      "connect.timeout",
    ],
    [
      "bundler",
      "Module not found: Can't resolve 'net' in '/app/node_modules/nodemailer'",
      "connect.edge-runtime",
    ],
    [
      "nodemailer, proxy",
      "Error: Proxy connection failed: HTTP/1.1 407 Proxy Authentication Required",
      "connect.proxy",
    ],
    [
      "OpenSSL through Node",
      "Error: 40D7A6F7F77F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number",
      "tls.implicit-on-starttls-port",
    ],
    ["openssl s_client", "verify error:num=10:certificate has expired", "tls.expired"],
    [
      "swaks",
      "*** TLS startup failed (connect(): error:0A00010B:SSL routines::wrong version number)",
      "tls.implicit-on-starttls-port",
    ],
    [
      "swaks, a reply",
      "<** 550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown",
      "rcpt.unknown-user",
    ],
    ["curl, TLS", "curl: (60) SSL certificate problem: self-signed certificate", "tls.self-signed"],
    ["curl, login", "curl: (67) Login denied", "auth.generic-535"],
    [
      "Python, charset",
      "UnicodeEncodeError: 'ascii' codec can't encode character '\\xfc' in position 2",
      "local.charset",
    ],
    ["Python, import", "NameError: name 'ssl' is not defined", "local.missing-import"],
    [
      "Node, require",
      "ReferenceError: require is not defined in ES module scope",
      "local.missing-import",
    ],
    [
      "Node, file",
      "Error: ENOENT: no such file or directory, open 'minutes.pdf'",
      "local.attachment-missing",
    ],
    ["URL", "TypeError [ERR_INVALID_URL]: Invalid URL", "config.url-encoding"],
    ["a code alone", "550 5.7.26", "data.unauthenticated-sender"],
    ["a status alone", "5.2.2", "rcpt.mailbox-full"],
    [
      "Gmail's help",
      "534-5.7.9 Application-specific password required. Learn more at 534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor",
      "auth.gmail-app-password",
    ],
    ["a name of the catalogue", "greeting.slow", "greeting.slow"],
    [
      "a bounce (RFC 3464)",
      "Content-Type: multipart/report; report-type=delivery-status\r\n\r\nFinal-Recipient: rfc822; zed@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.\r\n",
      "rcpt.unknown-user",
    ],
    [
      "a bounce that says nothing",
      "From: MAILER-DAEMON@example.org\nSubject: Undelivered Mail Returned to Sender\n",
      "post.bounce",
    ],
  ])("%s", (_title, text, id) => expect(top(text)).toBe(id));

  it("reads errors with their causes, and replies", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED 203.0.113.5:465"), {
      code: "ECONNREFUSED",
    });
    expect(top(new Error("could not send", { cause }))).toBe("connect.refused");
    expect(top({ code: 452, enhancedStatus: "4.2.2", text: "over quota" })).toBe(
      "rcpt.mailbox-full",
    );
    const nodemailer = Object.assign(
      new Error("Invalid login: 535 Incorrect authentication data"),
      { code: "EAUTH", responseCode: 535 },
    );
    expect(top(nodemailer)).toBe("auth.generic-535");
  });
  it("is not led by a hint, which speaks of several causes", () => {
    const error = new LetterwrightError("it did not work", {
      code: "X_Y",
      hint: "spam, DMARC, greylisting, a full mailbox",
    });
    expect(explain(error).candidates).toEqual([]);
  });
  it("says what it saw, harmless for a terminal", () => {
    const [first] = explain("550 5.1.1 \u001b[2JUser unknown\u202e").candidates;
    expect(first).toMatchObject({
      id: "rcpt.unknown-user",
      evidence: expect.arrayContaining(["5.1.1"]),
    });
    expect(JSON.stringify(explain("\u001b]0;x\u0007 550 5.1.1"))).not.toMatch(/\\u001b|\\u0007/);
  });
  it("is sure only of what the words name", () => {
    expect(
      explain("Greeting never received").candidates.map(({ certainty }) => certainty),
    ).not.toContain("certain");
    expect(
      explain("SmtpClientAuthentication is disabled for the Tenant").candidates[0]?.certainty,
    ).toBe("certain");
  });
  it("knows every failure by its name", () => {
    for (const { id } of failures)
      expect(explain(id).candidates).toMatchObject([{ id, certainty: "certain" }]);
  });
  it("finds nothing where nothing is", () => {
    for (const text of ["", "   ", "all is well", "Sent 550 letters to 5.1 people"])
      expect(explain(text).candidates).toEqual([]);
  });
  it("reads the start and the end of what is too long", () => {
    const far = `${"x".repeat(4_000_000)}\n550 5.1.1 User unknown`;
    expect(explain(far)).toMatchObject({ isCut: true, candidates: [{ id: "rcpt.unknown-user" }] });
  });
  it.each([
    ["digits", "5"],
    ["dots", "5.1."],
    ["blanks", " "],
    ["lines", "550 5.1.1 \n"],
    ["quotes", "'\""],
    ["hosts", "a.b."],
    ["at signs", "a@"],
    ["capitals", "A_"],
    ["escapes", "\\r\\n"],
  ])("ends soon whatever the text: %s", (_title, piece) => {
    expect(Array.isArray(explain(piece.repeat(70_000)).candidates)).toBe(true);
  });
  it("never throws", () => {
    const parts = fc.constantFrom(
      "550",
      "5.7.1",
      "-",
      " ",
      "\n",
      "(",
      "b'",
      "ENOTFOUND",
      "a.b.c",
      "@",
      "\u0000",
      "smtp",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string())), (pieces) => {
        expect(Array.isArray(explain(pieces.join("")).candidates)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.object(), (value) => {
        expect(Array.isArray(explain(value).candidates)).toBe(true);
      }),
    );
  });
});
