import { asksYesOrNo } from './end-of-turn/text-cues.ts';
import { wordsOf } from './words.ts';

export interface InterruptionSettings {
  /** The same over an answer of which nothing was heard yet: giving way loses nothing there. */
  readonly sustainedVoiceUnheardMs: number;
  /** Voice that lasts this long is a person taking the floor, whatever the recogniser makes of it. */
  readonly sustainedVoiceMs: number;
  /** After the voice ended, how long the recogniser is given to come up with words. */
  readonly settleMs: number;
}

/**
 * Playout is paused meanwhile, so taking time costs the caller nothing and saves words. A drawn-out "mm-hmm" takes up
 * to 1.2 s; somebody who speaks for longer has said words by then.
 */
export const interruptionDefaults: InterruptionSettings = {
  sustainedVoiceUnheardMs: 600,
  sustainedVoiceMs: 1_400,
  settleMs: 500,
};

export interface VoiceOverAgent {
  /** Words recognised since the voice began. */
  readonly text: string;
  readonly confirmed: boolean;
  /** Length of the voice so far, or until it ended. */
  readonly voiceMs: number;
  /** Milliseconds since the last voiced frame; undefined while the voice goes on. */
  readonly silentMs: number | undefined;
  readonly over: AgentTalk;
}

/** What a voice came over. */
export interface AgentTalk {
  /** Nothing that counts was heard of the agent's turn: there is nothing to hum to, the caller is going on. */
  readonly unheard: boolean;
  readonly lastSentence: string;
}

/** `verify`: the voice has ended; ask the recogniser for all it has, then decide by `isRealSpeech`. */
export type InterruptionVerdict = 'interrupt' | 'verify' | 'wait';

export function judgeInterruption(voice: VoiceOverAgent, settings: InterruptionSettings): InterruptionVerdict {
  const { confirmed, silentMs, text, over } = voice;
  if (confirmed && isRealSpeech(text, over)) return 'interrupt';
  if (silentMs !== undefined) return silentMs >= settings.settleMs ? 'verify' : 'wait';
  const limitMs = over.unheard ? settings.sustainedVoiceUnheardMs : settings.sustainedVoiceMs;
  return voice.voiceMs >= limitMs ? 'interrupt' : 'wait';
}

const list = (words: string) => new Set(words.split(' '));

/** Sounds of listening, in the spellings that recognisers use for them. */
const listeningSounds = list('mhm mm mmm mmhm hm hmm hmmm uh um uhm er erm ah aha oh huh uhhuh ha eh');
/** Words of listening; they are answers when the agent has just asked. */
const listeningWords = list('yeah yes yep yup ok okay right sure good great fine alright cool nice see i exactly');
/** What a recogniser makes of clicks, coughs and hums. */
const noiseWords = list('a an the and at in it is of or to i he me my we you u');
/** One of these is enough to stop the agent. */
const stoppingWords = list(
  'stop wait no not hello hey excuse sorry pardon hold what where when who why how which can could but actually ' +
    "please thanks thank goodbye bye help operator repeat again question moment transfer cancel don't listen",
);

/**
 * Whether recognised words mean that the caller wants to speak. A hummed "mm-hmm" comes out of the starter recogniser
 * as "the sh", "any t", "tom": one or two scraps. So words count that stop somebody, or that are several; over the
 * agent's question any word does, for it is the answer.
 */
export function isRealSpeech(text: string, over: AgentTalk): boolean {
  const words = wordsOf(text);
  if (words.some((word) => stoppingWords.has(word))) return true;
  if (over.unheard) return words.some((word) => !listeningSounds.has(word) && !noiseWords.has(word));
  const isListening = (word: string) => listeningSounds.has(word) || listeningWords.has(word);
  const onlyListening = words.every(isListening);
  if (onlyListening) return words.some((word) => listeningWords.has(word)) && asksYesOrNo(over.lastSentence);
  const content = words.filter((word) => !isListening(word) && !noiseWords.has(word) && word.length > 2);
  if (/\?["')]*$/.test(over.lastSentence.trim()) && content.length > 0) return true;
  if (content.length > 1 || (content.length === 1 && words.length > 2)) return true;
  return words.length === 2 && (content[0]?.length ?? 0) > 3;
}

/** Hesitation without any content: not worth an answer. */
export function isOnlyFiller(text: string): boolean {
  return wordsOf(text).every((word) => listeningSounds.has(word) && word !== 'mhm' && word !== 'uhhuh');
}
