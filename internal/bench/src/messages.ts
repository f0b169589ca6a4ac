/** Building the value of a message; nothing is written yet. */
import { inlineFile, message } from "@letterwright/message";
import type { Comparison } from "./comparison.ts";

const logo = inlineFile({ name: "logo.png", content: Uint8Array.of(1) });
let turn = 0;

export const messageComparisons: readonly Comparison[] = [
  {
    name: "message/text and html, three addresses as text",
    work: { amount: 1, unit: "message" },
    sides: [
      {
        name: "letterwright",
        run: () =>
          message({
            from: "Ana Example <ana@example.com>",
            to: ["Bob <bob@example.org>", "carol@example.net"],
            subject: `Your order ${turn++}`,
            text: "Hello\n",
            html: "<p>Hello</p>",
          }),
      },
    ],
  },
  {
    name: "message/with an inline image and a list",
    work: { amount: 1, unit: "message" },
    sides: [
      {
        name: "letterwright",
        run: () =>
          message({
            from: "Ana Example <ana@example.com>",
            to: "Bob <bob@example.org>",
            subject: `News ${turn++}`,
            text: "Hello\n",
            html: '<p>Hello <img src="cid:logo.png"></p>',
            inline: [logo],
            list: { id: "news.example.com", unsubscribe: "https://example.com/leave" },
          }),
      },
    ],
  },
];
