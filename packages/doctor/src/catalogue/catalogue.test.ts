import { faultIds } from "@letterwright/receiver/faults";
import { describe, expect, it } from "vitest";
import { failureOf, failures, isFailureId, type FailureId } from "./index.ts";

/** What no server can produce: it happens before one is reached, or after one has taken the mail. */
const beyondServers: readonly FailureId[] = [
  "config.host-unset",
  "config.credentials-missing",
  "config.tls-mode-string",
  "config.url-encoding",
  "config.scheme-port-clash",
  "config.host-typo",
  "dns.nxdomain",
  "dns.temporary",
  "dns.ipv6-unroutable",
  "connect.timeout",
  "connect.port25-blocked",
  "connect.platform-blocks-smtp",
  "connect.edge-runtime",
  "connect.proxy",
  "post.accepted-not-arrived",
  "post.bounce",
  "local.charset",
  "local.missing-import",
  "local.password-echo-and-shell",
  "local.attachment-missing",
];

describe("the catalogue", () => {
  it("has every failure of the lab, and the lab has every one that a server can produce", () => {
    const ids = failures.map(({ id }) => id);
    expect(ids.filter((id) => !beyondServers.includes(id)).toSorted()).toEqual(
      [...faultIds].toSorted(),
    );
  });
  it.each(failures.map((failure) => [failure.id, failure] as const))(
    "%s is told whole",
    (_id, failure) => {
      expect(failure.why).toMatch(/^[A-Z].*\.$/s);
      expect(failure.do.length).toBeGreaterThan(0);
      for (const step of failure.do) expect(step).toMatch(/[.)]$|--\S+|:[^ ]+$|\.js$/);
      expect(failure.asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(failure.sources.length).toBeGreaterThan(0);
      for (const other of failure.confusedWith ?? []) expect(isFailureId(other)).toBe(true);
      for (const command of failure.try)
        expect(command).toMatch(/^(letterwright|node|date|NODE_EXTRA_CA_CERTS=)/);
    },
  );
  it("gives each by its name", () => {
    expect(failureOf("tls.expired").stage).toBe("tls");
    expect(isFailureId("tls.expired")).toBe(true);
    expect(isFailureId("toString")).toBe(false);
  });
});
