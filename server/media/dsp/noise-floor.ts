/** The floor never goes under this, so that a digitally silent line does not make a breath look like speech. */
const lowestFloorDb = -65;
const startDb = -58;
const fallPerFrame = 0.3;
const risePerFrameDb = 0.04;
const risePerVoicedFrameDb = 0.008;

/** Slow minimum of the level over 20 ms frames: falls quickly, rises by 2 dB a second, by 0.4 while somebody speaks. */
export class NoiseFloor {
  #db = startDb;

  get db(): number {
    return this.#db;
  }

  update(levelDb: number, isVoice: boolean): void {
    if (levelDb < this.#db) this.#db += (levelDb - this.#db) * fallPerFrame;
    else this.#db = Math.min(levelDb, this.#db + (isVoice ? risePerVoicedFrameDb : risePerFrameDb));
    this.#db = Math.max(lowestFloorDb, this.#db);
  }
}
