/** Every rule, in the order of a conversation: settings first, the program itself last. */
import type { Rule } from "../rule.ts";
import { afterwardsRules } from "./afterwards.ts";
import { connectionRules } from "./connection.ts";
import { contentRules } from "./content.ts";
import { loginRules } from "./login.ts";
import { openingRules } from "./opening.ts";
import { recipientRules } from "./recipient.ts";
import { senderRules } from "./sender.ts";
import { settingsRules } from "./settings.ts";
import { tlsRules } from "./tls.ts";

export const rules: readonly Rule[] = [
  ...settingsRules,
  ...connectionRules,
  ...tlsRules,
  ...openingRules,
  ...loginRules,
  ...senderRules,
  ...recipientRules,
  ...contentRules,
  ...afterwardsRules,
];
