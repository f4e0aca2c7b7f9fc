import { asksYesOrNo } from './end-of-turn/text-cues.ts';
import { wordsOf } from './words.ts';

export interface InterruptionSettings {
  /** The same over an answer of which nothing was heard yet: giving way loses nothing there. */
  readonly sustainedVoiceUnheardMs: number;
  /** Voice that lasts this long is a person taking the floor, whatever the recogniser makes of it. */
  readonly sustainedVoiceMs: number;
  /** Of less voice than this, words must be many or plain to count. */
  readonly shortVoiceMs: number;
  /** Who speaks up again, shortly, this soon after the agent went on over them means it. */
  readonly againMs: number;
  /** After the voice ended, how long the recogniser is given to come up with words. */
  readonly settleMs: number;
}

/**
 * Playout is paused meanwhile, so taking time costs the caller nothing and saves words. A drawn-out "mm-hmm" takes up
 * to 1.4 s; somebody who speaks for longer has said words by then. A nod of one or two syllables takes up to 0.8 s.
 */
export const interruptionDefaults: InterruptionSettings = {
  sustainedVoiceUnheardMs: 600,
  sustainedVoiceMs: 1_800,
  shortVoiceMs: 800,
  againMs: 3_000,
  settleMs: 500,
};

/** What is known of a voice when it is judged by its words. */
export interface WordsOverAgent {
  /** Words recognised since the voice began. */
  readonly text: string;
  /** Length of all voice since the agent was paused, without the silences in between. */
  readonly voiceMs: number;
  /** A moment ago the agent went on over words that weren't clear. */
  readonly again: boolean;
  readonly over: AgentTalk;
}

export interface VoiceOverAgent extends WordsOverAgent {
  readonly confirmed: boolean;
  /** Milliseconds since the last voiced frame; undefined while the voice goes on. */
  readonly silentMs: number | undefined;
}

/** What a voice came over. */
export interface AgentTalk {
  /** Nothing that counts was heard of the agent's turn: there is nothing to hum to, the caller is going on. */
  readonly unheard: boolean;
  readonly lastSentence: string;
  /** The caller waits for what a tool finds out: thanks are no wish to speak. */
  readonly isWaiting?: boolean;
}

/** `verify`: the voice has ended; ask the recogniser for all it has, then decide by `isRealSpeech`. */
export type InterruptionVerdict = 'interrupt' | 'verify' | 'wait';

export function judgeInterruption(voice: VoiceOverAgent, settings: InterruptionSettings): InterruptionVerdict {
  const { confirmed, silentMs, over } = voice;
  if (confirmed && isRealSpeech(voice, settings)) return 'interrupt';
  if (silentMs !== undefined) return silentMs >= settings.settleMs ? 'verify' : 'wait';
  const limitMs =
    over.unheard && over.isWaiting !== true ? settings.sustainedVoiceUnheardMs : settings.sustainedVoiceMs;
  return voice.voiceMs >= limitMs ? 'interrupt' : 'wait';
}

const list = (words: string) => new Set(words.split(' '));

/** Sounds of listening, in the spellings that recognisers use for them. */
const listeningSounds = list('mhm mm mmm mmhm hm hmm hmmm uh um uhm huh hu er erm ah aha oh ooh uhhuh ha haha heh eh');
/** Words of listening; they are answers when the agent has just asked. */
const listeningWords = list(
  'yeah yes yep yup ok okay right sure good great fine alright cool nice perfect wonderful lovely excellent see i ' +
    'exactly true understand understood',
);
/** What people say who were asked to wait. */
const patientWords = list('thank thanks you please very much so kind take your time');
/** What a recogniser makes of clicks, coughs and hums. */
const noiseWords = list("a an the and at in it it's is that's of or to i i'm he me my we you u");
/** One of these is enough to stop the agent, also with an ending ("what's", "stopping"). */
const stoppingWords = list(
  'stop wait no not hello hey excuse sorry pardon hold what where when who why which but actually thanks thank ' +
    "goodbye bye help operator repeat again question moment minute second transfer cancel don't listen",
);

/**
 * Whether recognised words mean that the caller wants to speak. A recogniser that knows no hums writes "mm-hmm", "aha"
 * or a laugh as a scrap or two of words. So words count that stop somebody, and else only as many as a hum never gives:
 * of a short voice three, of a longer one two, or one in a phrase. Over the agent's question any word does, for it is
 * the answer.
 */
export function isRealSpeech(heard: WordsOverAgent, settings: InterruptionSettings): boolean {
  const { text, voiceMs, over } = heard;
  const words = wordsOf(text).filter((word) => !listeningSounds.has(word));
  if (over.isWaiting === true && words.every(isPatient)) return false;
  if (words.some(isStopping)) return true;
  if (over.unheard) return words.some((word) => !noiseWords.has(word));
  if (words.every((word) => listeningWords.has(word))) return words.length > 0 && asksYesOrNo(over.lastSentence);
  const clear = words.filter((word) => !listeningWords.has(word) && !noiseWords.has(word) && word.length > 2);
  if (/\?["')]*$/.test(over.lastSentence.trim()) && clear.length > 0) return true;
  if (voiceMs < settings.shortVoiceMs) return clear.length > 2 || (heard.again && hasUnclearWords(text));
  return clear.length > 1 || (clear.length === 1 && words.length > 2);
}

function isPatient(word: string): boolean {
  return patientWords.has(word) || listeningWords.has(word) || noiseWords.has(word);
}

function isStopping(word: string): boolean {
  if (stoppingWords.has(word)) return true;
  for (let length = 4; length < word.length; length++) if (stoppingWords.has(word.slice(0, length))) return true;
  return false;
}

/** Whether there is more in it than a hum or noise: scraps of words, perhaps. */
export function hasUnclearWords(text: string): boolean {
  return wordsOf(text).some(
    (word) => word.length > 1 && !listeningSounds.has(word) && !listeningWords.has(word) && !noiseWords.has(word),
  );
}

/** Hesitation without any content: not worth an answer. */
export function isOnlyFiller(text: string): boolean {
  return wordsOf(text).every((word) => listeningSounds.has(word) && word !== 'mhm' && word !== 'uhhuh');
}
