import type { TurnDraft } from '../../contract/call.ts';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { CallAnalysis } from '../analysis/analysis.ts';
import type { AnalysisService } from '../analysis/analysis-service.ts';
import { isPlayable } from '../recordings/recording.ts';
import type { RecordingService } from '../recordings/recording-service.ts';
import { type Call, hasEnded, type Turn } from './call.ts';
import type { CallRepository } from './call-repository.ts';
import type { TurnRepository } from './turn-repository.ts';

/** Hears recordings. `calls` implements it. */
export interface RecordingTranscriber {
  /** What both sides said, in order; empty when nobody did. Rejects with a sentence that says why not. */
  transcribe(callId: string, path: string, signal?: AbortSignal): Promise<readonly TurnDraft[]>;
}

export interface RetranscriptionParts {
  readonly unitOfWork: UnitOfWork;
  readonly calls: CallRepository;
  readonly turns: TurnRepository;
  readonly recordings: RecordingService;
  readonly analysis: AnalysisService;
}

export interface Retranscribed {
  readonly call: Call;
  readonly turns: readonly Turn[];
  readonly analysis: CallAnalysis;
}

/** Recordings that may wait to be heard. */
const mostWaiting = 20;

/** Makes up for transcripts that are missing, from the recording; and analyses again. One recording at a time. */
export class Retranscription {
  readonly #parts: RetranscriptionParts;
  readonly #running = new Map<string, Promise<Retranscribed>>();
  #last: Promise<unknown> = Promise.resolve();
  #transcriber: RecordingTranscriber | undefined;

  constructor(parts: RetranscriptionParts) {
    this.#parts = parts;
  }

  /** Who hears recordings, once there is somebody. */
  useTranscriber(transcriber: RecordingTranscriber): void {
    this.#transcriber = transcriber;
  }

  /**
   * Hears the recording of an ended call that has no transcript, then analyses the call anew; with a transcript, only
   * the latter. Throws `call-not-found`, `call-still-active`, `recording-missing`, `transcription-unavailable` (nobody
   * hears, or too many wait) or `transcription-failed`.
   */
  run(organizationId: string, callId: string): Promise<Retranscribed> {
    const path = this.check(organizationId, callId);
    const running = this.#running.get(callId);
    if (running) return running;
    if (path !== undefined && this.#running.size >= mostWaiting) {
      throw unavailable(`${mostWaiting} recordings wait to be heard already: try again later.`);
    }
    const before = path === undefined ? Promise.resolve() : this.#last;
    const work = before.then(() => this.#work(callId, path)).finally(() => this.#running.delete(callId));
    this.#running.set(callId, work);
    if (path !== undefined) this.#last = work.catch(() => {});
    return work;
  }

  /**
   * Throws what `run` would throw at once. Path of the recording that has to be heard; undefined when there is a
   * transcript.
   */
  check(organizationId: string, callId: string): string | undefined {
    const { calls, recordings, turns } = this.#parts;
    const call = calls.find(callId);
    if (call?.organizationId !== organizationId) {
      throw new LandlineError('call-not-found', 'There is no call with this id.', { id: callId });
    }
    if (!hasEnded(call)) {
      throw new LandlineError('call-still-active', 'The call can be transcribed again when it has ended.', {
        id: callId,
      });
    }
    if (turns.ofCall(callId).length > 0) return undefined;
    const recording = recordings.find(callId);
    if (!recording || !isPlayable(recording)) {
      throw new LandlineError('recording-missing', 'There is no recording that could be transcribed.', { id: callId });
    }
    if (!this.#transcriber) throw unavailable('No recogniser is running.');
    return recordings.fileOf(callId).path;
  }

  async #work(callId: string, path: string | undefined): Promise<Retranscribed> {
    const { analysis, calls, turns } = this.#parts;
    if (path !== undefined) await this.#hear(callId, path);
    const found = await analysis.analyse(callId);
    const call = calls.find(callId);
    if (!call) throw new LandlineError('call-not-found', 'There is no call with this id.', { id: callId });
    return { call, turns: turns.ofCall(callId), analysis: found };
  }

  async #hear(callId: string, path: string): Promise<void> {
    if (!this.#transcriber) throw unavailable('No recogniser is running.');
    let heard: readonly TurnDraft[];
    try {
      heard = await this.#transcriber.transcribe(callId, path);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LandlineError(
        'transcription-failed',
        `The recording could not be transcribed: ${why}`,
        { id: callId },
        thrown,
      );
    }
    await this.#parts.unitOfWork.run((record, nowMs) => this.#keep(callId, heard, { record, nowMs }));
  }

  #keep(
    callId: string,
    heard: readonly TurnDraft[],
    { record, nowMs }: { readonly record: Parameters<Parameters<UnitOfWork['run']>[0]>[0]; readonly nowMs: number },
  ): void {
    const { calls, turns } = this.#parts;
    const call = calls.find(callId);
    if (!call || turns.ofCall(callId).length > 0) return;
    for (const draft of heard) {
      const turn = turns.append(callId, draft, nowMs);
      record(call.organizationId, { kind: 'turn-added', callId, seq: turn.seq, role: turn.role });
    }
  }
}

function unavailable(why: string): LandlineError {
  return new LandlineError('transcription-unavailable', why);
}
