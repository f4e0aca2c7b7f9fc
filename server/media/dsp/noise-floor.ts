/** The floor never goes under this, so that a digitally silent line does not make a breath look like speech. */
const lowestFloorDb = -65;
/** The first frames of a line set the floor outright, but not higher than a quiet voice. */
const settlingFrames = 10;
const highestFirstFloorDb = -38;
const fallPerFrame = 0.3;
const risePerFrameDb = 0.04;
const risePerVoicedFrameDb = 0.008;

/** Slow minimum of the level over 20 ms frames: falls quickly, rises by 2 dB a second, by 0.4 while somebody speaks. */
export class NoiseFloor {
  #db = highestFirstFloorDb;
  #frames = 0;

  get db(): number {
    return this.#db;
  }

  /** The first 200 ms of a line: nothing can be said about voices yet. */
  get isSettling(): boolean {
    return this.#frames < settlingFrames;
  }

  update(levelDb: number, isVoice: boolean): void {
    if (this.isSettling) {
      this.#frames++;
      this.#db = Math.max(lowestFloorDb, Math.min(this.#db, levelDb));
      return;
    }
    if (levelDb < this.#db) this.#db += (levelDb - this.#db) * fallPerFrame;
    else this.#db = Math.min(levelDb, this.#db + (isVoice ? risePerVoicedFrameDb : risePerFrameDb));
    this.#db = Math.max(lowestFloorDb, this.#db);
  }
}
