const digits: Readonly<Record<string, number>> = {
  zero: 0,
  oh: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
};
const teens: Readonly<Record<string, number>> = {
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
};
const tens: Readonly<Record<string, number>> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const scales: Readonly<Record<string, number>> = { million: 1_000_000, thousand: 1_000 };

/** A number found in words: its value and how many words it takes. */
export interface NumberFound {
  readonly value: number;
  readonly length: number;
}

/** 0–9, "oh" counting as zero. */
export function digitAt(words: readonly string[], at: number): number | undefined {
  return digits[words[at] ?? ''];
}

/** 1–99 in one or two words, or "zero". */
export function belowHundredAt(words: readonly string[], at: number): NumberFound | undefined {
  const word = words[at] ?? '';
  const whole = teens[word] ?? (word === 'oh' ? undefined : digits[word]);
  if (whole !== undefined) return { value: whole, length: 1 };
  const ten = tens[word];
  if (ten === undefined) return undefined;
  const unit = words[at + 1] === 'oh' ? undefined : digitAt(words, at + 1);
  return unit === undefined || unit === 0 ? { value: ten, length: 1 } : { value: ten + unit, length: 2 };
}

/** Any whole number below a thousand million as one says it: "three hundred and fifty eight". */
export function cardinalAt(words: readonly string[], at: number): NumberFound | undefined {
  let value = 0;
  let length = 0;
  for (const [scale, factor] of Object.entries(scales)) {
    const part = belowThousandAt(words, at + length);
    if (part === undefined || words[at + length + part.length] !== scale) continue;
    value += part.value * factor;
    length += part.length + 1;
  }
  const skip = length > 0 && words[at + length] === 'and' ? 1 : 0;
  const rest = belowThousandAt(words, at + length + skip);
  if (rest !== undefined && (length === 0 || rest.value > 0))
    return { value: value + rest.value, length: length + skip + rest.length };
  return length === 0 ? undefined : { value, length };
}

function belowThousandAt(words: readonly string[], at: number): NumberFound | undefined {
  const hundreds = words[at] === 'a' ? 1 : digitAt(words, at);
  if (hundreds === undefined || hundreds === 0 || words[at + 1] !== 'hundred') return belowHundredAt(words, at);
  const skip = words[at + 2] === 'and' ? 1 : 0;
  const rest = belowHundredAt(words, at + 2 + skip);
  if (rest === undefined || rest.value === 0) return { value: hundreds * 100, length: 2 };
  return { value: hundreds * 100 + rest.value, length: 2 + skip + rest.length };
}

const ordinals: Readonly<Record<string, number>> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
  thirteenth: 13,
  fourteenth: 14,
  fifteenth: 15,
  sixteenth: 16,
  seventeenth: 17,
  eighteenth: 18,
  nineteenth: 19,
  twentieth: 20,
  thirtieth: 30,
};

/** "first" to "thirty first": days of a month. */
export function dayOrdinalAt(words: readonly string[], at: number): NumberFound | undefined {
  const ten = tens[words[at] ?? ''];
  const unit = ordinals[words[at + 1] ?? ''];
  if (ten !== undefined && unit !== undefined && unit < 10 && ten + unit <= 31) return { value: ten + unit, length: 2 };
  const whole = ordinals[words[at] ?? ''];
  return whole === undefined ? undefined : { value: whole, length: 1 };
}
