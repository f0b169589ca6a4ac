/** The certificates of the lab: one authority as long as the process lives, and what each server shows. */
import { createAuthority, createSelfSigned, type CertificateAuthority } from "../certificates.ts";
import type { CertificatePlan } from "./variant.ts";

/** What a server shows. */
export interface ShownIdentity {
  /** PEM, leaf first. */
  readonly cert: string;
  readonly key: string;
}

const day = 86_400_000;
let lab: Promise<CertificateAuthority> | undefined;

/** Whom the clients of the lab trust. */
export function labAuthority(): Promise<CertificateAuthority> {
  lab ??= createAuthority({ name: "Letterwright lab authority" });
  return lab;
}

/** The certificate that the plan describes, for this host. */
export async function identityOf(plan: CertificatePlan, host: string): Promise<ShownIdentity> {
  const { kind = "good", names = [host], commonName, organization, issuer } = plan;
  const leaf = {
    names,
    ...(commonName === undefined ? {} : { commonName }),
    ...(organization === undefined ? {} : { organization }),
    ...(plan.validFromDays === undefined ? {} : { notBefore: inDays(plan.validFromDays) }),
    ...(plan.validToDays === undefined ? {} : { notAfter: inDays(plan.validToDays) }),
  };
  const name = issuer === undefined ? {} : { name: issuer };
  const trusted = await labAuthority();
  switch (kind) {
    case "good":
      return shown(await trusted.issue(leaf));
    case "self-signed":
      return shown(await createSelfSigned(leaf));
    case "other-authority":
      return shown(await (await createAuthority(name)).issue(leaf));
    case "intercepted": {
      // Such products send their root along.
      const other = await createAuthority(name);
      const { certificate, key } = await other.issue(leaf);
      return { cert: certificate + other.certificate, key };
    }
    case "leaf-without-intermediate": {
      const between = await trusted.intermediate(name);
      const issued = await between.issue({
        ...leaf,
        issuerUrl: "http://ca.example/intermediate.crt",
      });
      return { cert: issued.certificate, key: issued.key };
    }
    case "expired-intermediate": {
      const between = await trusted.intermediate({ notBefore: inDays(-400), notAfter: inDays(-3) });
      return shown(await between.issue(leaf));
    }
    case "weak-key":
      return shown(await trusted.issue({ ...leaf, keyType: "RSA-1024" }));
  }
}

function shown({ chain, key }: { readonly chain: string; readonly key: string }): ShownIdentity {
  return { cert: chain, key };
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * day);
}
