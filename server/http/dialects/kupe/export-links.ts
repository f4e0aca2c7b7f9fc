import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../lifetime/clock.ts';

interface Link {
  readonly open: () => Readable;
  readonly expiresAtMs: number;
}

const lifeMs = 15 * 60_000;
const mostLinks = 500;

/**
 * Exports that somebody asked for and may fetch for a quarter of an hour: the id alone opens them, so they can be
 * fetched by a browser. At most 500 at once, the oldest go first; a restart ends all.
 */
export class ExportLinks {
  readonly #clock: Clock;
  readonly #links = new Map<string, Link>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Id of a new link; `open` makes the file anew each time it is fetched. */
  add(open: () => Readable): string {
    const id = randomUUID();
    this.#links.set(id, { open, expiresAtMs: this.#clock.now() + lifeMs });
    for (const oldest of [...this.#links.keys()].slice(0, Math.max(0, this.#links.size - mostLinks))) {
      this.#links.delete(oldest);
    }
    return id;
  }

  /** Undefined for an unknown id and one whose time has passed. */
  find(id: string): (() => Readable) | undefined {
    const link = this.#links.get(id);
    if (!link) return undefined;
    if (link.expiresAtMs > this.#clock.now()) return link.open;
    this.#links.delete(id);
    return undefined;
  }
}
