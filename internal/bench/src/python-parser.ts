/** Python's own parser as a side: it is told what to read, reads it as often as it is asked, and says when. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import type { Socket } from "node:net";
import type { Side } from "./comparison.ts";

const program = `
import sys, email, email.policy, itertools
from email.parser import BytesParser
parser = BytesParser(policy=email.policy.default)
source = sys.stdin.buffer
inputs = [source.read(int(source.readline())) for _ in range(int(source.readline()))]
turns = itertools.cycle(inputs)
def decode(data):
    mail = parser.parsebytes(data)
    count = 0
    for part in mail.walk():
        for name, value in part.items():
            count += len(value)
        if not part.is_multipart():
            content = part.get_content()
            count += len(content)
    return count
for line in source:
    decode(next(turns))
    sys.stdout.write("done\\n")
    sys.stdout.flush()
`;

/** Each run is one message; the time includes a turn through two pipes, some tens of microseconds. */
export function pythonSide(inputs: readonly Uint8Array[]): Side {
  let child: ChildProcessWithoutNullStreams | undefined;
  const waiting: (() => void)[] = [];
  const start = (): ChildProcessWithoutNullStreams => {
    const started = spawn("python3", ["-c", program]);
    started.stdout.on("data", (chunk: Buffer) => {
      for (const octet of chunk) if (octet === 0x0a) waiting.shift()?.();
    });
    started.stderr.pipe(process.stderr);
    started.stdin.write(`${inputs.length}\n`);
    for (const bytes of inputs) {
      started.stdin.write(`${bytes.length}\n`);
      started.stdin.write(bytes);
    }
    return started;
  };
  return {
    name: "Python's BytesParser, policy default",
    isElsewhere: true,
    run() {
      const python = (child ??= start());
      // It keeps this process alive only while something is asked of it.
      hold(python, true);
      python.stdin.write("go\n");
      return new Promise<void>((resolve) => {
        waiting.push(() => {
          hold(python, false);
          resolve();
        });
      });
    },
  };
}

function hold(child: ChildProcessWithoutNullStreams, isHeld: boolean): void {
  const deed = isHeld ? "ref" : "unref";
  child[deed]();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket)[deed]();
}
