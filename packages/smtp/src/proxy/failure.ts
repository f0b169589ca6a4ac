/** What a proxy can say or do, in words. */
import type { Retry } from "@letterwright/message";
import { SmtpError } from "../failure.ts";

export function proxyUnreachable(cause: unknown, host: string, port: number): SmtpError {
  return new SmtpError(`the proxy ${host}:${port} cannot be reached`, {
    code: "SMTP_PROXY_UNREACHABLE",
    hint: "Check host and port of `proxy`. Is it running, and does this machine have a way to it?",
    stage: "connect",
    retry: "later",
    cause,
  });
}

/** It does not let this client in. */
export function proxyAuthRefused(said: string): SmtpError {
  return new SmtpError(`the proxy wants another user or password: ${said}`, {
    code: "SMTP_PROXY_AUTH_REFUSED",
    hint: "Write the user into the URL of `proxy`, and give the password as its `secret`.",
    stage: "connect",
    retry: "no",
  });
}

/** It lets this client in, and makes no connection to the mail server. */
export function proxyRefused(said: string, retry: Retry): SmtpError {
  return new SmtpError(`the proxy does not connect to the mail server: ${said}`, {
    code: "SMTP_PROXY_REFUSED",
    hint: "Many proxies let only port 443 through: ask for 465 or 587. Does the mail server run, and is its name right?",
    stage: "connect",
    retry,
  });
}

/** It speaks something else. */
export function proxyMalformed(said: string): SmtpError {
  return new SmtpError(`what answers is no such proxy: ${said}`, {
    code: "SMTP_PROXY_MALFORMED",
    hint: "Check the scheme (socks5, http, https) and the port of `proxy`.",
    stage: "connect",
    retry: "no",
  });
}
