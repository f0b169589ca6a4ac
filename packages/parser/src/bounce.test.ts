/** Reports about mail: RFC 3464, RFC 8098. */
import { field, partAt, subject } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { parse, readBounce, readDispositionNotification } from "./index.ts";

const message = (...lines: readonly string[]): ReturnType<typeof parse>["message"] =>
  parse(new TextEncoder().encode(lines.join("\r\n"))).message;

const report = (
  status: readonly string[],
  original: readonly string[],
): ReturnType<typeof message> =>
  message(
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    "",
    "--b",
    "",
    "It did not arrive.",
    "--b",
    "Content-Type: message/delivery-status",
    "",
    ...status,
    "--b",
    ...original,
    "--b--",
  );

describe("a bounce", () => {
  it("says who failed, with which status and why (RFC 3464 §2.3)", () => {
    const bounce = readBounce(
      report(
        [
          "Reporting-MTA: dns; mx.example.com",
          "Original-Envelope-Id: QQ314159",
          "Arrival-Date: Fri, 27 Nov 2026 10:00:00 +0000",
          "",
          "Original-Recipient: rfc822; bob@alias.example",
          "Final-Recipient: RFC822; bob@example.org",
          "Action: Failed",
          "Status: 5.1.1 (no such user)",
          "Remote-MTA: dns; mx.example.org",
          "Diagnostic-Code: smtp; 550 5.1.1",
          "  no such user",
          "",
          "Final-Recipient: rfc822;<eve@example.org>",
          "Action: delayed",
          "Status: 4.4.1",
          "Will-Retry-Until: Mon, 30 Nov 2026 10:00:00 +0000",
        ],
        [
          "Content-Type: message/rfc822",
          "",
          "Message-ID: <1@example.com>",
          "Subject: x",
          "",
          "text",
        ],
      ),
    );
    expect(bounce).toMatchObject({
      reportingMta: "mx.example.com",
      envelopeId: "QQ314159",
      arrival: { epochMs: Date.UTC(2026, 10, 27, 10) },
      text: "It did not arrive.",
      originalMessageId: "<1@example.com>",
    });
    expect(bounce?.failed).toMatchObject([
      {
        address: "bob@example.org",
        originalAddress: "bob@alias.example",
        action: "failed",
        status: { class: 5, subject: 1, detail: 1, text: "5.1.1" },
        diagnostic: "550 5.1.1 no such user",
        remoteMta: "mx.example.org",
      },
    ]);
    expect(bounce?.delayed).toMatchObject([
      { address: "eve@example.org", retryUntil: { epochMs: Date.UTC(2026, 10, 30, 10) } },
    ]);
    expect(bounce?.original && field(bounce.original, subject)).toBe("x");
  });

  const rows: readonly [title: string, status: readonly string[], expected: object][] = [
    [
      "without a group about the message",
      ["Final-Recipient: rfc822; a@example.com", "Action: failed", "Status: 5.0.0"],
      { recipients: [{ address: "a@example.com" }] },
    ],
    [
      "with the status only in the diagnostic",
      [
        "Reporting-MTA: dns; x",
        "",
        "Final-Recipient: rfc822; a@example.com",
        "Action: failed",
        "Diagnostic-Code: smtp; 550 5.7.1 no",
      ],
      { recipients: [{ status: { text: "5.7.1" } }] },
    ],
    [
      "without types",
      ["Reporting-MTA: x", "", "Final-Recipient: a@example.com", "Action: failed"],
      { reportingMta: "x", recipients: [{ address: "a@example.com" }] },
    ],
    [
      "with an action of its own",
      ["Reporting-MTA: dns; x", "", "Final-Recipient: rfc822; a@example.com", "Action: eaten"],
      { recipients: [{ action: undefined }], failed: [] },
    ],
  ];
  it.each(rows)("is read %s", (_title, status, expected) => {
    const headers = [
      "Content-Type: text/rfc822-headers",
      "",
      "Message-ID: <2@example.com>",
      "Subject: x",
    ];
    const bounce = readBounce(report(status, headers));
    expect(bounce).toMatchObject({ ...expected, originalMessageId: "<2@example.com>" });
  });

  it("is none of other mail, nor of one that is attached", () => {
    expect(readBounce(message("Subject: x", "", "text"))).toBeUndefined();
    expect(
      readBounce(message("Content-Type: message/delivery-status", "", "no fields")),
    ).toBeUndefined();
    expect(
      readBounce(
        message(
          "Content-Type: message/rfc822",
          "",
          "Content-Type: message/delivery-status",
          "",
          "Action: failed",
        ),
      ),
    ).toBeUndefined();
  });
});

it("a disposition notification says what became of a message (RFC 8098 §3.2.6)", () => {
  const mail = message(
    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
    "",
    "--b",
    "",
    "It was shown.",
    "--b",
    "Content-Type: message/disposition-notification",
    "",
    "Final-Recipient: rfc822; bob@example.org",
    "Original-Message-ID: <1@example.com>",
    "Disposition: manual-action/MDN-sent-manually; displayed/error,other",
    "--b--",
  );
  const part = partAt(mail, "2");
  expect(part && readDispositionNotification(part)).toMatchObject({
    address: "bob@example.org",
    originalMessageId: "<1@example.com>",
    disposition: "displayed",
    actionMode: "manual-action",
    sendingMode: "mdn-sent-manually",
    modifiers: ["error", "other"],
  });
  expect(readDispositionNotification(mail)).toBeUndefined();
});
