/** What kind of thing a question asks for, and how a sentence shows that it holds one. */
export type AnswerType = 'payment' | 'age' | 'price' | 'duration' | 'time' | 'place' | 'phone' | 'email' | 'person';

interface TypeRule {
  readonly type: AnswerType;
  /** Over plain words of the question. */
  readonly asks: RegExp;
  /** Over the fact as written. */
  readonly holds: RegExp;
}

const numberWord =
  '(?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|half|an?)';

/** In order: the first that asks decides. */
const rules: readonly TypeRule[] = [
  { type: 'email', asks: /\bemail\b/, holds: /@|e-?mail/i },
  {
    type: 'duration',
    asks: /\b(?:how long|how much (?:\w+ )?time|how many (?:minutes|hours|days|weeks|months|years)|long does)\b/,
    holds: new RegExp(
      `\\b${numberWord}(?: and a half)? (?:an )?(?:minutes?|hours?|days?|weeks?|months?|years?|visits?)\\b|\\bsame day|next day`,
      'i',
    ),
  },
  { type: 'age', asks: /\bhow old\b/, holds: /\byears? old\b|\bage\b/i },
  {
    type: 'payment',
    asks: /\b(?:how (?:can|do|could|should|may) (?:i|we|you) pay|(?:pay|paid|paying) (?:\w+ ){0,3}(?:by|with|in)|payment|(?:take|accept|use) (?:\w+ )?(?:cash|cards?|credit|cheques?)|credit card|cash|(?:card|transfer) to pay)\b/,
    holds: /\b(?:cash|credit|debit|cards?|che(?:que|ck)s?|bank transfer|paypal|instal+ments?)\b/i,
  },
  {
    type: 'price',
    asks: /\b(?:how much(?! (?:\w+ )?time)|prices?|costs?|charges?|fees?|expensive|cheap|how many (?:dollars|pounds|euros)|what do i (?:have to )?pay|pay for|free)\b/,
    holds: /[$€£%]|\b(?:dollars?|pounds?|euros?|cents?|pence|percent|free|costs?|no charge)\b/i,
  },
  {
    type: 'place',
    asks: /\b(?:where|address|located|location|what (?:street|road|floor)|directions?|nearby|find (?:you|your|the))\b/,
    holds:
      /^(?!.*(?:e-?mail|@)).*\b(?:street|avenue|road|lane|drive|square|place|address|located|behind|beside|next to|opposite|near|front|floor|building|station|corner|room|online|www|at our|at the)\b/is,
  },
  {
    type: 'phone',
    asks: /\b(?:your|the|what) (?:phone|telephone)\b|\b(?:phone|telephone) numbers?\b|\bnumber\b.*\bcall\b|\bcall\b.*\bnumber\b|\byour number\b|\b(?:phone|call|ring|reach) you\b/,
    holds: /\b(?:phone|telephone|call)\b|\d{3}/i,
  },
  {
    type: 'person',
    asks: /\bwho (?:is|are|was|will be|would be)\b|\bname of\b|\bnames\b|\b(?:which|what) (?:doctor|dentist|manager)\b/,
    holds: /\b(?:[Dd]octor|Dr|Mr|Mrs|Ms|[Mm]ister|Miss)\.? [A-Z]|\b(?:is|are|by|called|named|name) [A-Z][a-z]+/,
  },
  {
    type: 'time',
    asks: /\b(?:when|what time|what day|what hour|how late|how early)\b/,
    holds:
      /\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|days?|daily|weekdays?|weekends?|morning|noon|evening|afternoon|night|midnight|hours?|weeks?|o'clock|am|pm|a\.m|p\.m|until|before|after|ready|from \w+ to|at \d)\b|\d:\d\d/i,
  },
];

export function answerTypeOf(question: string): AnswerType | undefined {
  return rules.find(({ asks }) => asks.test(question))?.type;
}

/** A phone number or an e-mail address answers the question for it, and no other that happens to share a word. */
const contacts: readonly (readonly [AnswerType, RegExp])[] = [
  ['phone', /\b(?:phone|telephone)(?: number)?\s?(?:is\b|:)/i],
  ['email', /\be-?mail(?: address)?\s?(?:is\b|:)/i],
];

/** Whether a fact holds the kind of thing that is asked for. */
export function holdsAnswer(type: AnswerType | undefined, fact: string): boolean {
  const contact = contacts.filter(([, pattern]) => pattern.test(fact)).map(([kind]) => kind);
  if (contact.length > 0) return type !== undefined && contact.includes(type);
  return type === undefined || (rules.find((rule) => rule.type === type)?.holds.test(fact) ?? true);
}
