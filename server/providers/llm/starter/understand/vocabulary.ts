import { stem } from './words.ts';

const list = (text: string) => text.trim().split(/\s+/);

/** Words that carry a sentence and no topic. */
const functionWords = new Set(
  list(`a about actually ah all also am an and any anybody anyone anything are as at be because been but by can could did do does
  doing done else er for from had has have having he hello her here hey hi him his hmm how i if in into is it its just let like
  maybe me mine more my need no not now of oh ok okay on one or our out over please right say shall she should so some somebody
  someone something sorry such sure tell than thank thanks that the their them then there these they this those to too u uh um
  up us very want wants was we well were what when where which while who will with without would yes yeah you your hoping
  calling trying wondering question ask know possible able help may might must wish behind beside near inside outside
  under between through during across toward around until till exactly forgot forget even then yet only really soon
  already still`),
);

/** Words that add little: they are met in questions about anything. A mishearing often is one of them. */
const lightWords = new Set(
  list(`after again alright another bad before best big bring come coming day days early every find first free get gets
  getting give go going good got great leave long make many mean mother much new next off office often old only other
  place really see send short someone somewhere still stay take takes thing think time today tonight tomorrow
  try use using visit wait way week weekend work working year years terrible true town feel kind lot moment minute minutes hour money
  house home building clinic company shop store business centre center call accept bring collect`),
);

/** Words that mean the same thing in a caller's question; a word may stand in several groups. */
const sameThing = `
  price prices cost costs charge charges fee fees expensive cheap rate rates
  cancel cancellation cancelled
  move reschedule postpone rescheduled
  emergency urgent
  child children kid kids
  doctor doctors physician dr
  insurance insured
  email mail
  phone telephone
  internet wifi wireless
  elevator lift
  holiday holidays vacation
  refund refunds
  deliver delivery
  patient patients
  exam examination
  warranty guarantee
  appointment appointments
  pay payment payments paying paid
  park parking`;

/** Words that hint at the same subject. */
const sameSubject = `
  price prices cost costs charge charges fee fees expensive cheap rate rates dollars dollar pounds euros cents pay $ € £
  pay payment payments paying paid cash card cards credit debit cheque check transfer
  bill invoice receipt statement
  park parking car cars garage vehicle drive
  address street located location avenue road directions situated where
  train station bus railway subway metro tram underground stop stops
  open opening hours close closed closes closing shut opens
  appointment appointments booking reservation
  change move reschedule postpone rescheduled
  emergency urgent immediately pain
  child children kid kids son daughter baby
  doctor doctors dentist physician dr
  insurance insured coverage
  phone telephone call number
  id number code reference
  coffee tea drink drinks
  refund refunds return returns money
  deliver delivery ship shipping
  medicine prescription prescriptions
  result results ready
  minutes minute hour hours long half time
  name called who
  staff team employees
  order purchase
  buy sell sold
  fix repair repairs`;

const numbers = new Set(
  list(`zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
  nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand first second third double half`),
);

function stemsByWord(table: string): ReadonlyMap<string, ReadonlySet<string>> {
  const related = new Map<string, Set<string>>();
  for (const line of table.trim().split('\n')) {
    const stems = [...new Set(list(line).map(stem))];
    for (const one of stems)
      related.set(one, new Set([...(related.get(one) ?? []), ...stems.filter((other) => other !== one)]));
  }
  return related;
}

const synonyms = stemsByWord(sameThing);
const neighbours = stemsByWord(sameSubject);
const empty: ReadonlySet<string> = new Set();

export type WordClass = 'function' | 'light' | 'content';

export function classOf(word: string): WordClass {
  if (functionWords.has(word)) return 'function';
  return lightWords.has(word) ? 'light' : 'content';
}

/** Stems that name the same thing as this stem, itself excluded. */
export const synonymsOf = (stemmed: string): ReadonlySet<string> => synonyms.get(stemmed) ?? empty;

/** Stems that hint at the same subject as this stem, itself excluded. */
export const neighboursOf = (stemmed: string): ReadonlySet<string> => neighbours.get(stemmed) ?? empty;

/** Whether the word is known at all: a known word is rarely a mishearing of another one. */
export function isKnown(word: string): boolean {
  return functionWords.has(word) || lightWords.has(word) || neighbours.has(stem(word)) || synonyms.has(stem(word));
}

/** Numbers tell nothing about what a question is about, and are a frequent mishearing. */
export const isNumber = (word: string): boolean => /^\d+$/.test(word) || numbers.has(word);
