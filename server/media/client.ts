import { fileURLToPath } from 'node:url';
import { LandlineError } from '../contract/errors.ts';
import type { LocalMediaPoint } from '../contract/media-session.ts';
import { type Clock, realClock } from '../lifetime/clock.ts';
import type { MessagePort } from '../lifetime/message-port.ts';
import { type ChildExit, SupervisedChild } from '../lifetime/supervised-child.ts';
import type { Logger } from '../log/logger.ts';
import type { LegListener, LegOptions, MediaEngine, MediaStats } from './media-engine.ts';
import type { FromMedia, ToMedia } from './process-messages.ts';
import { RemoteLeg } from './remote-leg.ts';
import { RequestBook } from './request-book.ts';
import type { PortRange } from './transport/port-pool.ts';

export interface MediaClientOptions {
  readonly ports: PortRange;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly rtpTimeoutMs?: number;
}

/**
 * Audio lives for milliseconds: a young generation of 4 MB holds it, and collecting that takes less than a packet's
 * time. Left alone, one stall of the machine lets it grow to 16 MB for good.
 */
const nodeOptions = ['--max-semi-space-size=4'];

/** So many crashes without a healthy stretch between them, and the calls are given up. */
const crashesToGiveUp = 3;

/**
 * The media process seen from the server. When it dies, every leg is opened again on its port and goes on; its listener
 * hears `leg-restarted`, or `leg-lost` when that fails or the process keeps dying.
 */
export class MediaClient implements MediaEngine {
  readonly #options: MediaClientOptions;
  readonly #child: SupervisedChild<FromMedia, ToMedia>;
  readonly #requests = new RequestBook((message) => this.#port?.send(message));
  readonly #legs = new Map<number, RemoteLeg>();
  #port: MessagePort<FromMedia, ToMedia> | undefined;
  #lastLegId = 0;

  constructor(options: MediaClientOptions) {
    this.#options = options;
    const entry = fileURLToPath(new URL('process.ts', import.meta.url));
    this.#child = new SupervisedChild(
      { name: 'media', entry, nodeOptions, ...(options.clock && { clock: options.clock }) },
      { up: (port, pid) => this.#up(port, pid), down: (exit) => this.#down(exit) },
    );
  }

  /** Process id of the media process, while one runs. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get restarts(): number {
    return this.#child.restarts;
  }

  start(): void {
    this.#child.start();
  }

  async openLeg(options: LegOptions, listener: LegListener): Promise<RemoteLeg> {
    const legId = ++this.#lastLegId;
    const local = await this.#requests.ask({ kind: 'open', legId, options, continuation: undefined });
    const leg = new RemoteLeg({
      legId,
      options,
      local: local as LocalMediaPoint,
      listener,
      clock: this.#options.clock ?? realClock,
      requests: this.#requests,
      command: (command) => this.#port?.send({ kind: 'command', legId, command }),
      onClosed: () => void this.#legs.delete(legId),
    });
    this.#legs.set(legId, leg);
    return leg;
  }

  async stats(): Promise<MediaStats> {
    return (await this.#requests.ask({ kind: 'stats' })) as MediaStats;
  }

  /** Ends the process; recordings are completed first. */
  async stop(): Promise<void> {
    this.#port = undefined;
    await this.#child.stop();
    for (const leg of this.#legs.values()) leg.stopped();
    this.#requests.refuseAll(new LandlineError('media-stopped', 'The media process was stopped.'));
  }

  #up(port: MessagePort<FromMedia, ToMedia>, pid: number): void {
    this.#port = port;
    port.onMessage((message) => this.#receive(message));
    const { ports, rtpTimeoutMs } = this.#options;
    port.send({ kind: 'configure', ports, rtpTimeoutMs });
    for (const leg of this.#legs.values()) leg.restore();
    this.#requests.resend();
    this.#options.log.info({ mediaPid: pid, legs: this.#legs.size }, 'media process runs');
  }

  #down(exit: ChildExit): void {
    this.#port = undefined;
    const { code, signal, crashesInARow } = exit;
    this.#options.log.error({ code, signal, crashesInARow, legs: this.#legs.size }, 'media process died');
    for (const leg of this.#legs.values()) leg.processLost();
    if (crashesInARow < crashesToGiveUp) return;
    const message = `The media process died ${crashesInARow} times in a row.`;
    for (const leg of this.#legs.values()) leg.giveUp(message);
  }

  #receive(message: FromMedia): void {
    switch (message.kind) {
      case 'answer':
        this.#requests.answer(message.requestId, message.value);
        return;
      case 'refusal':
        this.#requests.refuse(message.requestId, new LandlineError(message.code, message.message, message.details));
        return;
      case 'event':
        this.#legs.get(message.legId)?.event(message.event);
        return;
      case 'frame':
        this.#legs.get(message.legId)?.frame(message.frame);
        return;
      case 'standing':
        this.#legs.get(message.legId)?.stands(message.continuation);
        return;
      case 'recording':
        this.#legs.get(message.legId)?.records(message.place);
    }
  }
}
