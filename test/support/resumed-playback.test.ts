import { describe, expect, test } from 'vitest';
import { loadSpeaker } from '../fixtures/spoken.ts';
import { resumedPlayback, trimFrames } from './resumed-playback.ts';
import { join } from './test-voice.ts';

const speaker = await loadSpeaker();
const whole = trimFrames(speaker.say('On Saturday we are open from ten to two, and on Sunday we are closed.', 'slt'));
const ms = 8;

/** The answer, broken off and gone on with after a second of silence. */
function broken(offAtMs: number, onAtMs: number, endMs = whole.length / ms): Int16Array {
  const silence = new Int16Array(1_000 * ms);
  return join([whole.subarray(0, offAtMs * ms), silence, whole.subarray(onAtMs * ms, endMs * ms)]);
}

describe('an answer after a pause', () => {
  test('that goes on a little before where it broke off has lost nothing', () => {
    const found = resumedPlayback(whole, broken(1_500, 1_283));
    expect(found?.lostMs).toBe(0);
    expect(found?.repeatedMs).toBeCloseTo(217, -1);
    expect(found?.pausedMs).toBeGreaterThanOrEqual(1_000);
  });

  test('that goes on later has lost what lies between', () => {
    expect(resumedPlayback(whole, broken(1_500, 1_800))?.lostMs).toBeGreaterThanOrEqual(200);
  });

  test('that is broken off again for good has lost its end', () => {
    expect(resumedPlayback(whole, broken(1_500, 1_300, 2_600))?.lostMs).toBeGreaterThanOrEqual(500);
  });

  test('is told from one without a pause, and from another answer', () => {
    expect(resumedPlayback(whole, whole)).toBeUndefined();
    const other = speaker.say('Our address is twenty four Maple Street in Springfield.', 'slt');
    expect(() => resumedPlayback(whole, join([other, new Int16Array(8_000), other]))).toThrow('not in the answer');
  });
});
