/** The one door of this package that touches a file system. */
export { fileSource, openFile, openInlineFile } from "./open-file.ts";
export type { OpenFileOptions } from "./open-file.ts";
