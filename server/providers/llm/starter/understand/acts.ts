import { plainText } from './words.ts';

/** What a caller does with a line, apart from asking about facts. */
export type Act =
  | 'goodbye'
  | 'nothing-else'
  | 'transfer'
  | 'leave-message'
  | 'repeat'
  | 'slower'
  | 'are-you-human'
  | 'who-are-you'
  | 'capabilities'
  | 'book'
  | 'thanks'
  | 'greet'
  | 'how-are-you'
  | 'can-you-hear'
  | 'hold-on'
  | 'stop'
  | 'forget-it'
  | 'yes'
  | 'no';

interface ActRule {
  readonly act: Act;
  readonly heard: RegExp;
}

/** Over plain words. In order of precedence; the forms that the starter recogniser makes of them are listed too. */
const rules: readonly ActRule[] = [
  {
    act: 'stop',
    heard:
      /^(?:(?:no|okay|oh|please) )*(?:stop|excuse me|(?:that is )?enough|be quiet|quiet)(?: (?:please|stop|talking|it|there|now))*$/,
  },
  {
    act: 'goodbye',
    heard:
      /\b(?:good ?bye|bye|good b|see you (?:then|later|soon|tomorrow)|talk to you later|have a (?:nice|good|great) (?:day|one|evening|weekend)|take care)\b/,
  },
  {
    act: 'nothing-else',
    heard: /\b(?:that is (?:all|everything|it)|that will be all|nothing else|no that is (?:all|it|fine))\b/,
  },
  { act: 'forget-it', heard: /\b(?:never mind|forget it|forget about it)\b/ },
  { act: 'slower', heard: /\b(?:slower|more slowly|not so fast|too fast|slow down)\b/ },
  {
    act: 'repeat',
    heard:
      /\b(?:repeat|say (?:that|it|this) again|what did you say|pardon|come again|once more|one more time|did not (?:catch|hear|understand|get) (?:that|you|it)|missed that|again please|say again)\b|^(?:i am )?sorry$/,
  },
  {
    act: 'can-you-hear',
    heard:
      /\b(?:can you hear me|are you still there|are you there$|is (?:anyone|anybody|somebody|someone) there|am i still)\b/,
  },
  {
    act: 'leave-message',
    heard:
      /\b(?:(?:leave|take|pass on|give) (?:\w+ ){0,3}message|message for|call (?:me|us) back|ring (?:me|us) back|^call ?back$|call ?back please|a call ?back|(?:someone|somebody|anyone) (?:to )?(?:can )?call me|tell (?:\w+ ){1,3}(?:i|that i) called)\b/,
  },
  {
    act: 'are-you-human',
    heard:
      /\b(?:(?:are|is) (?:you|this) (?:a |an )?(?:real |really )?(?:robot|machine|bot|computer|human|person|recording|ai)|(?:am i )?(?:talking|speaking) (?:to|with) a (?:real |robot|machine|computer|bot|human|person))/,
  },
  {
    act: 'transfer',
    heard:
      /\b(?:(?:speak|talk|spoke) (?:to|with)|transfer me|put me through|connect me|pass me|get me (?:to|through)|(?:a |an )?(?:real person|human|operator|colleague) please|^(?:a |an )?(?:real person|human|human being|operator|representative)$)\b/,
  },
  {
    act: 'who-are-you',
    heard:
      /\b(?:who (?:is this|are you|am i (?:speaking|talking))|what company (?:is this|are you)|is this the right number|what is your name)\b/,
  },
  {
    act: 'capabilities',
    heard: /\b(?:what can you do|what do you do|how can you help|what can i ask|what services)\b/,
  },
  { act: 'how-are-you', heard: /\bhow are you\b/ },
  {
    act: 'hold-on',
    heard:
      /^(?:\w+ ){0,1}(?:hold on|hang on|one moment|just a (?:second|moment|minute)|wait(?: a (?:minute|second|moment))?$|wait a (?:minute|second|moment)|a moment|one second|let me (?:see|check))\b/,
  },
  {
    act: 'book',
    heard:
      /\b(?:book|reserve|schedule|arrange|make) (?:\w+ ){0,4}(?:appointment|booking|reservation|table|visit|slot|room|consultation)\b|\b(?:need|want|like|get|have) (?:an |a |to book |to make |to get )?(?:an |a )?(?:appointment|reservation|booking)\b|^(?:\w+ ){0,4}to book (?:a|an)\b/,
  },
];

const yes =
  /^(?:yes|yeah|yep|yup|sure|of course|correct|exactly|absolutely|definitely|certainly|right|okay|ok|all right|alright|perfect|please do|go ahead|sounds good|that is (?:right|correct|fine|good)|it is|i do|i am|i agree|works for me|uh huh|fine|great)\b/;
const no =
  /^(?:no|nope|nah|never|not (?:really|at all|right|quite|today|now|yet|correct)|wrong|that is (?:not|wrong)|i do not|it is not|i would rather not|maybe later)\b/;
const thanks = /\b(?:thank you|thanks|thank|cheers|appreciate)\b/;
const greeting = /^(?:(?:um|uh|well|oh|yes) )?(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|morning)\b/;

/** Every act in a line, strongest first; a line may be none. */
export function actsIn(text: string): readonly Act[] {
  const plain = plainText(text);
  const acts = rules.filter(({ heard }) => heard.test(plain)).map(({ act }) => act);
  const core = withoutCourtesy(plain);
  if (no.test(core)) acts.push('no');
  else if (yes.test(core)) acts.push('yes');
  if (thanks.test(plain)) acts.push('thanks');
  if (greeting.test(plain)) acts.push('greet');
  return acts;
}

const filler = 'um|uh|well|so|oh|hmm|okay|right|actually|let me see|you know|i mean|and|but';
/** How a caller takes the floor: "excuse me, …", "sorry, …", "no wait, …". */
const interjection =
  'excuse me|pardon me|(?:i am )?sorry|(?:no )?wait(?! times?\\b| list)(?: a (?:minute|second|moment))?|hold on|hang on|listen|stop(?! (?:the|it|that)\\b)';
const leading = new RegExp(`^(?:(?:${filler}|${interjection}) )+`);

/** The line without greeting, fillers, interjections and thanks: what is left to be understood. */
export function withoutCourtesy(plain: string): string {
  return plain
    .replace(leading, '')
    .replace(/^(?:hello|hi|hey|good (?:morning|afternoon|evening|day))(?: there)?\b ?/, '')
    .replaceAll(/\b(?:thank you(?: very much)?|thanks(?: a lot)?|please|sir|ma'am)\b/g, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
