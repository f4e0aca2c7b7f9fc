import { cardinalName, decimalName, ordinalName } from './number-names.ts';

interface Currency {
  readonly one: string;
  readonly many: string;
  readonly part: string;
  readonly parts: string;
}

const currencies: Readonly<Record<string, Currency>> = {
  $: { one: 'dollar', many: 'dollars', part: 'cent', parts: 'cents' },
  '€': { one: 'euro', many: 'euros', part: 'cent', parts: 'cents' },
  '£': { one: 'pound', many: 'pounds', part: 'penny', parts: 'pence' },
};

const amount = String.raw`(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d\d))?(?![\d])`;
const signFirst = new RegExp(`([$€£])\\s?${amount}`, 'g');
const signLast = new RegExp(`\\b${amount}\\s?([€£])`, 'g');

/** "$42.50" → "forty two dollars and fifty cents", "5%" → "five percent", "3rd" → "third", "20°" → "twenty degrees". */
export function speakAmounts(text: string): string {
  return text
    .replaceAll(signFirst, (_whole, sign, whole, part) => moneyName(sign, whole, part))
    .replaceAll(signLast, (_whole, whole, part, sign) => moneyName(sign, whole, part))
    .replaceAll(/(\d[\d,]*(?:\.\d+)?)\s?%/g, (_whole, number: string) => `${decimalName(number)} percent`)
    .replaceAll(/(\d+)\s?°\s?([CF]\b)?/g, (_whole, number: string, scale?: string) => {
      const scaleName = scale === undefined ? '' : scale === 'C' ? ' Celsius' : ' Fahrenheit';
      return `${cardinalName(Number(number))} degrees${scaleName}`;
    })
    .replaceAll(/\b(\d{1,3})(?:st|nd|rd|th)\b/g, (_whole, number: string) => ordinalName(Number(number)));
}

function moneyName(sign: string, whole: string, part: string | undefined): string {
  const currency = currencies[sign] as Currency;
  const units = Number(whole.replaceAll(',', ''));
  const cents = Number(part ?? 0);
  const unitName = `${cardinalName(units)} ${units === 1 ? currency.one : currency.many}`;
  const centName = `${cardinalName(cents)} ${cents === 1 ? currency.part : currency.parts}`;
  if (cents === 0) return unitName;
  return units === 0 ? centName : `${unitName} and ${centName}`;
}
