/** CPython's email package as an independent reader: one process, a line for each message. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { hex, plainText, type Reading } from "./reading.ts";

const script = `
import email, email.policy, json, sys

def boxes(field):
    return [] if field is None else [{"name": a.display_name, "address": a.addr_spec} for a in field.addresses]

def text(mail, kind):
    part = mail.get_body((kind,))
    return "" if part is None else part.get_content()

for line in sys.stdin:
    mail = email.message_from_bytes(bytes.fromhex(line.strip()), policy=email.policy.default)
    files = [part for part in mail.walk() if part.get_filename() is not None]
    print(json.dumps({
        "subject": str(mail["subject"] or ""),
        "from": boxes(mail["from"]), "to": boxes(mail["to"]), "cc": boxes(mail["cc"]), "replyTo": boxes(mail["reply-to"]),
        "date": mail["date"].datetime.timestamp(),
        "messageId": str(mail["message-id"]),
        "text": text(mail, "plain"), "html": text(mail, "html"),
        "files": [{
            "name": part["content-disposition"].params["filename"], "type": part.get_content_type(),
            "cid": part["content-id"], "content": part.get_payload(decode=True).hex(),
        } for part in files],
    }), flush=True)
`;

/** The reader. */
export interface PythonReader {
  read(bytes: Uint8Array): Promise<Reading>;
  /** Ends the process. */
  close(): void;
}

/** Starts Debian's Python: another one on the path may lack modules. */
export function startPython(executable = "/usr/bin/python3"): PythonReader {
  const running: ChildProcessWithoutNullStreams = spawn(executable, ["-c", script]);
  const lines = createInterface(running.stdout)[Symbol.asyncIterator]();
  let faults = "";
  running.stderr.on("data", (chunk: Buffer) => (faults += chunk.toString()));
  return {
    async read(bytes) {
      running.stdin.write(`${hex(bytes)}\n`);
      const { done, value } = await lines.next();
      if (done === true) throw new Error(`Python's email gave up:\n${faults}`);
      return inOneShape(JSON.parse(value) as PythonReading);
    },
    close() {
      running.stdin.end();
    },
  };
}

/**
 * CPython 3.11 drops blanks at the ends of the encoded-words of a name and runs of them, and puts one between two
 * words that have none (RFC 2047 §6.2). Names are compared without blanks; the other readers find them.
 */
export function withoutBlanks(reading: Reading): Reading {
  const squeezed = (boxes: Reading["from"]): Reading["from"] =>
    boxes.map(({ name, address }) => ({ name: name.replaceAll(/\s+/gu, ""), address }));
  return {
    ...reading,
    from: squeezed(reading.from),
    to: squeezed(reading.to),
    cc: squeezed(reading.cc),
    replyTo: squeezed(reading.replyTo),
  };
}

type PythonReading = Omit<Reading, "date" | "files"> & {
  readonly date: number;
  readonly files: readonly {
    readonly name: string;
    readonly type: string;
    readonly cid: string | null;
    readonly content: string;
  }[];
};

function inOneShape(found: PythonReading): Reading {
  return {
    ...found,
    date: new Date(found.date * 1000).toISOString(),
    text: plainText(found.text),
    html: plainText(found.html),
    files: found.files.map(({ cid, ...file }) => ({
      ...file,
      cid: cid === null ? undefined : cid.trim().replace(/^<|>$/g, ""),
    })),
  };
}
