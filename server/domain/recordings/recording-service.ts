import { dirname, join } from 'node:path';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Logger } from '../../log/logger.ts';
import type { CallRepository } from '../calls/call-repository.ts';
import type { Page, PageRequest } from '../paging.ts';
import { isPlayable, type Recording, recordingPath, recordingsFolder } from './recording.ts';
import {
  adoptPart,
  fileBytes,
  filesBelow,
  makeFolder,
  moveAside,
  partEnding,
  removeFile,
  removeSilent,
  sha256Of,
  wavFacts,
} from './recording-file.ts';
import type { RecordingFilter, RecordingListRepository } from './recording-list-repository.ts';
import type { RecordingRepository } from './recording-repository.ts';

export interface RecordingServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly recordings: RecordingRepository;
  readonly recordingList: RecordingListRepository;
  readonly calls: CallRepository;
  readonly dataFolder: string;
  readonly log: Logger;
}

/** What a look at the disk after a start found and mended. */
export interface ReconcileReport {
  /** Complete files whose row had not been closed. */
  readonly adopted: number;
  /** Cut off files that were made playable. */
  readonly repaired: number;
  /** Rows without audio. */
  readonly missing: number;
  /** Files without a row, moved to `quarantine` in the data folder. */
  readonly quarantined: number;
}

interface Settled {
  readonly state: 'ready' | 'partial' | 'missing';
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly durationMs: number | null;
}

const gone: Settled = { state: 'missing', sizeBytes: null, sha256: null, durationMs: null };

/**
 * The recording protocol: row `open` first, then the media process writes `<path>.part`, mends its header, syncs,
 * renames to `<path>` and syncs the folder; then the row becomes `ready` with size and SHA-256. Whatever a crash leaves
 * of this, `reconcile` settles.
 */
export class RecordingService {
  readonly #parts: RecordingServiceParts;
  readonly #settling = new Set<Promise<unknown>>();

  constructor(parts: RecordingServiceParts) {
    this.#parts = parts;
  }

  /**
   * Writes the row down, then resolves with the absolute path that the WAV must have in the end. Throws `disk-full`
   * or `recording-refused`.
   */
  async open(callId: string): Promise<{ readonly path: string }> {
    const { unitOfWork, recordings, calls } = this.#parts;
    const startedAtMs = calls.find(callId)?.startedAtMs ?? unitOfWork.nowMs();
    const path = recordingPath(callId, startedAtMs);
    const absolute = this.#absolute(path);
    await makeFolder(dirname(absolute));
    await unitOfWork.run((_record, nowMs) => {
      const empty = { sizeBytes: null, sha256: null, durationMs: null, errorMessage: null };
      recordings.insert({ callId, state: 'open', path, ...empty, createdAtMs: nowMs, updatedAtMs: nowMs });
    });
    return { path: absolute };
  }

  /**
   * The file is complete. Reads it once for its SHA-256 (in the background: don't let the end of a call wait for it)
   * and resolves when the row is `ready`; `partial` after a failure, `missing` when there is no file.
   */
  finished(callId: string, facts: { readonly durationMs: number; readonly sizeBytes: number }): Promise<Recording> {
    return this.#track(this.#finish(callId, facts));
  }

  /** The disk refused. Keeps why, and settles what was written until then; resolves when the row says so. */
  failed(callId: string, message: string): Promise<Recording> {
    return this.#track(this.#fail(callId, message));
  }

