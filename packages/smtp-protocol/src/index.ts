/**
 * The SMTP client without I/O: what to say, what was said, and where that leads.
 *
 * RFC 5321 (SMTP), RFC 2920 (PIPELINING), RFC 1870 (SIZE), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8),
 * RFC 2034 (enhanced status codes), RFC 3030 (CHUNKING, BINARYMIME), RFC 3207 (STARTTLS), RFC 3461 (DSN),
 * RFC 4954 (AUTH) with RFC 2195, 4422, 4616, 5802, 7628, 7677 and 9266, RFC 8689 (REQUIRETLS), RFC 9422 (LIMITS),
 * RFC 2033 (LMTP).
 */
export { createClientSession } from "./session.ts";
export { greet, hello, offersStartTls, quit, reset, startTls } from "./dialog/greet.ts";
export { authenticate } from "./dialog/authenticate.ts";
export { transaction } from "./dialog/transaction.ts";
export { limitsOf } from "./limits.ts";
export { queueIdOf } from "./queue-id.ts";
export { createDotStuffer } from "./dot-stuffing.ts";
export { describeReply, ProtocolError, ReplyError, retryOf, shownText } from "./errors.ts";
export type { Answered, ClientSession, SessionOptions } from "./session.ts";
export type { Answer, ContentStep, Dialog, Flight, Step } from "./dialog/dialog.ts";
export type { GreetOptions } from "./dialog/greet.ts";
export type { Credentials } from "./dialog/authenticate.ts";
export type { Channel, MechanismName } from "./sasl/choose.ts";
export type { Mechanism, SaslExchange, SaslLogin, SaslStep } from "./sasl/mechanism.ts";
export type { TransactionOptions } from "./dialog/transaction.ts";
export type { TransactionResult } from "./dialog/verdict.ts";
export type { SessionLimits } from "./limits.ts";
export type { DotStuffer } from "./dot-stuffing.ts";
export type { ProtocolErrorInit, ReplyErrorInit } from "./errors.ts";

// The parts, for those who write another driver, or a server.
export { describeCommand, encodeCommand } from "./command.ts";
export { mechanismsOf, offerOf } from "./offer.ts";
export { createReplyDecoder } from "./reply.ts";
export { compute, respond } from "./sasl/mechanism.ts";
export { mechanisms } from "./sasl/choose.ts";
export { endsGroup, endsTransaction, transitions } from "./transitions.ts";
export type { Command, Verb } from "./command.ts";
export type { MailParameters, RcptParameters } from "./parameters.ts";
export type { Computation, HashName } from "./sasl/computation.ts";
export type { ReplyDecoder, ReplyLimits } from "./reply.ts";
export type { State, Transition, TransitionTable } from "./transitions.ts";
