/**
 * OAuth access tokens for logging in.
 *
 * RFC 6749 (refresh token, client credentials), RFC 7523 (service accounts), RFC 8628 (device flow), for OAUTHBEARER
 * (RFC 7628) and XOAUTH2.
 */
export { oauthTokens } from "./token-source.ts";
export { authorizeDevice } from "./device.ts";
export { google, microsoft } from "./provider.ts";
export { OauthError } from "./failure.ts";
export type { OauthGrant, OauthTokensOptions } from "./token-source.ts";
export type { DeviceConsent, DeviceOptions, DevicePrompt } from "./device.ts";
export type { OauthProvider } from "./provider.ts";
export type { OauthErrorInit } from "./failure.ts";
export type { OauthClient, OauthOptions } from "./options.ts";
