import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";
import { TallyReporter } from "./internal/scripts/tally-reporter.ts";

const config: ViteUserConfig = defineConfig({
  // Tests read the sources, not the built files; suites that spawn a command use what was built.
  ssr: {
    resolve: { conditions: ["@letterwright/source", "node", "development|production"] },
  },
  test: {
    include: [
      "packages/*/{src,test}/**/*.test.ts",
      "apps/*/{src,test}/**/*.test.ts",
      "internal/*/{src,test}/**/*.test.ts",
      "examples/{src,test}/**/*.test.ts",
    ],
    // Suites against real servers need Debian packages: `.ci/run --full` installs them and asks for these suites.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env["LETTERWRIGHT_FULL"] === "1" ? [] : ["**/*.full.test.ts"]),
    ],
    reporters: ["default", new TallyReporter()],
    // Concurrent tests are those that start processes; more of them would get into each other's way.
    maxConcurrency: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    coverage: { provider: "v8", include: ["packages/*/src/**", "apps/*/src/**"] },
  },
});

export default config;
