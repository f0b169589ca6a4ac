/** Sizes for people. */

/** `"12 bytes"`, `"1.1 kB"`, `"1.4 MB"`: thousands, as disks and mail providers count. */
export function sizeText(bytes: number): string {
  if (bytes === 1) return "1 byte";
  if (bytes < 1000) return `${bytes} bytes`;
  // A number that would be rounded up to 1000 belongs to the next unit.
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
