import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { envelope } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { Job, Line } from "./job.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const told = { accepted: () => undefined, failed: () => undefined };
const to = envelope({ reversePath: "a@example.com", recipients: ["b@example.org"] });

function jobOf(line: Line, number: number): Job {
  const outgoing = (): never => {
    throw new Error("nobody writes it");
  };
  return new Job({ outgoing, envelope: to, options: {}, startedMs: 0 }, line, 1, number, told);
}

describe("a line of jobs", () => {
  it("gives them in the order in which they came, one that was put back in its place", () => {
    const line = new Line(1);
    const lane = {};
    const jobs = [1, 2, 3, 4].map((number) => jobOf(line, number));
    for (const job of jobs) line.push(job);
    const first = line.take(lane) as Job;
    const second = line.take(lane) as Job;
    line.putBack(second);
    line.putBack(first);
    expect([1, 2, 3, 4].map(() => line.take(lane)?.number)).toEqual([1, 2, 3, 4]);
    expect(line.take(lane)).toBeUndefined();
  });

  it("holds none that was taken, though others wait behind it", async () => {
    const line = new Line(1);
    for (let number = 0; number < 100; number++) line.push(jobOf(line, number));
    const taken = Array.from({ length: 50 }, () => new WeakRef(line.take(line) as Job));
    await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target for the turn it was made in
    collect();
    expect(taken.filter((job) => job.deref() !== undefined)).toEqual([]);
    expect(line.waiting).toBe(50);
  });
});
