import type { TurnDraft, TurnRole } from '../../contract/call.ts';
import type { RecordingTranscriber } from '../../domain/calls/retranscription.ts';
import type { Clock } from '../../lifetime/clock.ts';
import { Resampler } from '../../media/dsp/resampler.ts';
import { type DspModules, loadDspModules } from '../../media/dsp/wasm.ts';
import { type FrameSender, openSender } from '../../media/sink/frame-sender.ts';
import { SinkChannels } from '../../media/sink/sink-channels.ts';
import type { Recognition, SpeechHost } from '../../providers/kinds/speech-host.ts';
import { RecordingReader } from './recording-reader.ts';
import { type Utterance, utterancesOf } from './utterances.ts';

export interface RecordingTranscriberParts {
  readonly speech: SpeechHost;
  /** Writes what was heard the way people write it. */
  readonly writtenForm: (heard: string) => string;
  readonly clock: Clock;
}

/** Channels of a recording. */
const sides: readonly TurnRole[] = ['caller', 'agent'];
/** Long enough that a whole utterance fits into what a channel keeps until it is connected. */
const frameMs = 200;

interface Ear {
  readonly recognition: Recognition;
  sender: FrameSender;
  /** Samples sent so far: pauses are left out, so a recogniser never waits through them. */
  position: number;
}

/** Hears a recording with the recogniser that calls use: each side apart, utterance by utterance. */
export class SpeechHostTranscriber implements RecordingTranscriber {
  readonly #parts: RecordingTranscriberParts;
  #modules: Promise<DspModules> | undefined;

  constructor(parts: RecordingTranscriberParts) {
    this.#parts = parts;
  }

  async transcribe(callId: string, path: string, signal?: AbortSignal): Promise<readonly TurnDraft[]> {
    const reader = await RecordingReader.open(path);
    const channels = new SinkChannels(this.#parts.clock);
    try {
      const levels = await reader.levels();
      const drafts: TurnDraft[] = [];
      for (const [channel, side] of levels.map(utterancesOf).entries()) {
        const role = sides[channel] ?? 'caller';
        drafts.push(...(await this.#hearSide({ callId, channel, role, reader, channels }, side, signal)));
      }
      return drafts.sort((a, b) => a.startMs - b.startMs);
    } finally {
      channels.close();
      await reader.close();
    }
  }

  async #hearSide(
    side: {
      readonly callId: string;
      readonly channel: number;
      readonly role: TurnRole;
      readonly reader: RecordingReader;
      readonly channels: SinkChannels;
    },
    utterances: readonly Utterance[],
    signal: AbortSignal | undefined,
  ): Promise<readonly TurnDraft[]> {
    if (utterances.length === 0) return [];
    const { callId, channel, reader, role } = side;
    const ear = await this.#openEar(`${callId} ${role}`, side.channels);
    const drafts: TurnDraft[] = [];
    try {
      for (const { startMs, endMs } of utterances) {
        signal?.throwIfAborted();
        const samples = await reader.samples(channel, startMs, endMs);
        const text = this.#parts.writtenForm(await this.#hear(ear, samples, reader.sampleRate));
        const provider = this.#parts.speech.sttName;
        if (text !== '') drafts.push({ role, text, startMs, endMs, interrupted: false, provider, marks: {} });
      }
    } finally {
      ear.sender.close();
      ear.recognition.close();
    }
    return drafts;
  }

  async #openEar(name: string, channels: SinkChannels): Promise<Ear> {
    let ear: Ear | undefined;
    const recognition = await this.#parts.speech.openRecognition(name, {
      partial: () => {},
      restarted: (sink) => {
        ear?.sender.close();
        if (ear) ear.sender = openSender(sink, channels);
      },
    });
    ear = { recognition, sender: openSender(recognition.sink, channels), position: 0 };
    await this.#caughtUp();
    return ear;
  }

  async #hear(ear: Ear, recorded: Int16Array, recordedRate: number): Promise<string> {
    const { sampleRate } = ear.sender;
    const samples = await this.#converted(recorded, recordedRate, sampleRate);
    const length = Math.round((sampleRate * frameMs) / 1_000);
    for (let at = 0; at < samples.length; at += length) {
      const part = samples.slice(at, at + length);
      ear.sender.send({ samples: part, sampleRate, position: ear.position });
      ear.position += part.length;
    }
    await this.#caughtUp();
    return ear.recognition.endTurn();
  }

  /** Audio and questions reach the speech process by different ways: two answers show that it has read on since. */
  async #caughtUp(): Promise<void> {
    await this.#parts.speech.stats();
    await this.#parts.speech.stats();
  }

  async #converted(samples: Int16Array, from: number, to: number): Promise<Int16Array> {
    if (from === to) return samples;
    this.#modules ??= loadDspModules();
    const resampler = new Resampler(await this.#modules, from, to);
    try {
      const most = resampler.process(samples).slice();
      const tail = resampler.drain();
      const all = new Int16Array(most.length + tail.length);
      all.set(most);
      all.set(tail, most.length);
      return all;
    } finally {
      resampler.close();
    }
  }
}
