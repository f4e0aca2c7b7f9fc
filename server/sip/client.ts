import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { LandlineError } from '../contract/errors.ts';
import { type Clock, realClock } from '../lifetime/clock.ts';
import type { MessagePort } from '../lifetime/message-port.ts';
import { type ChildExit, SupervisedChild } from '../lifetime/supervised-child.ts';
import type { Logger } from '../log/logger.ts';
import { type SipCore, type SipCoreOptions, startSipCore } from './core.ts';
import type { SipCoreConfig } from './core-config.ts';
import type { CoreAnswers, CoreQuestion, FromSipCore, ToSipCore } from './process-messages.ts';
import { answer } from './serve-core.ts';

/** Where a running core takes control connections. Port and secret are new after every start. */
export interface SipCoreAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** What it listens on, e.g. `udp/192.0.2.1:5060`. */
  readonly endpoints: readonly string[];
}

export interface SipCoreListener {
  /** A core is ready; called again after every restart. */
  up(address: SipCoreAddress): void;
  /** The core is gone with all its calls; another one follows. */
  down(exit: ChildExit): void;
}

/** A SIP core as the server sees it, wherever it runs. */
export interface SipCoreHost {
  /** Resolves when the first core is ready. Rejects with `sip-port-taken` and the like, and then nothing runs. */
  start(): Promise<SipCoreAddress>;
  /** Rejects with `sip-core-down` while no core is ready. */
  ask<Kind extends CoreQuestion['kind']>(question: Extract<CoreQuestion, { kind: Kind }>): Promise<CoreAnswers[Kind]>;
  /** Ends all calls and the core. */
  stop(): Promise<void>;
}

export interface SipCoreClientOptions {
  readonly config: SipCoreConfig;
  readonly log: Logger;
  readonly clock?: Clock;
  /** How long a start waits for a port that is taken, in ms; default 10 s. */
  readonly waitForPortMs?: number;
  readonly logLevel?: Extract<ToSipCore, { kind: 'start' }>['logLevel'];
}

const newSecret = (): string => randomBytes(32).toString('hex');
const coreDown = (): LandlineError => new LandlineError('sip-core-down', 'The SIP core is not running at the moment.');

/** The port that all endpoints (`proto/host:port`) share; undefined when there is none. */
function portOf(endpoints: readonly string[]): number | undefined {
  const port = /:(\d+)$/.exec(endpoints[0] ?? '')?.[1];
  return port === undefined ? undefined : Number(port);
}

interface Question {
  readonly answered: (value: never) => void;
  readonly failed: (error: Error) => void;
}

/** The SIP core in a supervised process of its own. */
export class SipCoreClient implements SipCoreHost {
  readonly #options: SipCoreClientOptions;
  readonly #listener: SipCoreListener;
  readonly #child: SupervisedChild<FromSipCore, ToSipCore>;
  readonly #questions = new Map<number, Question>();
  #port: MessagePort<FromSipCore, ToSipCore> | undefined;
  #isReady = false;
  #secret = '';
  #sipPort: number | undefined;
  #nextRequestId = 1;
  #started:
    | { readonly resolve: (address: SipCoreAddress) => void; readonly reject: (error: Error) => void }
    | undefined;

  constructor(options: SipCoreClientOptions, listener: SipCoreListener) {
    this.#options = options;
    this.#listener = listener;
    this.#child = new SupervisedChild<FromSipCore, ToSipCore>(
      {
        name: 'sip-core',
        entry: fileURLToPath(new URL('process.ts', import.meta.url)),
        clock: options.clock ?? realClock,
        stopGraceMs: 3_000,
      },
      { up: (port) => this.#up(port), down: (exit) => this.#down(exit) },
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  start(): Promise<SipCoreAddress> {
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject };
      this.#child.start();
    });
  }

  ask<Kind extends CoreQuestion['kind']>(question: Extract<CoreQuestion, { kind: Kind }>): Promise<CoreAnswers[Kind]> {
    const port = this.#port;
    if (port === undefined || !this.#isReady) return Promise.reject(coreDown());
    return new Promise((resolve, reject) => {
      const requestId = this.#nextRequestId++;
      this.#questions.set(requestId, { answered: resolve, failed: reject });
      port.send({ kind: 'ask', requestId, question });
    });
  }

  async stop(): Promise<void> {
    await this.#child.stop();
    this.#forget();
  }

  #up(port: MessagePort<FromSipCore, ToSipCore>): void {
    this.#port = port;
    this.#secret = newSecret();
    port.onMessage((message) => this.#message(message));
    const { logLevel = 'info', waitForPortMs = 10_000 } = this.#options;
    // Any free port the first time is this very port every other time: phones know it by then.
    const config = { ...this.#options.config, port: this.#sipPort ?? this.#options.config.port };
    port.send({ kind: 'start', config, secret: this.#secret, logLevel, waitForPortMs });
  }

  #message(message: FromSipCore): void {
    switch (message.kind) {
      case 'ready':
        this.#ready(message.controlPort, message.endpoints);
        break;
      case 'start-failed':
        this.#startFailed(new LandlineError(message.code, message.message, message.details));
        break;
      case 'answer': {
        const question = this.#questions.get(message.requestId);
        this.#questions.delete(message.requestId);
        question?.answered(message.value as never);
        break;
      }
    }
  }

  #ready(port: number, endpoints: readonly string[]): void {
    this.#isReady = true;
    this.#sipPort ??= portOf(endpoints);
    const address = { host: '127.0.0.1', port, secret: this.#secret, endpoints };
    this.#started?.resolve(address);
    this.#started = undefined;
    this.#listener.up(address);
  }

  /** The first start fails for good; a restart is tried again by the supervisor. */
  #startFailed(failure: LandlineError): void {
    const started = this.#started;
    this.#started = undefined;
    if (started === undefined) {
      this.#options.log.error({ code: failure.code }, `The SIP core did not start again: ${failure.message}`);
      return;
    }
    void this.#child.stop().then(() => started.reject(failure));
  }

  #down(exit: ChildExit): void {
    this.#forget();
    this.#listener.down(exit);
  }

  #forget(): void {
    this.#isReady = false;
    this.#port = undefined;
    const open = [...this.#questions.values()];
    this.#questions.clear();
    for (const { failed } of open) failed(coreDown());
  }
}

/** The SIP core inside this process: for tests over a simulated network and clock, and for debugging. */
export class InProcessSipCore implements SipCoreHost {
  readonly #options: Omit<SipCoreOptions, 'secret'>;
  readonly #listener: SipCoreListener;
  #core: SipCore | undefined;

  constructor(options: Omit<SipCoreOptions, 'secret'>, listener: SipCoreListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** The running core, for control connections that are no sockets. */
  get core(): SipCore | undefined {
    return this.#core;
  }

  async start(): Promise<SipCoreAddress> {
    const secret = newSecret();
    const core = await startSipCore({ ...this.#options, secret });
    this.#core = core;
    const address = { host: '127.0.0.1', port: core.controlPort, secret, endpoints: core.endpoints };
    this.#listener.up(address);
    return address;
  }

  ask<Kind extends CoreQuestion['kind']>(question: Extract<CoreQuestion, { kind: Kind }>): Promise<CoreAnswers[Kind]> {
    if (this.#core === undefined) return Promise.reject(coreDown());
    return Promise.resolve(answer(this.#core, question) as CoreAnswers[Kind]);
  }

  async stop(): Promise<void> {
    await this.#core?.stop(0);
    this.#core = undefined;
  }
}
