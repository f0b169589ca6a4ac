/** Arbitrary messages, as the plain options of the composing surface. */
import fc from "fast-check";

export interface ComposedMailbox {
  readonly name?: string;
  readonly localPart: string;
  readonly domain: string;
}

export interface ComposedFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** What a message is composed from, without any type of the packages under test. */
export interface Composition {
  readonly from: ComposedMailbox;
  readonly to: readonly ComposedMailbox[];
  readonly cc: readonly ComposedMailbox[];
  readonly replyTo: readonly ComposedMailbox[];
  readonly subject: string;
  readonly date: Date;
  readonly text?: string;
  readonly html?: string;
  readonly inline: readonly ComposedFile[];
  readonly attachments: readonly ComposedFile[];
}

/** Characters that may stand in a field: everything but controls and half characters. */
const fieldCharacter: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom(..."abcXYZ 019.,;:<>()[]@\"\\=?_'%*-") },
    { weight: 2, arbitrary: fc.constantFrom(..."éüßñ日本語прившלום🎉é") },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom("=?utf-8?q?a?=", "  ", "=?", "?=", "\u202e") },
  )
  .filter((text) => !hasControl(text));

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029)
      return true;
  }
  return false;
}

/** Text that may stand in a field: many scripts, specials, and what looks like an encoded-word. */
export const fieldText = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fieldCharacter, { maxLength }).map((characters) => characters.join(""));

const bodyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 120 }),
      fc.constantFrom(
        ".",
        "..",
        "From here",
        " trailing \t",
        "",
        "--",
        "=",
        "-- ",
        "x".repeat(1200),
        "日本語".repeat(60),
      ),
    ),
    { maxLength: 12 },
  )
  .map((lines) => lines.map((line) => line.replace(/[\r\n\ufeff]|\p{Cc}/gu, "")).join("\n"));

const mailbox: fc.Arbitrary<ComposedMailbox> = fc
  .record({
    name: fc.option(fieldText(30), { nil: undefined }),
    localPart: fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_{|}~-]{1,20}(\.[a-z0-9]{1,10})?$/),
    domain: fc.constantFrom(
      "example.com",
      "mail.example.org",
      "xn--exmple-cua.test",
      "a-b.example.net",
    ),
  })
  .map(({ name, ...rest }) =>
    name === undefined || name.trim() === "" ? rest : { name, ...rest },
  );

const fileName: fc.Arbitrary<string> = fieldText(60)
  .map((text) => text.replaceAll("/", "").replaceAll("\\", ""))
  .filter((text) => text.trim() !== "")
  .map((text) => `${text}.pdf`);

const files = (maxLength: number): fc.Arbitrary<readonly ComposedFile[]> =>
  fc.array(fc.record({ name: fileName, content: fc.uint8Array({ maxLength: 400 }) }), {
    maxLength,
  });

/** Any message that the composing surface can express. */
export const composition: fc.Arbitrary<Composition> = fc
  .record({
    from: mailbox,
    to: fc.array(mailbox, { minLength: 1, maxLength: 4 }),
    cc: fc.array(mailbox, { maxLength: 2 }),
    replyTo: fc.array(mailbox, { maxLength: 2 }),
    subject: fieldText(120),
    date: fc
      .date({ min: new Date("1971-01-01"), max: new Date("2099-01-01"), noInvalidDate: true })
      .map((moment) => new Date(Math.floor(moment.getTime() / 1000) * 1000)),
    text: fc.option(bodyText, { nil: undefined }),
    html: fc.option(
      bodyText.map((text) => text.replaceAll(":", "")),
      { nil: undefined },
    ),
    inline: files(2),
    attachments: files(3),
  })
  .map(({ text, html, inline, ...rest }) => ({
    ...rest,
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    inline: html === undefined ? [] : inline,
  }));
