import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { LandlineError, messageOf } from '../../../contract/errors.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { Principal } from '../../../domain/credentials/principal.ts';
import type { CredentialWatch } from '../../sockets/credential-watch.ts';
import type { SocketRoute } from '../../sockets/upgrade.ts';
import { type ClientMessage, readMessage } from './voice.wire.ts';
import { VoiceSession, type VoiceSessionParts } from './voice-session.ts';

export interface VoiceSocketParts extends VoiceSessionParts {
  readonly agents: AgentService;
  /** Who signed in with this access token. Throws `token-expired` or `token-invalid`. */
  readonly principalOfToken: (token: string) => Promise<Principal>;
  readonly watch: Pick<CredentialWatch, 'watch'>;
}

/** RFC 6455 §7.4.1 codes as this API uses them. */
const voiceCloseCodes = {
  normal: 1000,
  badMessage: 1002,
  badType: 1003,
  badToken: 1008,
  failure: 1011,
} as const;

const largestMessageBytes = 256 * 1024;
/** Who has not said who they are by then never will. */
const authWaitMs = 10_000;

/** `/voice`: a client signs in with a token, then talks with an agent in base64 PCM. */
export function voiceSocket(parts: VoiceSocketParts): SocketRoute {
  return {
    path: /^\/voice\/?$/,
    largestMessageBytes,
    accept: (socket, _groups, query) => new VoiceConversation(socket, query.get('token') ?? '', parts).begin(),
  };
}

/** One socket: nobody, then somebody who is being let in, then a session. */
class VoiceConversation {
  readonly #socket: WebSocket;
  readonly #queryToken: string;
  readonly #parts: VoiceSocketParts;
  readonly #sessionId: string = randomUUID();
  #state: 'nobody' | 'entering' | 'closed' | VoiceSession = 'nobody';
  #variables: Readonly<Record<string, unknown>> = {};

  constructor(socket: WebSocket, queryToken: string, parts: VoiceSocketParts) {
    this.#socket = socket;
    this.#queryToken = queryToken;
    this.#parts = parts;
  }

  begin(): void {
    const socket = this.#socket;
    const patience = this.#parts.clock.after(authWaitMs, () => {
      if (this.#state === 'nobody') this.#refuse('AUTH_TIMEOUT', 'No auth message came.', voiceCloseCodes.badToken);
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.once('close', () => {
      patience.cancel();
      const state = this.#state;
      this.#state = 'closed';
      if (state instanceof VoiceSession) state.hangUp();
    });
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.#refuse('INVALID_TYPE', 'Messages are JSON texts here.', voiceCloseCodes.badType);
      return;
    }
    const message = readMessage(textOf(data));
    if (message.type === 'invalid') this.#refuse('INVALID_MESSAGE', message.why, voiceCloseCodes.badMessage);
    else if (message.type === 'auth') this.#enter(message);
    else if (message.type === 'metadata') this.#variables = { ...this.#variables, ...message.values };
    else if (this.#state instanceof VoiceSession) this.#state.take(message);
    else if (this.#state === 'nobody') {
      this.#refuse('AUTH_REQUIRED', 'Send an auth message first.', voiceCloseCodes.badToken);
    }
  }

  #enter(message: Extract<ClientMessage, { type: 'auth' }>): void {
    if (this.#state !== 'nobody') return;
    this.#state = 'entering';
    this.#openSession(message).catch((thrown: unknown) => this.#failed(thrown));
  }

  async #openSession({ token, agentId }: Extract<ClientMessage, { type: 'auth' }>): Promise<void> {
    const { agents, principalOfToken, watch } = this.#parts;
    const shown = token === '' ? this.#queryToken : token;
    if (shown === '') throw new LandlineError('unauthorized', 'The token is missing.');
    const principal = await principalOfToken(shown);
    watch.watch(this.#socket, principal, (why) => this.#refuse('AUTH_FAILED', why, voiceCloseCodes.badToken));
    const agent = agents.get(principal.organizationId, agentId);
    if (!agent.enabled) throw new LandlineError('agent-disabled', 'The agent is not active.');
    this.#send({ type: 'auth_response', status: 'success', message: 'Authenticated' });
    const session = await VoiceSession.open(this.#parts, {
      socket: this.#socket,
      sessionId: this.#sessionId,
      agent,
      userId: principal.userId,
      variables: this.#variables,
    });
    if (this.#socket.readyState !== this.#socket.OPEN) {
      session.hangUp();
      return;
    }
    this.#state = session;
    this.#send({ type: 'ready', message: 'Ready to receive audio' });
  }

  #failed(thrown: unknown): void {
    const code = thrown instanceof LandlineError ? thrown.code : 'internal';
    const refusal = refusals[code];
    if (!refusal) {
      this.#parts.log.error({ err: thrown }, `a voice session failed: ${messageOf(thrown)}`);
      this.#refuse('SERVER_ERROR', 'Internal server error', voiceCloseCodes.failure);
      return;
    }
    this.#send({ type: 'auth_response', status: 'error', message: messageOf(thrown) });
    this.#refuse(refusal, messageOf(thrown), code === 'too-many-calls' ? 1013 : voiceCloseCodes.badToken);
  }

  #refuse(errorCode: string, message: string, closeCode: number): void {
    this.#send({ type: 'error', error_code: errorCode, message, details: null });
    this.#socket.close(closeCode, message.slice(0, 100));
  }

  #send(message: object): void {
    const { OPEN, readyState } = this.#socket;
    const stamp = { session_id: this.#sessionId, timestamp: Math.round(this.#parts.clock.now()) };
    if (readyState === OPEN) this.#socket.send(JSON.stringify({ ...message, ...stamp }));
  }
}

const refusals: Readonly<Record<string, string>> = {
  unauthorized: 'AUTH_FAILED',
  'token-expired': 'AUTH_FAILED',
  'token-invalid': 'AUTH_FAILED',
  'agent-not-found': 'AGENT_NOT_FOUND',
  'agent-disabled': 'AGENT_NOT_ACTIVE',
  'too-many-calls': 'TOO_MANY_CALLS',
};

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}
