import { messageOf } from '../../contract/errors.ts';
import { Resampler } from '../dsp/resampler.ts';
import type { DspModules } from '../dsp/wasm.ts';
import type { Frame } from '../frame.ts';
import type { LegSummary } from '../media-engine.ts';
import { Recorder, type RecordingPlace } from './recorder.ts';
import type { Side } from './stereo-window.ts';

/**
 * The recording of a leg, if there is one: nothing touches the disk before `begin`. Frames at another rate than the
 * recording's (the codec changed during the call) are converted. A disk error is reported once and ends the recording.
 */
export class LegRecording {
  readonly #modules: DspModules;
  readonly #failed: (message: string) => void;
  readonly #resamplers = new Map<Side, Resampler>();
  #recorder: Recorder | undefined;
  #opening: Promise<void> | undefined;

  constructor(modules: DspModules, failed: (message: string) => void) {
    this.#modules = modules;
    this.#failed = failed;
  }

  get place(): RecordingPlace | undefined {
    return this.#recorder?.place;
  }

  /** Never rejects: a disk that refuses is reported like one that refuses later. */
  begin(place: RecordingPlace): Promise<void> {
    return this.#open(() => Recorder.begin(place, { failed: this.#failed }), place);
  }

  goOn(place: RecordingPlace): Promise<void> {
    return this.#open(() => Recorder.goOn(place, { failed: this.#failed }), place);
  }

  write(side: Side, frame: Frame): void {
    const recorder = this.#recorder;
    if (!recorder) return;
    const { sampleRate } = recorder.place;
    if (frame.sampleRate === sampleRate) {
      recorder.write(side, frame.samples, frame.position);
      return;
    }
    const samples = this.#resamplerFor(side, frame.sampleRate, sampleRate).process(frame.samples);
    recorder.write(side, samples, Math.round((frame.position * sampleRate) / frame.sampleRate));
  }

  tick(positionMs: number): void {
    const recorder = this.#recorder;
    if (recorder) recorder.tick(Math.round((positionMs * recorder.place.sampleRate) / 1_000));
  }

  async close(): Promise<LegSummary['recording']> {
    await this.#opening;
    const recorder = this.#recorder;
    this.#recorder = undefined;
    for (const resampler of this.#resamplers.values()) resampler.close();
    this.#resamplers.clear();
    return recorder?.close();
  }

  #open(open: () => Promise<Recorder>, place: RecordingPlace): Promise<void> {
    this.#opening ??= open().then(
      (recorder) => void (this.#recorder = recorder),
      (error: unknown) => this.#failed(`The recording ${place.path} could not be opened: ${messageOf(error)}.`),
    );
    return this.#opening;
  }

  #resamplerFor(side: Side, inRate: number, outRate: number): Resampler {
    const present = this.#resamplers.get(side);
    if (present?.inRate === inRate) return present;
    present?.close();
    const resampler = new Resampler(this.#modules, inRate, outRate);
    this.#resamplers.set(side, resampler);
    return resampler;
  }
}
