/** What a port says to somebody who is silent and to somebody who begins TLS; then the conversation it allows. */
import type { Destination } from "./connector.ts";
import { converse } from "./conversation.ts";
import { listen, sayHello, type HelloAnswer, type PlainWords } from "./first-bytes.ts";
import { attempt, within, type Probing } from "./probing.ts";
import type { Goal } from "./target.ts";
import { causeOfTls, type Cause } from "./tls-verdict.ts";

const wordsMs = 3000;
const helloMs = 2500;

const serviceNames: Partial<Readonly<Record<PlainWords["kind"], string>>> = {
  imap: "IMAP, for reading mail",
  pop3: "POP3, for fetching mail",
  ssh: "SSH",
  http: "a web server",
};

/** The two-way look at the first bytes, then the conversation. */
export async function talk(
  probing: Probing,
  goal: Goal,
  to: Destination,
  isInbound: boolean,
): Promise<Cause | undefined> {
  const listening = new AbortController();
  const words = listen(probing.connect, to, AbortSignal.any([probing.signal, listening.signal]));
  try {
    const hello = goal.tls === "implicit" ? helloOf(probing, goal, to) : undefined;
    const early = await earlyWords(probing.signal, words, hello);
    if (early === "secured") return conversation(probing, goal, to, true, isInbound);
    if (early !== undefined && early.kind !== "closed" && early.kind !== "silence")
      return await spoken(probing, goal, to, early, isInbound);
    const answer = await (hello ?? helloOf(probing, goal, to));
    return await unspoken(probing, goal, to, {
      answer,
      words,
      wasClosed: early?.kind === "closed",
      isInbound,
    });
  } finally {
    listening.abort();
  }
}

/** What is said in plain text within three seconds, unless TLS stands before. */
function earlyWords(
  signal: AbortSignal,
  words: Promise<PlainWords>,
  hello: Promise<HelloAnswer> | undefined,
): Promise<PlainWords | "secured" | undefined> {
  if (hello === undefined) return within(signal, words, wordsMs);
  const secured = hello.then((answer): Promise<PlainWords | "secured"> =>
    answer.kind === "secured" || isCertificate(answer) ? Promise.resolve("secured") : words,
  );
  return within<PlainWords | "secured">(signal, Promise.race([words, secured]), wordsMs);
}

async function helloOf(probing: Probing, goal: Goal, to: Destination): Promise<HelloAnswer> {
  const tlsContext = probing.tlsContext();
  const signal = AbortSignal.any([probing.signal, AbortSignal.timeout(helloMs)]);
  return sayHello(probing.connect, to, { host: goal.host, tlsContext, signal });
}

/** The port speaks before it is asked. */
async function spoken(
  probing: Probing,
  goal: Goal,
  to: Destination,
  { kind, line }: PlainWords,
  isInbound: boolean,
): Promise<Cause | undefined> {
  const quoted = JSON.stringify(line.slice(0, 120));
  if (kind === "smtp") {
    const isRefusal = line.startsWith("4") || line.startsWith("5");
    if (goal.tls === "implicit" && !isRefusal) {
      probing.say({
        stage: "probe",
        status: "failed",
        text: `the port greets in plain text: ${quoted}`,
      });
      return {
        id: "tls.implicit-on-starttls-port",
        certainty: "certain",
        evidence: [`plain text greeting ${quoted}`],
      };
    }
    return conversation(probing, goal, to, false, isInbound);
  }
  probing.say({
    stage: "probe",
    status: "failed",
    text: `the port says ${quoted}: ${serviceNames[kind] ?? "nothing of mail"}`,
  });
  if (kind === "http") {
    const isRedirect = /^HTTP\/\d(\.\d)? (30\d|511)/.test(line);
    return isRedirect
      ? {
          id: "connect.captive-portal",
          certainty: "likely",
          evidence: [`a web page's redirection: ${quoted}`],
        }
      : {
          id: "config.wrong-service-port",
          certainty: "certain",
          evidence: [`a web server: ${quoted}`],
        };
  }
  return {
    id: "config.wrong-service-port",
    certainty: kind === "other" ? "likely" : "certain",
    evidence: [`${serviceNames[kind] ?? "not SMTP"}: ${quoted}`],
  };
}

