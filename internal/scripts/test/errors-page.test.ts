/** The page of error codes and the sources say the same. */
import { describe, expect, it } from "vitest";
import { filesBelow, publishedPackages, read } from "../src/workspace.ts";

/** What Node, OpenSSL, the resolver and the environment call things: we read these names, and never throw them as ours. */
const foreign: ReadonlySet<string> = new Set([
  "CERTIFICATE_REQUIRED",
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CRL_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "EAI_AGAIN",
  "EAI_NODATA",
  "EAI_NONAME",
  "ERR_SSL",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CRL_LAST_UPDATE_FIELD",
  "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HANDSHAKE_FAILURE",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "LC_ALL",
  "LC_CTYPE",
  "PATH_LENGTH_EXCEEDED",
  "PEER_DID_NOT_RETURN",
  "PROTOCOL_VERSION",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNSUPPORTED_PROTOCOL",
  "WRONG_SSL_VERSION",
]);

/** Every literal that looks like a code; a code in some form that a pattern of ours does not know would slip through. */
const codesOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)].map(([, code = ""]) => code);

const sources = publishedPackages()
  .flatMap(({ folder }) => filesBelow(`${folder}/src`, ".ts"))
  .filter((path) => !path.endsWith(".test.ts"));
// It sorts the codes of others; that it names one does not mean that somebody throws it.
const exitStatuses = "apps/cli/src/exit-status.ts";
// So does the doctor, which reads them; and it reads names of others and of the environment.
const doctorReads =
  /^packages\/doctor\/src\/(?:explain\/|diagnose\/(?:environment|tls-verdict)\.ts)/;
const thrown = new Set(
  sources.filter((path) => path !== exitStatuses && !doctorReads.test(path)).flatMap(codesOf),
);
const page = read("docs/errors.md");
const onPage = [...page.matchAll(/^### (\S+)$/gm)].map(([, code = ""]) => code);

describe("docs/errors.md", () => {
  it("has an entry for every code of the sources", () => {
    const missing = [...thrown].filter(
      // EX_… are the names of exit statuses in sysexits.h.
      (code) => !onPage.includes(code) && !foreign.has(code) && !code.startsWith("EX_"),
    );
    expect(missing.toSorted()).toEqual([]);
  });
  it("has no entry for a code that is gone", () => {
    expect(onPage.filter((code) => !thrown.has(code))).toEqual([]);
  });
  it("has each code once, with a text of its own", () => {
    expect(onPage).toHaveLength(new Set(onPage).size);
    const empty = page
      .split(/^### /m)
      .slice(1)
      .filter((entry) => entry.split("\n").slice(1).join("").trim().length < 40);
    expect(empty).toEqual([]);
  });
  it("knows every code to which the command gives an exit status", () => {
    expect(codesOf(exitStatuses).filter((code) => !onPage.includes(code))).toEqual([]);
  });
});
