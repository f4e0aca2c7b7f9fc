import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { LandlineError, messageOf } from '../../../contract/errors.ts';
import type { WebCall } from '../../../domain/calls/web-calls.ts';
import { isUuid } from '../../route.ts';
import { sendAudio } from '../../sockets/audio-out.ts';
import { followCall } from '../../sockets/call-feed.ts';
import type { SocketRoute } from '../../sockets/upgrade.ts';
import { closeCodeOf, principalOfSocket, socketCloseCodes } from './socket-auth.ts';
import type { WebMediaParts } from './web-media.socket.ts';

const largestMessageBytes = 64 * 1024;

const sid = z.string().max(200).optional();
const messages = z.discriminatedUnion('event', [
  z.looseObject({ event: z.literal('connected') }),
  z.looseObject({
    event: z.literal('start'),
    streamSid: sid,
    start: z.looseObject({
      streamSid: sid,
      callSid: sid,
      customParameters: z.record(z.string(), z.string()).default({}),
    }),
  }),
  z.looseObject({ event: z.literal('media'), media: z.looseObject({ payload: z.base64() }) }),
  z.looseObject({ event: z.literal('dtmf'), dtmf: z.looseObject({ digit: z.string().regex(/^[\d*#A-D]$/) }) }),
  z.looseObject({ event: z.literal('mark') }),
  z.looseObject({ event: z.literal('stop') }),
]);
type Message = z.infer<typeof messages>;

/**
 * `/api/call/media-stream[/agents/{agent_id}]`: a carrier or gateway streams a call (Twilio Media Streams): base64 µ-law
 * at 8 kHz in JSON, both ways. The agent may also be named by `agent_id` in the query or in the start's parameters.
 */
export function mediaStreamSocket(parts: WebMediaParts): SocketRoute {
  return {
    path: /^\/api\/call\/media-stream(?:\/agents\/([^/]+))?\/?$/,
    largestMessageBytes,
    accept: (socket, [agentId], query, request) => new MediaStream(socket, parts).begin(agentId, query, request),
  };
}

class MediaStream {
  readonly #socket: WebSocket;
  readonly #parts: WebMediaParts;
  #streamSid = '';
  #call: WebCall | undefined;
  #unfollow: () => void = () => {};
  #started = false;

  constructor(socket: WebSocket, parts: WebMediaParts) {
    this.#socket = socket;
    this.#parts = parts;
  }

  begin(agentId: string | undefined, query: URLSearchParams, request: IncomingMessage): void {
    const socket = this.#socket;
    const principal = principalOfSocket(request, query, this.#parts);
    principal
      .then((shown) =>
        this.#parts.watch.watch(socket, shown, (why) => this.#refuse(new LandlineError('unauthorized', why))),
      )
      .catch((thrown: unknown) => this.#refuse(thrown));
    socket.on('error', () => socket.terminate());
    socket.once('close', () => this.#hangUp());
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? undefined : read(data);
      if (message?.event !== 'start') this.#take(message);
      else if (!this.#started) {
        this.#started = true;
        const named = agentId ?? query.get('agent_id') ?? message.start.customParameters['agent_id'] ?? '';
        principal
          .then(({ organizationId, userId }) => this.#open(message, { named, organizationId, userId }))
          .catch((thrown: unknown) => this.#refuse(thrown));
      }
    });
  }

  #take(message: Message | undefined): void {
    if (message?.event === 'media') this.#call?.audio(Buffer.from(message.media.payload, 'base64'));
    else if (message?.event === 'dtmf') this.#call?.digit(message.dtmf.digit);
    else if (message?.event === 'stop') this.#hangUp();
  }

  async #open(
    message: Extract<Message, { event: 'start' }>,
    caller: { readonly named: string; readonly organizationId: string; readonly userId: string | null },
  ): Promise<void> {
    const { agents, webCalls } = this.#parts;
    const id = caller.named.toLowerCase();
    const agent = agents.get(caller.organizationId, isUuid(id) ? id : '');
    const { callSid, customParameters, streamSid } = message.start;
    this.#streamSid = message.streamSid ?? streamSid ?? '';
    const from = customParameters['from'] ?? callSid ?? 'stream';
    const call = await webCalls.open(
      { agent, userId: caller.userId, format: 'PCMU', variables: customParameters, from },
      {
        audio: (payload) => this.#audio(payload),
        interrupted: () => this.#send({ event: 'clear' }),
        ended: () => this.#socket.close(socketCloseCodes.done, 'the call has ended'),
      },
    );
    this.#call = call;
    this.#unfollow = followCall(this.#parts, call.callId, {
      turn: ({ role, seq }) => {
        if (role === 'agent') this.#send({ event: 'mark', mark: { name: `turn-${seq}` } });
      },
      partial: () => {},
    });
    if (this.#socket.readyState !== this.#socket.OPEN) this.#hangUp();
  }

  #audio(payload: Buffer): void {
    const message = { event: 'media', streamSid: this.#streamSid, media: { payload: payload.toString('base64') } };
    sendAudio(this.#socket, JSON.stringify(message), this.#parts.counters);
  }

  #hangUp(): void {
    this.#unfollow();
    this.#call?.hangUp().catch((thrown: unknown) => {
      this.#parts.log.error({ err: thrown }, `a streamed call could not be ended: ${messageOf(thrown)}`);
    });
  }

  #refuse(thrown: unknown): void {
    if (!(thrown instanceof LandlineError)) {
      this.#parts.log.error({ err: thrown }, `a streamed call failed: ${messageOf(thrown)}`);
    }
    const code = closeCodeOf(thrown);
    this.#socket.close(
      code,
      code === socketCloseCodes.internal ? 'Internal server error' : messageOf(thrown).slice(0, 100),
    );
  }

  #send(message: object): void {
    const { OPEN, readyState } = this.#socket;
    if (readyState === OPEN) this.#socket.send(JSON.stringify({ ...message, streamSid: this.#streamSid }));
  }
}

/** Undefined for what is none of the protocol's messages: carriers add new ones. */
function read(data: RawData): Message | undefined {
  try {
    const parsed = messages.safeParse(JSON.parse((data as Buffer).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
