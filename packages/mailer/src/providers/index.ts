/**
 * Well-known providers of mail: host, port, TLS, login.
 *
 * RFC 8314 §3.3: implicit TLS first, where it is offered.
 */
export { providerServer, takesToken } from "./server.ts";
export { providerNamed, providerOf, providers } from "./table.ts";
export type { ProviderServer } from "./server.ts";
export type { Provider, ProviderEndpoint, ProviderUser } from "./provider.ts";
