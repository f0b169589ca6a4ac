import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { systemStore } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-store-"));
const file = join(folder, "roots.pem");
const [one = "", two = "", three = ""] = rootCertificates;
writeFileSync(file, `# two of them\n${one}\n${two}\n`);
const other = mkdtempSync(join(tmpdir(), "letterwright-store-"));
writeFileSync(join(other, "a.0"), three);
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(other, { recursive: true });
});

describe("the system's store", () => {
  it("is what Node reads, where it can", () => {
    expect(systemStore({ SSL_CERT_FILE: file }, () => [three, three])).toEqual({
      kind: "system",
      from: "Node",
      authorities: [three],
    });
  });
  it.each([
    ["a file", { SSL_CERT_FILE: file }, file, [one, two]],
    ["a folder", { SSL_CERT_DIR: other }, other, [three]],
    [
      "a list of folders",
      { SSL_CERT_DIR: [other, folder].join(delimiter) },
      `${other}, ${folder}`,
      [three, one, two],
    ],
    [
      "the same twice",
      { SSL_CERT_FILE: file, SSL_CERT_DIR: folder },
      `${file}, ${folder}`,
      [one, two],
    ],
    ["both", { SSL_CERT_FILE: file, SSL_CERT_DIR: other }, `${file}, ${other}`, [one, two, three]],
  ])("is read from %s that the environment names", (_title, environment, from, authorities) => {
    const store = systemStore(environment, undefined);
    expect(store).toMatchObject({ kind: "system", from });
    expect(store.authorities.map(unspaced)).toEqual(authorities.map(unspaced));
  });
  it.each([
    ["names nothing that is there", { SSL_CERT_FILE: join(folder, "none"), SSL_CERT_DIR: "/none" }],
    ["names a file without certificates", { SSL_CERT_FILE: new URL(import.meta.url).pathname }],
  ])("is Mozilla's where the environment %s", (_title, environment) => {
    expect(systemStore(environment, () => [])).toMatchObject({ kind: "mozilla", from: "Node" });
  });
  it("is read from where this system keeps it, or is Mozilla's", () => {
    const { kind, from, authorities } = systemStore({}, undefined);
    expect(authorities.length).toBeGreaterThan(20);
    expect(from).toMatch(kind === "system" ? /^\// : /^Node$/);
  });
});

function unspaced(pem: string): string {
  return pem.replaceAll(/\s/g, "");
}
