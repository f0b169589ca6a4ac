/** Who gives tokens: endpoints and scope, as providers document them. */

/** An authorization server. Any that follows RFC 6749 can be written down so. */
export interface OauthProvider {
  /** RFC 6749 §3.2; https. */
  readonly tokenEndpoint: string;
  /** RFC 8628 §3.1; https. */
  readonly deviceEndpoint?: string;
  /** What is asked for when a user consents. */
  readonly scope?: string;
  /** What is asked for by a program without a user, where that differs. */
  readonly appScope?: string;
  /** How the client shows its secret (RFC 6749 §2.3.1). Default `"header"`. */
  readonly clientSecretIn?: "header" | "body";
}

/**
 * Google: refresh tokens, and service accounts that act for users of a Workspace. Its device flow does not
 * grant the scope for mail, so there is no endpoint for it here. As of 2026-11.
 */
export const google: OauthProvider = Object.freeze({
  tokenEndpoint: "https://oauth2.googleapis.com/token",
  scope: "https://mail.google.com/",
  clientSecretIn: "body",
});

/**
 * Microsoft 365 and Outlook.com: refresh tokens, device flow, and client credentials, for which an administrator
 * has to register the app in Exchange too. As of 2026-11.
 *
 * @param tenant the directory: its name or id; `"common"`, `"organizations"` and `"consumers"` where users log in
 */
export function microsoft(tenant: string = "common"): OauthProvider {
  const base = `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0`;
  return Object.freeze({
    tokenEndpoint: `${base}/token`,
    deviceEndpoint: `${base}/devicecode`,
    scope: "https://outlook.office.com/SMTP.Send offline_access",
    appScope: "https://outlook.office365.com/.default",
    clientSecretIn: "body",
  });
}
