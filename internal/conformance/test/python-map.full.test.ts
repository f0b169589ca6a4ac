/** The map from Python's smtplib leaves nothing out: every public name of Debian's Python stands in it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const names = `
import json, smtplib
found = set(smtplib.__all__) | {"LMTP_PORT", "CRLF"}
for one in (smtplib.SMTP, smtplib.SMTP_SSL, smtplib.LMTP):
    found |= {name for name in dir(one) if not name.startswith("_")}
print(json.dumps(sorted(found)))
`;

it("names every class, method, attribute and error of smtplib", () => {
  const output = execFileSync("/usr/bin/python3", ["-c", names], { encoding: "utf8" });
  const known = JSON.parse(output) as readonly string[];
  expect(known.length).toBeGreaterThan(50);
  const page = readFileSync(new URL("../../../docs/python-map.md", import.meta.url), "utf8");
  const told = page.slice(page.indexOf("## smtplib"));
  const words = new Set(
    [...told.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => code.split(/[^A-Za-z0-9_]+/)),
  );
  expect(known.filter((name) => !words.has(name))).toEqual([]);
});
