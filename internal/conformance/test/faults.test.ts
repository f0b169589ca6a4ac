/** The lab of failures, met by our own client: what is said to fail fails, and what is healthy does not. */
import {
  faultVariants,
  healthyControls,
  nearMisses,
  startFault,
  type FaultVariant,
} from "@letterwright/receiver/faults";
import { describe, expect, it } from "vitest";
import { sendToFault } from "../src/lab-client.ts";

const named = (variants: readonly FaultVariant[]): [string, FaultVariant][] =>
  variants.map((variant) => [variant.name, variant]);

describe("every fault of the lab", () => {
  it.concurrent.each(named([...faultVariants, ...nearMisses.flatMap(({ pair }) => pair)]))(
    "%s",
    async (_name, variant) => {
      await using fault = await startFault(variant);
      const outcome = await sendToFault(fault);
      expect(outcome).toHaveProperty("error.code");
    },
  );
});

describe("every healthy control", () => {
  it.concurrent.each(named(healthyControls))("%s", async (_name, variant) => {
    await using fault = await startFault(variant);
    expect(await sendToFault(fault)).toHaveProperty("receipt.accepted");
  });
});
