/**
 * `open`: being written, or cut off by a crash until the next start settles it. `ready`: complete. `partial`: playable,
 * its end is missing. `missing`: there is no audio.
 */
export type RecordingState = 'open' | 'ready' | 'partial' | 'missing';

/** Where a call's audio lies. */
export interface Recording {
  readonly callId: string;
  readonly state: RecordingState;
  /** Relative to the data folder, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly durationMs: number | null;
  readonly errorMessage: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Everything below this folder of the data folder belongs to recordings. */
export const recordingsFolder = 'recordings';

/** Path of a call's recording: one folder per day (UTC), so that no folder grows without end. */
export function recordingPath(callId: string, startedAtMs: number): string {
  const [year, month, day] = new Date(startedAtMs).toISOString().slice(0, 10).split('-');
  return `${recordingsFolder}/${year}/${month}/${day}/${callId}.wav`;
}

/** True when there is something to play. */
export function isPlayable(recording: Recording): boolean {
  return recording.state === 'ready' || recording.state === 'partial';
}
