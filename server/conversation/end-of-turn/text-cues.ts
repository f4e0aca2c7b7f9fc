const list = (words: string) => new Set(words.split(' '));

export const whWords = list('what when where who whom whose which why how');

/** First words of a question. */
export const questionStarts = list(
  "what what's when where where's who who's whose which why how how's is are am was were do does did can could will would should shall may have has",
);

/** First words of a request that needs something after them. */
export const requestStarts = [
  'i would like to',
  "i'd like to",
  'i want to',
  'i need to',
  'i would like',
  "i'd like",
  'please',
  'tell me',
  'give me',
  'let me',
  'put me through',
  'connect me',
  'hello can you',
  'hi can you',
];

/** After one of these as the last word, more is to come. */
export const danglingWords = new Set([
  // conjunctions
  ...list('and but or nor because if when while which who whose than as since unless although though whether plus'),
  // prepositions
  ...list(
    'to of for in on at with from by about into between after before around near under over through until during',
  ),
  // articles, determiners, possessives
  ...list('a an the my your our their his its these those some any every each another'),
  // fillers
  ...list('um uh er erm uhm hm hmm like well so actually basically maybe'),
  // auxiliaries
  ...list(
    "is are was were am be been will would can could should do does did have has had i'm it's i'd i'll i've we're",
  ),
  ...list("we'd we'll there's that's what's he's she's they're you're"),
  // subjects
  ...list('i we he she they'),
  // verbs that want an object
  ...list(
    'want wanted need needed wondering calling looking trying tell ask give get make hoping going what where how why',
  ),
]);

/** Prepositions that may end a question. */
export const strandable = list('to for from with about');

/** Last words that leave the sentence open although the final word alone would not. */
export const unfinishedPhrases = [
  'would like',
  'like to know',
  'want to know',
  'need to know',
  'wanted to know',
  'you know',
  'i mean',
  'let me see',
  'let me think',
  'hold on',
  'one moment',
  'one second',
  'just a second',
  'my number',
  'my name',
  'the number',
  'the name',
];

/** Nothing follows these. */
export const closings = [
  'goodbye',
  'good bye',
  'bye',
  'bye bye',
  'thank you',
  'thank you very much',
  'thanks',
  'that is all',
  "that's all",
  'that will be all',
];

export const shortAnswers = list(
  'yes yeah yep yup no nope sure ok okay right correct exactly absolutely please certainly definitely mhm fine good',
);

/** "yes I do", "no it isn't", "I am", "that is correct". */
export const shortReply =
  /^((yes|yeah|no|nope|sure|ok|okay) )?((i|it|we|they|he|she|you|that|this|there) )(do|don't|am|is|isn't|are|aren't|can|can't|will|won't|would|wouldn't|have|haven't|did|didn't|was|does|is (right|correct|fine|good)|think so)$/;

/** The alphabet spoken letter by letter, without the two letters that are words. */
export function isLetterWord(word: string): boolean {
  return /^[b-hj-z]$/.test(word);
}

/** Whether an agent's sentence is a question that "yes" or "no" answers. */
export function asksYesOrNo(sentence: string): boolean {
  const text = sentence.trim().toLowerCase();
  if (!text.endsWith('?')) return false;
  const lastClause = text.split(/[.!,;]\s+/).at(-1) ?? '';
  const first = lastClause.split(/\s+/).find((word) => word !== 'so' && word !== 'and' && word !== 'or') ?? '';
  return !whWords.has(first.replaceAll(/[^a-z']/g, '')) || /\b(right|correct|ok|okay)\?$/.test(text);
}
