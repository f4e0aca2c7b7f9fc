const abbreviations: readonly (readonly [RegExp, string])[] = [
  [/\be\.g\.,?/gi, 'for example,'],
  [/\bi\.e\.,?/gi, 'that is,'],
  [/\betc\./gi, 'and so on'],
  [/\bDr\.(?=\s[A-Z])/g, 'Doctor'],
  [/\bMr\.(?=\s[A-Z])/g, 'Mister'],
  [/\bMrs\.(?=\s[A-Z])/g, 'Missus'],
  [/\bMs\.(?=\s[A-Z])/g, 'Miz'],
  [/\bNo\.\s?(?=\d)/g, 'number '],
  [/\b24\/7\b/g, 'twenty four seven'],
  [/\s&\s/g, ' and '],
];

const replacements: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': ', ',
  '…': '...',
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  œ: 'oe',
  ł: 'l',
};

/** Typographic signs become ASCII, accents go, mark-up that language models like to write is dropped. */
export function plainText(text: string): string {
  let plain = text
    .replaceAll(/[‘’“”–—…ßæøœł]/g, (sign) => replacements[sign] as string)
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/^\s*(#{1,6}|[-*•]|>)\s+/gm, '')
    .replaceAll(/\*\*|__|`|~~/g, '')
    .replaceAll(/(^|\s)[*_](\S[^*_]*)[*_](?=\s|[.,!?]|$)/g, '$1$2')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/[^\p{ASCII}€£¥°]/gu, ' ');
  for (const [pattern, spoken] of abbreviations) plain = plain.replaceAll(pattern, spoken);
  return plain;
}
