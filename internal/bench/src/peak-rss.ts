/** How much memory this process held at most. */
import { readFileSync } from "node:fs";

/** In MB. Linux hands the peak of the parent down to `maxRSS`; its own count in /proc starts anew. */
export function peakRssMb(): number {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  } catch {
    // not Linux
  }
  return process.resourceUsage().maxRSS / 1024;
}
