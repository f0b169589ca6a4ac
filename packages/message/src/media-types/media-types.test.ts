import { describe, expect, it } from "vitest";
import { mediaTypeOf as shortOne } from "../media-type.ts";
import { mediaTypeOf } from "./index.ts";
import { table } from "./table.ts";

describe("mediaTypeOf", () => {
  it.each([
    ["a.pdf", "application/pdf"],
    ["A.B.JPEG", "image/jpeg"],
    ["x.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ["x.mp4", "video/mp4"],
    ["x.tar.gz", "application/gzip"],
    ["noextension", "application/octet-stream"],
    [".pdf", "application/octet-stream"],
    ["x.", "application/octet-stream"],
    ["x.__proto__", "application/octet-stream"],
    ["x.js", "text/javascript"],
    ["x.xml", "application/xml"],
    ["x.exe", "application/octet-stream"],
  ])("takes %s for %s", (name, type) => {
    expect(mediaTypeOf(name)).toBe(type);
  });

  it("agrees with the short table that composing has at hand", () => {
    for (const line of table.split("\n")) {
      for (const extension of line.split(" ").slice(1)) {
        const known = shortOne(`a.${extension}`);
        if (known !== "application/octet-stream") {
          expect(mediaTypeOf(`a.${extension}`), extension).toBe(known);
        }
      }
    }
  });
});