/** The port is silent, or hangs up, before it is asked. */
async function unspoken(
  probing: Probing,
  goal: Goal,
  to: Destination,
  {
    answer,
    words,
    wasClosed,
    isInbound,
  }: {
    readonly answer: HelloAnswer;
    readonly words: Promise<PlainWords>;
    readonly wasClosed: boolean;
    readonly isInbound: boolean;
  },
): Promise<Cause | undefined> {
  if (answer.kind === "secured" || isCertificate(answer)) {
    const wanted = goal.tls === "starttls" || goal.tls === "none" || goal.tls === "opportunistic";
    if (wanted) {
      probing.say({
        stage: "probe",
        status: "failed",
        text: "the port says nothing in plain text, and answers TLS",
      });
      return {
        id: "tls.plaintext-on-implicit-port",
        certainty: "certain",
        evidence: ["silent in plain text, and TLS is answered"],
      };
    }
    return conversation(probing, goal, to, true, isInbound);
  }
  if (wasClosed) {
    probing.say({
      stage: "probe",
      status: "failed",
      text: "the server takes the connection and hangs up before it says a word",
    });
    return {
      id: "connect.reset",
      certainty: "certain",
      evidence: ["closed before the greeting"],
    };
  }
  if (
    answer.kind === "failed" &&
    answer.error.code !== "TLS_CONNECTION_LOST" &&
    answer.error.code !== "TLS_PLAINTEXT_ON_PORT"
  ) {
    probing.say({ stage: "tls", status: "failed", text: answer.error.message });
    return causeOfTls(answer.error, goal.host, probing.target.user);
  }
  if (
    answer.kind === "failed" &&
    answer.error.code === "TLS_CONNECTION_LOST" &&
    goal.tls !== "starttls" &&
    goal.tls !== "none"
  ) {
    probing.say({
      stage: "tls",
      status: "failed",
      text: "the server hangs up in the middle of the handshake",
    });
    return {
      id: "connect.reset",
      certainty: "likely",
      evidence: ["closed during the handshake"],
    };
  }
  // Something that answers for a port on which no mail server listens answers for everybody.
  const odd = goal.isLoopback ? undefined : await attempt(probing, { ...to, port: 60_025 });
  if (odd === "open") {
    probing.say({
      stage: "probe",
      status: "failed",
      text: "every port takes connections, also one that nobody uses, and none says a word",
    });
    return {
      id: "connect.middlebox-silent",
      certainty: "certain",
      evidence: ["port 60025 takes connections too"],
    };
  }
  probing.say({
    stage: "probe",
    status: "note",
    text: "silent in plain text and in TLS; waiting for a late greeting",
  });
  const late = await words;
  if (late.kind === "smtp") {
    probing.say({
      stage: "probe",
      status: "failed",
      text: `the greeting came late: ${JSON.stringify(late.line.slice(0, 120))}`,
    });
    return {
      id: "greeting.slow",
      certainty: "certain",
      evidence: ["a greeting after more than three seconds"],
    };
  }
  return {
    id: "connect.middlebox-silent",
    certainty: "likely",
    evidence: ["the connection is taken, and nothing is said"],
  };
}

function conversation(
  probing: Probing,
  goal: Goal,
  to: Destination,
  isImplicit: boolean,
  isInbound: boolean,
): Promise<Cause | undefined> {
  const tlsContext = probing.tlsContext();
  return converse({ ...probing, tlsContext, goal, isImplicit, to, isInbound });
}

/** TLS was spoken, whatever was wrong with it. */
function isCertificate(answer: HelloAnswer): boolean {
  return (
    answer.kind === "failed" &&
    answer.error.code.startsWith("TLS_") &&
    answer.error.chain.length > 0
  );
}
