/** Frames of 20 ms: begun when 4 of 5 are voiced, sure when 9 of 12 are, over after 5 without voice. */
const onset = { voiced: 4, of: 5 } as const;
const confirmation = { voiced: 9, of: 12 } as const;
const framesToStop = 5;

export type VoiceChange = 'onset' | 'confirmed' | 'stopped';

/** Decides from one verdict per 20 ms frame when a voice begins, is no mere click any more, and stops. */
export class VoiceActivity {
  #state: 'silent' | 'begun' | 'confirmed' = 'silent';
  /** One bit per frame, newest lowest. */
  #frames = 0;
  #unvoicedInARow = 0;

  get isActive(): boolean {
    return this.#state !== 'silent';
  }

  push(isVoiced: boolean): VoiceChange | undefined {
    this.#frames = ((this.#frames << 1) | (isVoiced ? 1 : 0)) & ((1 << confirmation.of) - 1);
    this.#unvoicedInARow = isVoiced ? 0 : this.#unvoicedInARow + 1;
    if (this.#state === 'silent') {
      if (this.#voicedOf(onset.of) < onset.voiced) return undefined;
      this.#state = 'begun';
      return 'onset';
    }
    if (this.#unvoicedInARow >= framesToStop) {
      this.reset();
      return 'stopped';
    }
    if (this.#state === 'confirmed' || this.#voicedOf(confirmation.of) < confirmation.voiced) return undefined;
    this.#state = 'confirmed';
    return 'confirmed';
  }

  reset(): void {
    this.#state = 'silent';
    this.#frames = 0;
    this.#unvoicedInARow = 0;
  }

  #voicedOf(frames: number): number {
    let bits = this.#frames & ((1 << frames) - 1);
    let voiced = 0;
    for (; bits !== 0; bits &= bits - 1) voiced++;
    return voiced;
  }
}
