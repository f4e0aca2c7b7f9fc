import type { WebSocket } from 'ws';
import type { CredentialService } from '../../domain/credentials/credential-service.ts';
import type { IdentityService } from '../../domain/sessions/identity-service.ts';
import type { EventBus } from '../../events/bus.ts';
import type { Fact, StoredFact } from '../../events/fact.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { Holder } from './holder.ts';

export interface CredentialWatchParts {
  readonly bus: EventBus;
  readonly credentials: Pick<CredentialService, 'stands'>;
  readonly identity: Pick<IdentityService, 'sessionStands'>;
  readonly clock: Clock;
}

/** Keys and sessions that run out tell nothing of it. */
const sweepEveryMs = 10_000;
/** A client that doesn't close must not stay in. */
const graceMs = 1_000;

interface Watched {
  readonly socket: WebSocket;
  readonly holder: Holder;
  readonly refuse: (why: string) => void;
}

/**
 * Ends sockets whose key or session no longer lets their holder in: at once when it is revoked or replaced, its session
 * ended or its person switched off, within ten seconds when it has run out. There are as many as there may be sockets.
 */
export class CredentialWatch {
  readonly #parts: CredentialWatchParts;
  readonly #watched = new Set<Watched>();
  #stopListening: () => void = () => {};
  #sweep: Timer | undefined;

  constructor(parts: CredentialWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#stopListening = this.#parts.bus.onFact((fact) => this.#onFact(fact));
    this.#scheduleSweep();
  }

  stop(): void {
    this.#stopListening();
    this.#sweep?.cancel();
  }

  /** Until the socket closes. `refuse` closes it in the manner of its API, and is called once at most. */
  watch(socket: WebSocket, holder: Holder, refuse: (why: string) => void): void {
    const watched: Watched = { socket, holder, refuse };
    this.#watched.add(watched);
    socket.once('close', () => this.#watched.delete(watched));
    // What has been shown may have ended while it was looked at.
    if (!this.#stands(holder)) this.#end(watched);
  }

  #onFact({ fact }: StoredFact): void {
    for (const watched of this.#watched) {
      if (endsFor(watched.holder, fact) || (concerns(watched.holder, fact) && !this.#stands(watched.holder))) {
        this.#end(watched);
      }
    }
  }

  #stands({ credentialId, via }: Holder): boolean {
    const { credentials, identity } = this.#parts;
    return via === 'api-key' ? credentials.stands(credentialId) : identity.sessionStands(credentialId);
  }

  #end(watched: Watched): void {
    const { refuse, socket } = watched;
    if (!this.#watched.delete(watched) || socket.readyState !== socket.OPEN) return;
    const cut = this.#parts.clock.after(graceMs, () => socket.terminate());
    socket.once('close', () => cut.cancel());
    refuse('What this connection was opened with is no longer valid');
  }

  #scheduleSweep(): void {
    this.#sweep = this.#parts.clock.after(sweepEveryMs, () => {
      for (const watched of this.#watched) if (!this.#stands(watched.holder)) this.#end(watched);
      this.#scheduleSweep();
    });
  }
}

/** A key keeps its id when it is replaced, and whoever came by the old one came by what is no more. */
function endsFor({ credentialId }: Holder, fact: Fact): boolean {
  return fact.kind === 'credential-replaced' && fact.credentialId === credentialId;
}

function concerns({ credentialId, userId }: Holder, fact: Fact): boolean {
  switch (fact.kind) {
    case 'credential-revoked':
      return fact.credentialId === credentialId;
    case 'session-ended':
      return fact.sessionId === credentialId;
    case 'user-changed':
    case 'user-deleted':
      return fact.userId === userId;
    default:
      return false;
  }
}
