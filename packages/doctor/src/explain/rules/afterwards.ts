/** Signs of what comes after sending, and of faults in the program itself. */
import type { Rule } from "../rule.ts";

export const afterwardsRules: readonly Rule[] = [
  {
    id: "post.bounce",
    weight: 60,
    says: [
      "multipart/report",
      "mailer-daemon",
      "delivery status notification",
      "undelivered mail",
      "undeliverable:",
      "delivery has failed",
    ],
  },
  { id: "local.charset", weight: 97, says: ["codec can t encode", "unicodeencodeerror"] },
  {
    id: "local.missing-import",
    weight: 97,
    says: [
      "name ssl is not defined",
      "name smtplib is not defined",
      "require is not defined",
      "cannot use import statement",
      "is not defined. did you forget to import",
    ],
  },
  {
    id: "local.missing-import",
    weight: 80,
    name: ["NameError", "ModuleNotFoundError", "ERR_MODULE_NOT_FOUND"],
  },
  { id: "local.attachment-missing", weight: 92, name: ["FILE_UNREADABLE", "FileNotFoundError"] },
  { id: "local.attachment-missing", weight: 84, name: ["ENOENT", "EACCES"] },
  { id: "local.attachment-missing", weight: 84, says: ["no such file or directory"] },
];
