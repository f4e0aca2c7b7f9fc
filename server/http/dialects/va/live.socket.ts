import type { WebSocket } from 'ws';
import type { CallStatus } from '../../../contract/call.ts';
import { type Call, hasEnded } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { isWithinScopes } from '../../../domain/credentials/principal.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { EventBus } from '../../../events/bus.ts';
import type { Signal, StoredFact } from '../../../events/fact.ts';
import type { Clock, Timer } from '../../../lifetime/clock.ts';
import { isUuid } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import { BoundedSocket, type SocketCounters } from '../../sockets/bounded-socket.ts';
import type { CredentialWatch } from '../../sockets/credential-watch.ts';
import type { Holder } from '../../sockets/holder.ts';
import { transcriptToWire } from './calls.wire.ts';
import { isoTime } from './fields.ts';
import { holderOfLiveToken } from './live-token.ts';

export interface LiveSocketParts {
  readonly calls: CallService;
  readonly disclosure: Disclosure;
  readonly credentials: CredentialService;
  readonly bus: EventBus;
  readonly signer: TokenSigner;
  readonly clock: Clock;
  readonly counters: SocketCounters;
  readonly watch: Pick<CredentialWatch, 'watch'>;
}

/** Close codes of this dialect. */
const closeCodes = { badCredential: 4401, forbidden: 4403, unknownCall: 4404, done: 1000 } as const;
const pingEveryMs = 30_000;
const silenceLimitMs = 60_000;
const lingerAfterEndMs = 5_000;
/** A refused client that doesn't close must not hold its place. */
const refusedGraceMs = 1_000;

interface Viewer {
  readonly socket: WebSocket;
  readonly out: BoundedSocket;
  heardAtMs: number;
}

/** Everyone who watches one call, and what has been committed of it. */
interface Room {
  call: Call;
  transcript: readonly JsonObject[];
  readonly viewers: Set<Viewer>;
  closing: Timer | undefined;
}

/**
 * `/ws/calls/:id`: a live view of one call. The transcript in a message is always the whole of what is committed, so a
 * message that is lost or late is made good by the next; what is being said just now comes beside it as `latest` with
 * `is_final: false`. Of a confidential agent's call only the status is told, and `redacted`.
 */
export class LiveSockets {
  readonly path = /^\/ws\/calls\/([^/]+)\/?$/;
  readonly #parts: LiveSocketParts;
  readonly #rooms = new Map<string, Room>();
  #stopListening: (() => void)[] = [];
  #keepAlive: Timer | undefined;

  constructor(parts: LiveSocketParts) {
    this.#parts = parts;
  }

  start(): void {
    const { bus } = this.#parts;
    this.#stopListening = [bus.onFact((fact) => this.#onFact(fact)), bus.onSignal((signal) => this.#onSignal(signal))];
    this.#scheduleKeepAlive();
  }

