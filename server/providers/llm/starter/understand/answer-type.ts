/** What kind of thing a question asks for, and how a sentence shows that it holds one. */
export type AnswerType = 'price' | 'duration' | 'time' | 'place' | 'phone' | 'email' | 'person';

interface TypeRule {
  readonly type: AnswerType;
  /** Over plain words of the question. */
  readonly asks: RegExp;
  /** Over the fact as written, lower-case. */
  readonly holds: RegExp;
}

const numberWord =
  '(?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|half|an?)';

/** In order: the first that asks decides. */
const rules: readonly TypeRule[] = [
  { type: 'email', asks: /\bemail\b/, holds: /@|e-?mail/ },
  {
    type: 'duration',
    asks: /\b(?:how long|how much (?:\w+ )?time|how many (?:minutes|hours|days|weeks|months|years)|long does)\b/,
    holds: new RegExp(
      `\\b${numberWord}(?: and a half)? (?:an )?(?:minutes?|hours?|days?|weeks?|months?|years?|visits?)\\b|\\bsame day|next day`,
    ),
  },
  {
    type: 'price',
    asks: /\b(?:how much(?! (?:\w+ )?time)|prices?|costs?|charges?|fees?|expensive|cheap|how many (?:dollars|pounds|euros)|what do i (?:have to )?pay|pay for|free)\b/,
    holds: /[$€£%]|\b(?:dollars?|pounds?|euros?|cents?|pence|percent|free|costs?|no charge|costs nothing)\b/,
  },
  {
    type: 'place',
    asks: /\b(?:where|address|located|location|what (?:street|road|floor)|directions?|nearby)\b/,
    holds:
      /\b(?:street|avenue|road|lane|drive|square|place|address|located|behind|beside|next to|opposite|near|front|floor|building|station|corner|room|online|www|at our|at the)\b/,
  },
  {
    type: 'phone',
    asks: /\b(?:phone|telephone)\b|\bnumber\b.*\bcall\b|\bcall\b.*\bnumber\b/,
    holds: /\b(?:phone|telephone|call)\b|\d{3}/,
  },
  {
    type: 'person',
    asks: /\bwho\b(?! am i)|\bname of\b|\bnames\b/,
    holds: /\b(?:doctors?|dr|mister|mr|mrs|ms|manager|owner|director|name|team|run by|mechanic|dentist)\b/,
  },
  {
    type: 'time',
    asks: /\b(?:when|what time|what day|what hour|how late|how early)\b/,
    holds:
      /\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|day|days|daily|weekdays?|weekends?|morning|noon|evening|afternoon|night|midnight|hours?|weeks?|o'clock|am|pm|a\.m|p\.m|until|before|after|ready|from \w+ to|at \d)\b|\d:\d\d/,
  },
];

export function answerTypeOf(question: string): AnswerType | undefined {
  return rules.find(({ asks }) => asks.test(question))?.type;
}

export function holdsAnswer(type: AnswerType, fact: string): boolean {
  return rules.find((rule) => rule.type === type)?.holds.test(fact.toLowerCase()) ?? true;
}
