/** The one door of this package that touches a file system. */
export { fileSpool } from "./file-spool.ts";
