import { asksYesOrNo } from './end-of-turn/text-cues.ts';
import { wordsOf } from './words.ts';

export interface InterruptionSettings {
  /** Voice without recognised words that lasts this long is a person taking the floor, not a cough. */
  readonly sustainedVoiceMs: number;
  /** After the voice ended, how long the recogniser is given to come up with words. */
  readonly settleMs: number;
}

/** Playout is paused meanwhile, so taking time costs the caller nothing and saves words. */
export const interruptionDefaults: InterruptionSettings = { sustainedVoiceMs: 900, settleMs: 500 };

export interface VoiceOverAgent {
  /** Words recognised since the voice began. */
  readonly text: string;
  readonly confirmed: boolean;
  /** Length of the voice so far, or until it ended. */
  readonly voiceMs: number;
  /** Milliseconds since the last voiced frame; undefined while the voice goes on. */
  readonly silentMs: number | undefined;
  readonly lastAgentSentence: string;
}

/** `verify`: the voice has ended; ask the recogniser for all it has, then decide by `isRealSpeech`. */
export type InterruptionVerdict = 'interrupt' | 'verify' | 'wait';

export function judgeInterruption(voice: VoiceOverAgent, settings: InterruptionSettings): InterruptionVerdict {
  const real = isRealSpeech(voice.text, voice.lastAgentSentence);
  if (real && (voice.confirmed || wordsOf(voice.text).length > 1)) return 'interrupt';
  if (voice.silentMs !== undefined) return voice.silentMs >= settings.settleMs ? 'verify' : 'wait';
  const limitMs = wordsOf(voice.text).length > 0 && !real ? settings.sustainedVoiceMs * 2 : settings.sustainedVoiceMs;
  return voice.voiceMs >= limitMs ? 'interrupt' : 'wait';
}

const list = (words: string) => new Set(words.split(' '));

/** Sounds of listening, in the spellings that recognisers use for them. */
const listeningSounds = list('mhm mm mmm mmhm hm hmm hmmm uh um uhm er erm ah aha oh huh uhhuh m h n ha eh');
/** Words of listening; they are answers when the agent has just asked. */
const listeningWords = list('yeah yes yep yup ok okay right sure good great fine alright cool nice see i exactly');
/** What a recogniser makes of a click or a cough: alone they are no speech. */
const noiseWords = list('a an the and at in it of or to but i');

/**
 * Whether recognised words mean that the caller wants to speak. Listening words over an agent's statement do not;
 * over its yes-or-no question they are the answer.
 */
export function isRealSpeech(text: string, lastAgentSentence: string): boolean {
  const words = wordsOf(text);
  if (words.every((word) => listeningSounds.has(word))) return false;
  if (words.length === 1 && (noiseWords.has(words[0] ?? '') || (words[0] ?? '').length === 1)) return false;
  const onlyListening = words.every((word) => listeningSounds.has(word) || listeningWords.has(word));
  return !onlyListening || asksYesOrNo(lastAgentSentence);
}

/** Hesitation without any content: not worth an answer. */
export function isOnlyFiller(text: string): boolean {
  const fillers = list('um uh uhm er erm hm hmm ah m n h');
  return wordsOf(text).every((word) => fillers.has(word));
}
