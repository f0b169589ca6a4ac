/** Words of many scripts, and of none, from which text of any length is made. */

const words = {
  ascii: ["quarterly", "report", "of", "the", "team", "in", "Graz"],
  specials: ["a,b", "(c)", "d;e", "f<g>h", "i@j", 'k"l', "m\\n", "o:p", "[q]", "=?r?="],
  latin: ["Größe", "naïve", "façade", "Übersicht", "ñandú", "Łódź"],
  cyrillic: ["привет", "мир", "отчёт", "ещё"],
  rightToLeft: ["שלום", "עולם", "مرحبا", "بالعالم"],
  cjk: ["日本語", "件名", "報告書", "東京都"],
  emoji: ["🎉", "👩‍👩‍👧", "🇦🇹", "👍🏽"],
  combining: ["e\u0301", "n\u0303o\u0308", "क्षत्रिय", "ก็"],
} as const;

/** The name of a script, or of a difficulty. */
export type ScriptName = keyof typeof words;

/** For each script a function that gives text of about so many characters, the same each time. */
export const scripts: Readonly<Record<ScriptName, (length: number) => string>> = Object.fromEntries(
  Object.entries(words).map(([name, list]) => [
    name,
    (length: number): string => {
      const chosen: string[] = [];
      for (let at = 0, total = 0; total < length || at === 0; at++) {
        const word = list[at % list.length] as string;
        chosen.push(word);
        total += word.length + 1;
      }
      return chosen.join(" ");
    },
  ]),
) as Record<ScriptName, (length: number) => string>;
