import { digitNames } from './number-names.ts';

const signs: Readonly<Record<string, string>> = {
  '.': 'dot',
  '-': 'dash',
  _: 'underscore',
  '@': 'at',
  '+': 'plus',
  '/': 'slash',
};

const emailPattern = /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g;
const sitePattern =
  /\b(?:https?:\/\/)?((?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|co\.uk|de|eu|info|edu|gov)(?:\/[\w./-]*\w)?)/gi;

/** "jane.doe42@example.com" → "jane dot doe four two at example dot com"; web addresses likewise, without "https". */
export function speakInternetNames(text: string): string {
  return text
    .replaceAll(emailPattern, (address) => spelledSigns(address))
    .replaceAll(sitePattern, (_whole, address: string) => spelledSigns(address.replace(/^www\./i, '')));
}

function spelledSigns(name: string): string {
  return name
    .replaceAll(/[.\-_@+/]/g, (sign) => ` ${signs[sign]} `)
    .replaceAll(/\d+/g, (digits) => ` ${digitNames(digits)} `)
    .replaceAll(/\s+/g, ' ')
    .trim();
}
