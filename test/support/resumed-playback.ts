import { levelDb, voicedDb } from '../../server/caller/rtp-phone.ts';

/** 8 kHz, 20 ms. */
const frame = 160;
/** A longer silence than this inside an answer is a pause for the caller, not one between sentences. */
const shortestPauseFrames = 20;
/** So much of the audio beside the pause is looked for in the undisturbed answer. */
const snippet = 3_200;
/** Frames may be cut anew after the pause, and the gap between two sentences is not the same to the sample. */
const tolerated = 3 * frame;
/** Two takes of the same audio through the same codec are this alike. */
const alike = 0.9;

/** How an answer went on after a pause, against the same answer undisturbed. Milliseconds. */
export interface ResumedPlayback {
  readonly pausedMs: number;
  /** Heard before the pause and again after it. */
  readonly repeatedMs: number;
  /** Voiced audio that was heard neither before nor after the pause, or is missing at the end. */
  readonly lostMs: number;
}

/**
 * Holds an answer with a pause in it to the same answer without one, sample by sample: where the first part broke off,
 * where the second began, and whether the end was reached. Undefined where there is no pause.
 */
export function resumedPlayback(whole: Int16Array, heard: Int16Array): ResumedPlayback | undefined {
  const pause = longestPause(heard);
  if (!pause) return undefined;
  const [before, after] = [heard.subarray(0, pause.from), heard.subarray(pause.to)];
  const brokeOff = find(whole, before.subarray(-snippet)) + Math.min(snippet, before.length);
  const wentOn = find(whole, after.subarray(0, snippet));
  const ended = find(whole, after.subarray(-snippet)) + Math.min(snippet, after.length);
  const skipped = ended - wentOn - after.length;
  const lost =
    voicedSamples(whole.subarray(brokeOff, wentOn)) +
    voicedSamples(whole.subarray(ended)) +
    (skipped > tolerated ? skipped : 0);
  return {
    pausedMs: (pause.to - pause.from) / 8,
    repeatedMs: Math.max(0, brokeOff - wentOn) / 8,
    lostMs: lost / 8,
  };
}

/** From the first voiced frame to the last. */
export function trimFrames(samples: Int16Array): Int16Array {
  const frames = voicedFrames(samples);
  const first = frames.indexOf(true);
  return first < 0 ? new Int16Array(0) : samples.slice(first * frame, (frames.lastIndexOf(true) + 1) * frame);
}

function longestPause(samples: Int16Array): { readonly from: number; readonly to: number } | undefined {
  let longest = { from: 0, to: 0 };
  let from = 0;
  for (const [at, isVoiced] of voicedFrames(samples).entries()) {
    if (!isVoiced) continue;
    if (at - from > longest.to - longest.from) longest = { from, to: at };
    from = at + 1;
  }
  if (longest.to - longest.from < shortestPauseFrames) return undefined;
  return { from: longest.from * frame, to: longest.to * frame };
}

/** Where in `whole` the piece lies. */
function find(whole: Int16Array, piece: Int16Array): number {
  let best = 0;
  let bestLikeness = 0;
  for (let at = 0; at + piece.length <= whole.length; at++) {
    const likeness = alikeness(whole, at, piece);
    if (likeness > bestLikeness) [best, bestLikeness] = [at, likeness];
  }
  if (bestLikeness < alike)
    throw new Error(`What was heard is not in the answer (likeness ${bestLikeness.toFixed(2)}).`);
  return best;
}

/** Correlation of the piece with the stretch at `from`, by every fourth sample. */
function alikeness(whole: Int16Array, from: number, piece: Int16Array): number {
  let both = 0;
  let ofWhole = 1;
  let ofPiece = 1;
  for (let at = 0; at < piece.length; at += 4) {
    const a = whole[from + at] as number;
    const b = piece[at] as number;
    both += a * b;
    ofWhole += a * a;
    ofPiece += b * b;
  }
  return both / Math.sqrt(ofWhole * ofPiece);
}

/** Verdicts on whole frames; less than a frame at the end is left out. */
function voicedFrames(samples: Int16Array): boolean[] {
  const frames: boolean[] = [];
  for (let end = frame; end <= samples.length; end += frame)
    frames.push(levelDb(samples.subarray(end - frame, end)) > voicedDb);
  return frames;
}

function voicedSamples(samples: Int16Array): number {
  return voicedFrames(samples).filter(Boolean).length * frame;
}