  stop(): void {
    for (const stop of this.#stopListening) stop();
    this.#keepAlive?.cancel();
    for (const room of this.#rooms.values()) room.closing?.cancel();
    this.#rooms.clear();
  }

  accept = (socket: WebSocket, [pathId]: readonly string[], query: URLSearchParams): void => {
    const out = new BoundedSocket(socket, this.#parts.counters);
    socket.on('error', () => socket.terminate());
    const callId = (pathId ?? '').toLowerCase();
    const admission = this.#admit(callId, query);
    if ('refusal' in admission) {
      this.#refuse(out, admission.refusal, admission.why);
      const cut = this.#parts.clock.after(refusedGraceMs, () => socket.terminate());
      socket.once('close', () => cut.cancel());
      return;
    }
    this.#enter(admission.call, socket, out);
    this.#parts.watch.watch(socket, admission.holder, (why) => this.#refuse(out, closeCodes.badCredential, why));
  };

  #refuse(out: BoundedSocket, code: number, why: string): void {
    out.send({ type: 'error', error: why, timestamp: this.#timestamp() });
    out.close(code, why);
  }

  #admit(callId: string, query: URLSearchParams): { call: Call; holder: Holder } | { refusal: number; why: string } {
    const { calls, credentials, signer } = this.#parts;
    const credential = credentials.authenticate(query.get('api_key') ?? '', 'va');
    const tokenHolder = holderOfLiveToken(signer, callId, query.get('session_token') ?? '');
    const holder = tokenHolder ?? credential;
    if (!holder) {
      return { refusal: closeCodes.badCredential, why: 'Invalid or missing api_key or session_token' };
    }
    const call = isUuid(callId) ? calls.find(callId) : undefined;
    if (!call) return { refusal: closeCodes.unknownCall, why: 'There is no call with this id' };
    if (!tokenHolder && call.organizationId !== credential?.organizationId) {
      return { refusal: closeCodes.forbidden, why: 'The call belongs to another organization' };
    }
    if (!tokenHolder && !isWithinScopes(credential?.scopes ?? [], 'GET', `/api/v1/calls/${callId}/live`)) {
      return { refusal: closeCodes.forbidden, why: 'The scopes of this API key do not cover the call' };
    }
    return { call, holder };
  }

  /** Reads the call, answers and listens in one go, so nothing can happen unseen in between. */
  #enter(call: Call, socket: WebSocket, out: BoundedSocket): void {
    const room = this.#rooms.get(call.id) ?? this.#openRoom(call);
    const viewer: Viewer = { socket, out, heardAtMs: this.#parts.clock.now() };
    room.viewers.add(viewer);
    socket.on('message', (message: Buffer) => this.#onMessage(viewer, message));
    socket.on('pong', () => {
      viewer.heardAtMs = this.#parts.clock.now();
    });
    socket.once('close', () => this.#leave(room, viewer));
    const { status } = room.call;
    const redacted = this.#parts.disclosure.isConfidential(call) ? { redacted: true } : {};
    out.send(this.#message(room, 'connected', { status, transcript: room.transcript, ...redacted }));
    if (hasEnded(room.call)) this.#closeSoon(room);
  }

  #openRoom(call: Call): Room {
    const transcript = transcriptToWire(this.#parts.disclosure.turns(call), call);
    const room: Room = { call, transcript, viewers: new Set(), closing: undefined };
    this.#rooms.set(call.id, room);
    return room;
  }

  #leave(room: Room, viewer: Viewer): void {
    room.viewers.delete(viewer);
    if (room.viewers.size > 0) return;
    room.closing?.cancel();
    if (this.#rooms.get(room.call.id) === room) this.#rooms.delete(room.call.id);
  }

  #onFact({ fact }: StoredFact): void {
    const room = 'callId' in fact ? this.#rooms.get(fact.callId) : undefined;
    if (!room) return;
    if (fact.kind === 'turn-added') this.#onTurn(room);
    else if (fact.kind === 'call-answered' || fact.kind === 'call-ended') this.#onStatus(room);
  }

  #onTurn(room: Room): void {
    const { disclosure } = this.#parts;
    room.transcript = transcriptToWire(disclosure.turns(room.call), room.call);
    if (disclosure.isConfidential(room.call)) return;
    const data = { transcript: room.transcript, latest: room.transcript.at(-1), is_final: true };
    this.#tell(room, this.#message(room, 'transcript_update', data), 'keep');
  }

  #onStatus(room: Room): void {
    room.call = this.#parts.calls.find(room.call.id) ?? room.call;
    this.#tell(room, this.#message(room, 'call_status_update', { status: room.call.status }), 'keep');
    if (hasEnded(room.call)) this.#closeSoon(room);
  }

  #onSignal(signal: Signal): void {
    const room = this.#rooms.get(signal.callId);
    if (!room || this.#parts.disclosure.isConfidential(room.call)) return;
    const role = signal.role === 'caller' ? 'user' : 'agent';
    const latest = { role, message: signal.text, text: signal.text, timestamp: isoTime(signal.atMs), is_final: false };
    const data = { transcript: room.transcript, latest, is_final: false };
    this.#tell(room, this.#message(room, 'transcript_update', data), 'droppable');
  }

  #onMessage(viewer: Viewer, message: Buffer): void {
    viewer.heardAtMs = this.#parts.clock.now();
    const timestamp = this.#timestamp();
    if (typeOf(message) === 'ping') viewer.out.send({ type: 'pong', timestamp }, 'droppable');
    else viewer.out.send({ type: 'error', error: 'Only {"type":"ping"} is understood here', timestamp }, 'droppable');
  }

  #closeSoon(room: Room): void {
    room.closing ??= this.#parts.clock.after(lingerAfterEndMs, () => {
      for (const { out } of room.viewers) out.close(closeCodes.done, 'the call has ended');
    });
  }

  #scheduleKeepAlive(): void {
    this.#keepAlive = this.#parts.clock.after(pingEveryMs, () => {
      this.#pingAll();
      this.#scheduleKeepAlive();
    });
  }

  #pingAll(): void {
    const longAgoMs = this.#parts.clock.now() - silenceLimitMs;
    for (const room of this.#rooms.values()) {
      for (const { socket, heardAtMs } of room.viewers) {
        if (heardAtMs <= longAgoMs) socket.terminate();
        else socket.ping();
      }
    }
  }

  #tell(room: Room, message: object, rule: 'keep' | 'droppable'): void {
    for (const { out } of room.viewers) out.send(message, rule);
  }

  #message(room: Room, type: string, data: { readonly status?: CallStatus } & JsonObject): object {
    return { type, call_id: room.call.id, data, timestamp: this.#timestamp() };
  }

  #timestamp(): string {
    return isoTime(this.#parts.clock.now());
  }
}

function typeOf(message: Buffer): unknown {
  try {
    return (Object(JSON.parse(message.toString('utf8'))) as { readonly type?: unknown }).type;
  } catch {
    return undefined;
  }
}
