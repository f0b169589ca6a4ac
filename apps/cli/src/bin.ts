#!/usr/bin/env node
/** The executable. */
import { run } from "./program.ts";
import { endWhenUnread } from "./write-out.ts";

endWhenUnread();
process.exitCode = await run(process.argv.slice(2));
