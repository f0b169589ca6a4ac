/** Policies fitted to what servers offer, kept: a server offers the same for every message of a connection. */
import { fit, type Policy } from "@letterwright/generator";
import { needsUtf8Fields, type Message, type ServerOffer } from "@letterwright/message";

/** The policy for a message and an offer. */
export type FittedPolicies = (offer: ServerOffer, mail: Message) => Policy;

/** What `fit` makes of the policy, made once for each offer, and for messages that need UTF-8 once more. */
export function fittedPolicies(policy: Policy): FittedPolicies {
  const plain = new WeakMap<ServerOffer, Policy>();
  const utf8 = new WeakMap<ServerOffer, Policy>();
  return (offer, mail) => {
    const kept = needsUtf8Fields(mail) ? utf8 : plain;
    let fitted = kept.get(offer);
    if (fitted === undefined) {
      fitted = fit(policy, offer, mail).policy;
      kept.set(offer, fitted);
    }
    return fitted;
  };
}
