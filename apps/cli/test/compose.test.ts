import { describe, expect, it } from "vitest";
import { letterwright } from "./command.ts";

const people = [
  "-f",
  "Änne <ana@example.com>",
  "-t",
  "bob@example.org",
  "--bcc",
  "eve@example.net",
];

describe("compose", () => {
  it("writes the message to standard output, with CRLF and without Bcc", async () => {
    const run = await letterwright(["compose", ...people, "-s", "Grüße", "-b", "-"], {
      input: "Hällo\n",
    });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(/^From: =\?utf-8\?[QB]\?[^ ]+\?= <ana@example\.com>\r\n/i);
    expect(run.stdout).toMatch(/^Date: /m);
    expect(run.stdout).toMatch(/^Message-ID: <[^>]+@example\.com>\r$/m);
    expect(run.stdout.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(run.stdout).not.toMatch(/eve@|^Bcc:/im);
    // No server is known yet: seven bits pass everywhere.
    expect(run.stdout).toMatch(/^[\u0001-\u007f]*$/); // eslint-disable-line no-control-regex
  });

  it("writes UTF-8 fields only where an address needs them (RFC 6532)", async () => {
    const run = await letterwright(["compose", "-f", "änne@example.com", "-t", "bob@example.org"]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(/^From: änne@example\.com\r\n/);
  });

  it("ends without a word when nobody reads any more", async () => {
    const text = "line\n".repeat(400_000);
    const run = await letterwright(["compose", ...people, "-b", "-"], {
      input: text,
      watch: (child) => child.stdout.once("data", () => child.stdout.destroy()),
    });
    expect(run).toMatchObject({ status: 74, stderr: "" });
  });
});

describe("--help", () => {
  it.each(["send", "compose", "catch"])("%s shows examples before anything else", async (name) => {
    const run = await letterwright([name, "--help"]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(new RegExp(`^Examples?:\n  letterwright ${name} `));
    expect(run.stdout).not.toMatch(/--password \[|default: \[\]/);
  });

  it("is what no arguments get, with the status of a usage error", async () => {
    const run = await letterwright([]);
    expect(run).toMatchObject({ status: 64, stdout: "" });
    expect(run.stderr).toMatch(/^Examples:/);
  });
});
