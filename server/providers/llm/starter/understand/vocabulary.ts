import { stem } from './words.ts';

const list = (text: string) => text.trim().split(/\s+/);

/** Words that carry a sentence and no topic. */
const functionWords = new Set(
  list(`a about actually ah all also am an and any anybody anyone anything are as at be because been but by can could did do does
  doing done else er for from had has have having he hello her here hey hi him his hmm how i if in into is it its just let like
  maybe me mine more my need no not now of oh ok okay on one or our out over please right say shall she should so some somebody
  someone something sorry such sure tell than thank thanks that the their them then there these they this those to too u uh um
  up us very want wants was we well were what when where which while who will with without would yes yeah you your hoping
  calling trying wondering question ask know possible able help may might must wish`),
);

/** Words that add little: they are met in questions about anything. A mishearing often is one of them. */
const lightWords = new Set(
  list(`after again alright another bad before best big bring come coming day days early every find first free get gets getting
  give go going good got great late leave long make many mean mother much new next number office off often old only other
  people place really see send short someone somewhere still stay take takes thing think time today tonight tomorrow
  try use using visit wait way week weekend work working year years terrible feel kind lot moment minute minutes hour money
  house home building clinic company shop store business centre center`),
);

/** Words that mean the same when a caller asks. A word may stand in several groups. */
const groups: readonly (readonly string[])[] = [
  'price prices cost costs charge charges fee fees expensive cheap rate rates dollars dollar pounds euros pay $ € £',
  'pay payment payments paying paid cash card cards credit debit cheque check',
  'bill invoice receipt statement',
  'park parking car cars garage vehicle drive',
  'address street located location avenue road building find directions situated where',
  'train station bus railway subway metro tram underground stop stops',
  'open opening hours close closed closes closing shut opens',
  'appointment appointments booking reservation book',
  'cancel cancellation cancelled',
  'change move reschedule postpone rescheduled',
  'emergency urgent immediately',
  'child children kid kids son daughter baby',
  'doctor doctors dentist physician dr',
  'insurance insured coverage',
  'email mail',
  'phone telephone call number',
  'id number code reference',
  'internet wifi wireless network',
  'coffee tea drink drinks',
  'warranty guarantee',
  'elevator lift',
  'holiday holidays vacation',
  'refund refunds return returns',
  'deliver delivery ship shipping',
  'medicine prescription prescriptions',
  'result results ready',
  'patient patients',
  'minutes minute hour hours long half',
  'exam examination',
  'name called who',
  'job vacancy position',
  'staff team employees',
  'order purchase',
  'buy sell sold',
  'fix repair repairs mend',
].map(list);

const groupsByStem = new Map<string, Set<number>>();
for (const [index, words] of groups.entries()) {
  for (const word of words) {
    const key = stem(word);
    const known = groupsByStem.get(key) ?? new Set<number>();
    groupsByStem.set(key, known.add(index));
  }
}

const stemsByGroup = groups.map((words) => new Set(words.map(stem)));

export type WordClass = 'function' | 'light' | 'content';

export function classOf(word: string): WordClass {
  if (functionWords.has(word)) return 'function';
  return lightWords.has(word) ? 'light' : 'content';
}

/** Stems that mean the same as this stem, itself excluded. */
export function synonymsOf(stemmed: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const index of groupsByStem.get(stemmed) ?? []) {
    for (const other of stemsByGroup[index] ?? []) if (other !== stemmed) found.add(other);
  }
  return found;
}

/** Whether the word is known at all: a known word is rarely a mishearing of another one. */
export function isKnown(word: string): boolean {
  return functionWords.has(word) || lightWords.has(word) || groupsByStem.has(stem(word));
}
