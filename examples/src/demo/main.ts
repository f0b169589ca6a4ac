/** The demo: `npx -y pnpm@12 demo`. */
import { join } from "node:path";
import { compareArrival } from "./compare.ts";
import { deliverLetter } from "./deliver.ts";
import { readLetter } from "./letter.ts";
import { isSound, reportLines } from "./report.ts";

const letter = readLetter(new URL("../../files/", import.meta.url));
const { receipt, sent, path, arrival } = await deliverLetter(
  letter,
  join(process.cwd(), ".letterwright-demo"),
);
const rows = await compareArrival(letter, sent, receipt.messageId ?? "", arrival);
console.log(reportLines(receipt, path, rows).join("\n"));
process.exitCode = isSound(receipt, rows) ? 0 : 1;
