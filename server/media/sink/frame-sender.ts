import type { AudioSink, Frame } from '../frame.ts';
import type { SinkChannels } from './sink-channels.ts';

/** Takes frames on their way to whoever listens; says how many it had to drop since it was asked last. */
export interface FrameSender {
  readonly sampleRate: number;
  send(frame: Frame): void;
  takeDropped(): number;
  close(): void;
}

export function openSender(sink: AudioSink, channels: SinkChannels): FrameSender {
  if (sink.kind === 'channel') return channels.open(sink.path, sink.streamId, sink.sampleRate);
  return {
    sampleRate: sink.sampleRate,
    send: (frame) => sink.push(frame),
    takeDropped: () => 0,
    close: () => {},
  };
}
