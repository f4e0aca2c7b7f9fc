import { silenceDb } from './level.ts';

/** Frames of 20 ms. An echo comes back within half a second; the loss is learnt over three. */
const outboundFrames = 25;
const learningFrames = 150;
const framesToLearn = 50;
/** The percentile is worked out again every so many frames. */
const relearnFrames = 10;
const loudestEchoShare = 0.05;
/** At least so many of the loudest frames are passed over, however little is known yet. */
const fewestPassedOver = 7;
/**
 * So many frames at most are learnt from one voice over the agent, once it is over. It takes three in a row within the
 * learning time to be taken for an echo; one cough, or one person who speaks up, is not.
 */
const framesPerVoice = 3;
/** A voice is over when for so many frames nothing passed. */
const voiceOverFrames = 10;
/** Quieter than this, nobody could hear an echo of it. */
const quietOutboundDb = -55;
const assumedEchoLossDb = 20;
const marginBeforeLearningDb = 6;
const marginDb = 4;

/**
 * Keeps the agent's own echo from interrupting it: while the agent is heard (and half a second longer), the caller must
 * be louder than the echo to be expected. The echo's loss is learnt per call: the 5th percentile of (loudest outbound
 * level of the last 0.5 s − inbound level) over 3 s; until a second of it is known, 20 dB are assumed. What passes is
 * probably the caller, of whom nothing must be learnt, or the next interruption would have to be louder than this one.
 */
export class EchoGuard {
  readonly #outbound = new Float32Array(outboundFrames).fill(silenceDb);
  readonly #losses = new Float32Array(learningFrames);
  #outboundAt = 0;
  #lossCount = 0;
  #learntLossDb: number | undefined;
  /** First losses of the voice that passes now. */
  #doubtful: number[] = [];
  #notPassed = 0;

  /** Level of one frame sent. */
  sent(levelDb: number): void {
    this.#outbound[this.#outboundAt++ % outboundFrames] = levelDb;
  }

  /**
   * Whether an inbound frame of this level can be more than echo; learns from it. Somebody already heard
   * (`isSpeaking`) only has to reach the expected echo, so that soft syllables do not end a sentence.
   */
  passes(levelDb: number, isSpeaking: boolean): boolean {
    const loudestDb = this.#loudestOutboundDb();
    if (loudestDb < quietOutboundDb) {
      // Nothing of ours can echo any more: a voice that still goes on was the caller's from its beginning.
      if (isSpeaking) this.#doubtful = [];
      return true;
    }
    const echoDb = loudestDb - (this.#learntLossDb ?? assumedEchoLossDb);
    const neededDb = this.#learntLossDb === undefined ? marginBeforeLearningDb : marginDb;
    const passes = levelDb > echoDb + (isSpeaking ? 0 : neededDb);
    if (passes || isSpeaking) this.#doubt(loudestDb - levelDb);
    else this.#follow(loudestDb - levelDb);
    return passes;
  }

  /** Part of a voice over the agent. */
  #doubt(lossDb: number): void {
    this.#notPassed = 0;
    if (this.#doubtful.length < framesPerVoice) this.#doubtful.push(lossDb);
  }

  #follow(lossDb: number): void {
    this.#note(lossDb);
    if (++this.#notPassed < voiceOverFrames) return;
    for (const doubtfulDb of this.#doubtful.splice(0)) this.#note(doubtfulDb);
  }

  #note(lossDb: number): void {
    this.#losses[this.#lossCount++ % learningFrames] = lossDb;
    if (this.#lossCount >= framesToLearn && this.#lossCount % relearnFrames === 0) this.#learn();
  }

  #loudestOutboundDb(): number {
    let loudest = silenceDb;
    for (const level of this.#outbound) if (level > loudest) loudest = level;
    return loudest;
  }

  #learn(): void {
    const losses = this.#losses.slice(0, Math.min(this.#lossCount, learningFrames)).sort();
    this.#learntLossDb = losses[Math.max(fewestPassedOver, Math.floor(losses.length * loudestEchoShare))];
  }
}
