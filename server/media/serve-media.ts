import { LandlineError, messageOf } from '../contract/errors.ts';
import type { MessagePort } from '../lifetime/message-port.ts';
import { LocalMediaEngine, type MediaEngineOptions } from './engine.ts';
import type { AudioSink } from './frame.ts';
import type { Leg } from './leg.ts';
import type { EngineRequest, FromMedia, LegCommand, LegRequest, RemoteSink, ToMedia } from './process-messages.ts';

/** Events after which a successor would have to start from other numbers: its standing is reported with them. */
const eventsWithStanding = new Set(['playback-started', 'voice-onset']);

/** Answers a parent's messages with a media engine. Returns the function that stops it. */
export function serveMedia(
  port: MessagePort<ToMedia, FromMedia>,
  options: Omit<MediaEngineOptions, 'ports' | 'rtpTimeoutMs'> = {},
): () => Promise<void> {
  let server: Promise<MediaServer> | undefined;
  port.onMessage((message) => {
    if (message.kind === 'configure') {
      const timeout = message.rtpTimeoutMs === undefined ? {} : { rtpTimeoutMs: message.rtpTimeoutMs };
      server = LocalMediaEngine.start({ ...options, ...timeout, ports: message.ports }).then(
        (engine) => new MediaServer(engine, port),
      );
      return;
    }
    // Messages that come while the engine is still loading keep their order behind it.
    void server?.then((started) => started.take(message));
  });
  return async () => {
    await (await server)?.stop();
  };
}

class MediaServer {
  readonly #engine: LocalMediaEngine;
  readonly #port: MessagePort<ToMedia, FromMedia>;
  readonly #legs = new Map<number, Leg>();

  constructor(engine: LocalMediaEngine, port: MessagePort<ToMedia, FromMedia>) {
    this.#engine = engine;
    this.#port = port;
  }

  take(message: Exclude<ToMedia, { kind: 'configure' }>): void {
    if (message.kind === 'command') this.#command(message.legId, message.command);
    else this.#answer(message.requestId, message.request);
  }

  stop(): Promise<void> {
    return this.#engine.stop();
  }

  #answer(requestId: number, request: EngineRequest): void {
    this.#perform(request).then(
      (value) => this.#port.send({ kind: 'answer', requestId, value }),
      (error: unknown) => {
        const { code, details } = error instanceof LandlineError ? error : { code: 'media-failed', details: {} };
        this.#port.send({ kind: 'refusal', requestId, code, message: messageOf(error), details });
      },
    );
  }

  #perform(request: EngineRequest): Promise<unknown> {
    switch (request.kind) {
      case 'open':
        return this.#open(request);
      case 'leg':
        return this.#performOnLeg(request.legId, request.request);
      case 'stats':
        break;
    }
    return this.#engine.stats();
  }

  async #open({ legId, options, continuation }: Extract<EngineRequest, { kind: 'open' }>): Promise<unknown> {
    const listener = {
      event: (event: Parameters<Parameters<LocalMediaEngine['openLeg']>[1]['event']>[0]) => {
        this.#port.send({ kind: 'event', legId, event });
        if (eventsWithStanding.has(event.kind)) this.#reportStanding(legId);
      },
    };
    const leg = await this.#engine.openLeg(options, listener, continuation);
    this.#legs.set(legId, leg);
    return leg.local;
  }

  async #performOnLeg(legId: number, request: LegRequest): Promise<unknown> {
    const leg = this.#legs.get(legId);
    if (!leg) throw new LandlineError('leg-gone', 'The call has no media any more.', { legId });
    switch (request.kind) {
      case 'play':
        return leg.play(request.chunk);
      case 'flush':
        return leg.flush();
      case 'send-dtmf':
        return leg.sendDtmf(request.digits);
      case 'start-recording':
        await leg.startRecording(request.path);
        if (leg.recordingPlace) this.#port.send({ kind: 'recording', legId, place: leg.recordingPlace });
        return undefined;
      case 'continue-recording':
        return leg.continueRecording(request.place);
      case 'close':
        break;
    }
    this.#legs.delete(legId);
    return leg.close();
  }

  #command(legId: number, command: LegCommand): void {
    const leg = this.#legs.get(legId);
    if (!leg) return;
    switch (command.kind) {
      case 'connect':
        leg.connect(command.media);
        this.#reportStanding(legId);
        return;
      case 'listen':
        leg.listen(command.sink && this.#sinkOf(legId, command.sink));
        return;
      case 'pause':
        leg.pause();
        return;
      case 'resume':
        leg.resume();
        return;
      case 'allow-barge-in':
        leg.allowBargeIn(command.allowed);
    }
  }

  #sinkOf(legId: number, sink: RemoteSink): AudioSink {
    if (sink.kind === 'channel') return sink;
    const { sampleRate } = sink;
    return { kind: 'function', sampleRate, push: (frame) => this.#port.send({ kind: 'frame', legId, frame }) };
  }

  #reportStanding(legId: number): void {
    const leg = this.#legs.get(legId);
    if (leg) this.#port.send({ kind: 'standing', legId, continuation: leg.continuation });
  }
}
