/** Runs one comparison, named by the argument, in a process that does nothing else, and prints what it gave as JSON. */
import { comparisons } from "./catalogue.ts";
import { measure } from "./measure.ts";

const [, , wanted] = process.argv;
const comparison = comparisons.find(({ name }) => name === wanted);
if (comparison === undefined) throw new Error(`there is no comparison ${String(wanted)}`);
const result = await measure(comparison, { rounds: 9, roundMs: 120 });
process.stdout.write(JSON.stringify({ ...result, comparison: undefined }));
process.exit(0);
