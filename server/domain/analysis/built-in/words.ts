/** Lower-case words with their apostrophes inside; everything else divides. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}]+(?:'[\p{L}]+)*/gu) ?? []
  );
}

/** Sentences and clauses, as people write them. */
export function sentencesOf(text: string): readonly string[] {
  return (text.match(/[^.!?\n]+(?:[.!?]+|\n|$)/g) ?? []).map((sentence) => sentence.trim()).filter((one) => one !== '');
}

/** Words that say nothing about the subject: function words, and what one says on the telephone anyway. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    "a about above after again all also always am an and any are aren't as at be because been before being below " +
    "between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each even " +
    "few for from further get gets getting give go goes going gonna got had hadn't has hasn't have haven't having he " +
    "he'd he'll he's her here here's hers him his how how's i i'd i'll i'm i've if in into is isn't it it's its itself " +
    "just know let let's like make made many may maybe me might more most much must mustn't my myself need never no " +
    'nor not now of off ok okay on once one only or other our ours out over own please put quite rather really right ' +
    "said same say says see shall she she'd she'll she's should shouldn't so some something still such sure take tell " +
    "than that that'd that'll that's the their theirs them then there there's these they they'd they'll they're " +
    "they've thing things think this those through to too two under until up us use used using very want wants was " +
    "wasn't way we we'd we'll we're we've well were weren't what what's when when's where where's which while who " +
    "who's whom why why's will with won't would wouldn't yeah yes yep yup you you'd you'll you're you've your yours " +
    'yourself actually already anything back bye calling call called came come could day does done e.g everything ' +
    'fine first good goodbye great hello hey hi hmm hold mhm moment mr mrs ms oh ones per speaking speak thank thanks ' +
    'time today try uh uhm um wait welcome week whatever anyone someone ask asked asking help able kind lot bit ' +
    'talk talking hear heard look looking find found anyway exactly course soon later nice afternoon morning evening'
  ).split(' '),
);
