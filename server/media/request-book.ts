import type { LandlineError } from '../contract/errors.ts';
import type { EngineRequest, LegRequest, ToMedia } from './process-messages.ts';

interface Entry {
  readonly request: EngineRequest;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: LandlineError) => void;
}

/** Questions to the media process that wait for their answers. What is open when the process dies can be asked again. */
export class RequestBook {
  readonly #send: (message: ToMedia) => void;
  readonly #open = new Map<number, Entry>();
  #lastId = 0;

  constructor(send: (message: ToMedia) => void) {
    this.#send = send;
  }

  ask(request: EngineRequest): Promise<unknown> {
    const requestId = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#open.set(requestId, { request, resolve, reject });
      this.#send({ kind: 'request', requestId, request });
    });
  }

  answer(requestId: number, value: unknown): void {
    this.#take(requestId)?.resolve(value);
  }

  refuse(requestId: number, error: LandlineError): void {
    this.#take(requestId)?.reject(error);
  }

  /** Asks a new process what concerns no leg that is being brought back: openings and statistics. */
  resend(): void {
    for (const [requestId, { request }] of this.#open) {
      if (request.kind === 'stats' || (request.kind === 'open' && !request.continuation))
        this.#send({ kind: 'request', requestId, request });
    }
  }

  /** Settles every open request of a leg, the way `settle` says for each. */
  settleLeg(legId: number, settle: (request: LegRequest, entry: Omit<Entry, 'request'>) => void): void {
    for (const [requestId, entry] of this.#open) {
      const { request } = entry;
      if (request.kind !== 'leg' || request.legId !== legId) continue;
      this.#open.delete(requestId);
      settle(request.request, entry);
    }
  }

  /** Forgets the openings of this leg that a lost process will never answer. */
  dropRestores(legId: number, error: LandlineError): void {
    for (const [requestId, entry] of this.#open) {
      const { request } = entry;
      if (request.kind !== 'open' || request.legId !== legId || !request.continuation) continue;
      this.#open.delete(requestId);
      entry.reject(error);
    }
  }

  refuseAll(error: LandlineError): void {
    for (const entry of this.#open.values()) entry.reject(error);
    this.#open.clear();
  }

  #take(requestId: number): Entry | undefined {
    const entry = this.#open.get(requestId);
    this.#open.delete(requestId);
    return entry;
  }
}
