/** Where the program runs, as far as its environment tells. */

/** Variables by name; only a few are looked at, and none is shown but by its name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const platforms: readonly (readonly [variable: string, platform: string])[] = [
  ["RENDER", "Render"],
  ["RAILWAY_PROJECT_ID", "Railway"],
  ["RAILWAY_ENVIRONMENT", "Railway"],
  ["FLY_APP_NAME", "Fly.io"],
  ["VERCEL", "Vercel"],
  ["DYNO", "Heroku"],
  ["K_SERVICE", "Google Cloud Run"],
  ["AWS_LAMBDA_FUNCTION_NAME", "AWS Lambda"],
  ["NETLIFY", "Netlify"],
];

/** The hosting platform; asOf 2026-11. */
export function platformOf(environment: Environment): string | undefined {
  return platforms.find(([variable]) => (environment[variable] ?? "") !== "")?.[1];
}

/** The variable that names a proxy. */
export function proxyVariableOf(environment: Environment): string | undefined {
  return ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].find(
    (name) => (environment[name] ?? "") !== "",
  );
}
