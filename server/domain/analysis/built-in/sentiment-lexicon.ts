/**
 * Words of telephone calls and how they weigh, -4 to 4, in the manner of AFINN. To maintain it: a line for each weight,
 * base forms and the inflections that people say; add what real calls showed to be missing, with a test.
 */
const weights: Readonly<Record<number, string>> = {
  4: 'amazing awesome brilliant excellent fantastic outstanding perfect perfectly superb wonderful',
  3: 'delighted delight excited exciting glad great happy happily impressed love loved lovely pleased pleasure thrilled wow',
  2:
    'appreciate appreciated appreciates best better cheerful comfortable convenient easy enjoy enjoyed fair ' +
    'friendly fun good grateful helpful helped interested interesting kind kindly like liked nice patient pleasant ' +
    'polite professional quick quickly recommend relieved resolved satisfied smooth solved sorted thankful ' +
    'useful welcome well works worked',
  1: 'agree agreed clear clearly cool correct done fine fixed hope okay promising right sure understand understood yes',
  [-1]:
    'again busy but concern concerned confusing confused delay delayed difficult doubt expensive forgot hard however ' +
    'incorrect late long missing mistaken sorry stuck tired uncertain unclear unfortunately unsure wait waiting waited ' +
    'worried worry wrong',
  [-2]:
    'annoyed annoying bad badly blocked bother bothered broke broken cancel canceled cancelled cannot complain ' +
    'complained complaint complaints confusion damaged defective denied disagree disappointed disappointing ' +
    'disappointment error errors fail failed failing fails fault faulty frustrated frustrating frustration ignored ' +
    'inconvenience issue issues leak leaking lost mess mistake mistakes overcharged poor poorly problem problems ' +
    'refuse refused rude slow trouble unable unacceptable unfair unhappy unhelpful unreliable upset useless waste ' +
    'wasted worse',
  [-3]:
    'angry awful crap cheated disgusting dreadful fraud furious garbage hate hated horrible incompetent lied lying ' +
    'outrageous pathetic ridiculous rubbish scam scammed shameful stupid terrible ugly worst',
  [-4]: 'appalling atrocious disgrace disgraceful hell horrendous threat threatened threatening',
};

/** Said as one, and weighed as one: what the single words say is another thing. */
export const phraseWeights: readonly (readonly [phrase: string, weight: number])[] = [
  ['no problem', 1],
  ['no problems', 1],
  ['not a problem', 1],
  ['no worries', 1],
  ['not bad', 1],
  ['not too bad', 1],
  ["can't complain", 2],
  ["couldn't be happier", 4],
  ["couldn't be better", 4],
  ['as well', 0],
  ['all right', 1],
  // How one ends a call on the telephone, whatever one thinks of it.
  ['thank you', 0.5],
  ['thanks', 0.5],
  ['thank you so much', 2],
  ['thank you very much', 1.5],
  ['thanks a lot', 1.5],
  ['many thanks', 1.5],
  ['thank you anyway', 0],
  ['thanks for nothing', -3],
  ['no thanks', -1],
  ['no thank you', -1],
  ['would like', 0],
  ["i'd like", 0],
  ['looks like', 0],
  ['sounds like', 0],
  ['something like', 0],
  ['look forward', 2],
  ['looking forward', 2],
  ['fed up', -3],
  ['sick of', -3],
  ['waste of time', -3],
  ['let down', -2],
  ['ripped off', -3],
  ['stop calling', -3],
  ['leave me alone', -3],
  ["doesn't work", -2],
  ["didn't work", -2],
  ["isn't working", -2],
  ['not working', -2],
  ['works well', 2],
  ['the best thing', 2],
  ['how long', 0],
  ['as long as', 0],
  ['call again', 0],
  ['call me back', 0],
  ['right now', 0],
  ['how well', 0],
  ['good morning', 0],
  ['good afternoon', 0],
  ['good evening', 0],
  ['good day', 0],
  ['good night', 0],
];

export const sentimentWeights: ReadonlyMap<string, number> = new Map(
  Object.entries(weights).flatMap(([weight, words]) => words.split(' ').map((word) => [word, Number(weight)] as const)),
);

/** Turn what follows into its opposite. */
export const negations: ReadonlySet<string> = new Set(
  "not no never neither nor none nothing without hardly barely scarcely cannot can't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't haven't hasn't hadn't ain't".split(
    ' ',
  ),
);

/** Make what follows weigh more or less. */
export const intensities: ReadonlyMap<string, number> = new Map([
  ...'absolutely completely extremely incredibly really so such super terribly too totally truly very'
    .split(' ')
    .map((word) => [word, 1.4] as const),
  ...'a-bit fairly kinda little quite rather slightly somewhat sort'.split(' ').map((word) => [word, 0.7] as const),
]);

/** Which feelings words show. */
const emotionWords: Readonly<Record<string, string>> = {
  satisfied: 'satisfied pleased happy glad great perfect perfectly excellent wonderful good nice lovely',
  grateful: 'appreciate appreciated grateful thankful kind kindly',
  relieved: 'relieved relief phew finally resolved solved sorted',
  excited: 'excited exciting thrilled amazing awesome fantastic wow',
  interested: 'interested interesting curious',
  frustrated:
    'frustrated frustrating frustration annoyed annoying stuck again waiting waited ridiculous unacceptable useless',
  angry: 'angry furious outrageous hate hated disgrace disgraceful disgusting scam rude',
  disappointed: 'disappointed disappointing disappointment unhappy poor worse worst',
  confused: 'confused confusing confusion unclear unsure',
  worried: 'worried worry concern concerned afraid anxious nervous',
  sad: 'sad sadly cry crying died death miss',
  surprised: 'surprised surprising unexpected unbelievable',
};

export const emotionsByWord: ReadonlyMap<string, readonly string[]> = collectEmotions();

function collectEmotions(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [emotion, words] of Object.entries(emotionWords)) {
    for (const word of words.split(' ')) found.set(word, [...(found.get(word) ?? []), emotion]);
  }
  return found;
}