  /** Deletes the audio; the row says `missing` from then on. A call without a recording has nothing to delete. */
  async remove(callId: string): Promise<void> {
    const recording = this.find(callId);
    if (!recording) return;
    await removeFile(this.#absolute(recording.path));
    await this.#close(callId, gone, 'deleted');
  }

  /** Settles what the last run left open. Run once at start, before the first call. */
  async reconcile(): Promise<ReconcileReport> {
    const counts = { adopted: 0, repaired: 0, missing: 0, quarantined: 0 };
    for (const recording of this.#parts.recordings.withState('open')) {
      const settled = await this.#settleFromDisk(recording);
      await this.#close(recording.callId, settled);
      if (settled.state === 'ready') counts.adopted++;
      else if (settled.state === 'partial') counts.repaired++;
      else counts.missing++;
    }
    const files = await filesBelow(join(this.#parts.dataFolder, recordingsFolder));
    const present = new Set(files.map((file) => `${recordingsFolder}/${file}`));
    counts.missing += await this.#markVanished(present);
    counts.quarantined = await this.#quarantine(present);
    return counts;
  }

  /** Resolves when every row that was being settled is settled. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#settling);
  }

  find(callId: string): Recording | undefined {
    return this.#parts.recordings.find(callId);
  }

  /** Ids of calls that can be listened to, newest first. */
  list(filter: RecordingFilter, page: PageRequest): Page<string> {
    return this.#parts.recordingList.page(filter, page);
  }

  /** Absolute path of a recording that can be played. Throws `recording-not-found`. */
  fileOf(callId: string): { readonly recording: Recording; readonly path: string } {
    const recording = this.find(callId);
    if (recording && isPlayable(recording)) return { recording, path: this.#absolute(recording.path) };
    throw new LandlineError('recording-not-found', 'There is no recording of this call.', {
      id: callId,
      state: recording?.state ?? 'none',
    });
  }

  async #finish(
    callId: string,
    facts: { readonly durationMs: number; readonly sizeBytes: number },
  ): Promise<Recording> {
    const recording = this.#require(callId);
    const path = this.#absolute(recording.path);
    const sizeBytes = await fileBytes(path);
    if (sizeBytes === undefined || (await removeSilent(path, sizeBytes))) return this.#close(callId, gone);
    if (sizeBytes !== facts.sizeBytes) {
      this.#parts.log.warn({ callId, sizeBytes, said: facts.sizeBytes }, 'a recording has another size than was said');
    }
    const state = recording.errorMessage === null ? 'ready' : 'partial';
    return this.#close(callId, {
      state,
      sizeBytes,
      durationMs: Math.round(facts.durationMs),
      sha256: await sha256Of(path),
    });
  }

  async #fail(callId: string, message: string): Promise<Recording> {
    const recording = this.#require(callId);
    const settled = await this.#settleFromDisk(recording);
    const state = settled.state === 'ready' ? 'partial' : settled.state;
    return this.#close(callId, { ...settled, state }, message);
  }

  /** What the disk holds for an open row; a `.part` is made playable. */
  async #settleFromDisk(recording: Recording): Promise<Settled> {
    const path = this.#absolute(recording.path);
    const part = await fileBytes(`${path}${partEnding}`);
    const state = part === undefined ? 'ready' : 'partial';
    const whole = part === undefined ? await fileBytes(path) : part;
    if (whole === undefined || (part === undefined && (await removeSilent(path, whole)))) return gone;
    const facts = part === undefined ? await wavFacts(path) : await adoptPart(path);
    if (!facts) return gone;
    return { state, sizeBytes: facts.fileBytes, durationMs: facts.durationMs, sha256: await sha256Of(path) };
  }

  #close(callId: string, settled: Settled, errorMessage?: string): Promise<Recording> {
    const { unitOfWork, recordings, calls } = this.#parts;
    return unitOfWork.run((record, nowMs) => {
      const before = this.#require(callId);
      const recording: Recording = {
        ...before,
        ...settled,
        errorMessage: errorMessage ?? before.errorMessage,
        updatedAtMs: nowMs,
      };
      recordings.update(recording);
      const organizationId = calls.find(callId)?.organizationId ?? '';
      record(organizationId, { kind: 'recording-settled', callId, state: settled.state });
      return recording;
    });
  }

  async #markVanished(present: ReadonlySet<string>): Promise<number> {
    const { recordings } = this.#parts;
    const vanished = recordings.paths().filter(({ path, state }) => state !== 'missing' && !present.has(path));
    for (const { callId } of vanished) await this.#close(callId, gone, 'The file has gone.');
    return vanished.length;
  }

  async #quarantine(present: ReadonlySet<string>): Promise<number> {
    const { recordings, dataFolder, log } = this.#parts;
    const known = new Set(recordings.paths().flatMap(({ path, state }) => (state === 'missing' ? [] : [path])));
    const strays = [...present].filter((path) => !known.has(path));
    for (const path of strays) {
      log.warn({ path }, 'a file among the recordings belongs to no call: moved to quarantine');
      await moveAside(this.#absolute(path), join(dataFolder, 'quarantine'));
    }
    return strays.length;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => void this.#settling.delete(tracked));
    this.#settling.add(tracked);
    return tracked;
  }

  #require(callId: string): Recording {
    const recording = this.find(callId);
    if (recording) return recording;
    throw new LandlineError('recording-not-found', 'No recording was opened for this call.', { id: callId });
  }

  #absolute(path: string): string {
    return join(this.#parts.dataFolder, ...path.split('/'));
  }
}
