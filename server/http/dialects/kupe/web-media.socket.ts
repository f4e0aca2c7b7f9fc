import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { LandlineError, messageOf } from '../../../contract/errors.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { Turn } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { WebCall, WebCalls } from '../../../domain/calls/web-calls.ts';
import type { EventBus } from '../../../events/bus.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { Logger } from '../../../log/logger.ts';
import { isUuid } from '../../route.ts';
import { sendAudio, swapped } from '../../sockets/audio-out.ts';
import type { SocketCounters } from '../../sockets/bounded-socket.ts';
import { followCall } from '../../sockets/call-feed.ts';
import type { CredentialWatch } from '../../sockets/credential-watch.ts';
import type { SocketRoute } from '../../sockets/upgrade.ts';
import type { KupeAuthParts } from './auth.ts';
import { closeCodeOf, principalOfSocket, socketCloseCodes } from './socket-auth.ts';

export interface WebMediaParts extends KupeAuthParts {
  readonly agents: AgentService;
  readonly calls: CallService;
  readonly webCalls: WebCalls;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: SocketCounters;
  readonly watch: Pick<CredentialWatch, 'watch'>;
}

const largestMessageBytes = 256 * 1024;
/** A client that has values for the prompt sends them first; one that has none sends nothing or audio. */
const configWaitMs = 250;

const configMessage = z.object({
  type: z.literal('config'),
  config: z.object({ variableValues: z.record(z.string(), z.unknown()).default({}) }),
});

/**
 * `/api/call/web-media-stream?agent_id=`: a browser talks with an agent. Binary messages are 16-bit little-endian mono
 * samples at 16 kHz both ways, of any length from the client and 20 ms each from us.
 */
export function webMediaSocket(parts: WebMediaParts): SocketRoute {
  return {
    path: /^\/api\/call\/web-media-stream\/?$/,
    largestMessageBytes,
    accept: (socket, _groups, query, request) => {
      socket.on('error', () => socket.terminate());
      begin(socket, query, request, parts).catch((thrown: unknown) => refuse(socket, thrown, parts.log));
    },
  };
}

async function begin(
  socket: WebSocket,
  query: URLSearchParams,
  request: IncomingMessage,
  parts: WebMediaParts,
): Promise<void> {
  const first = firstMessage(socket, parts.clock);
  const principal = await principalOfSocket(request, query, parts);
  parts.watch.watch(socket, principal, (why) => refuse(socket, new LandlineError('unauthorized', why), parts.log));
  const agentId = (query.get('agent_id') ?? '').toLowerCase();
  const agent = parts.agents.get(principal.organizationId, isUuid(agentId) ? agentId : '');
  const { variables, early } = await first;
  if (socket.readyState !== socket.OPEN) return;
  const call = await parts.webCalls.open(
    { agent, userId: principal.userId, format: 'L16', variables, from: principal.email ?? 'web' },
    {
      audio: (payload) => sendAudio(socket, swapped(payload), parts.counters),
      interrupted: () => sendJson(socket, { type: 'interruption', event_type: 'clear', event: 'clear' }),
      ended: (reason) => {
        sendJson(socket, { type: 'call-end', reason });
        socket.close(socketCloseCodes.done, 'the call has ended');
      },
    },
  );
  sendJson(socket, { event_type: 'start_media_streaming', call_session_id: call.callId });
  connect(socket, call, parts);
  for (const audio of early) call.audio(swapped(audio));
}

function connect(socket: WebSocket, call: WebCall, parts: WebMediaParts): void {
  const unfollow = followCall(parts, call.callId, { turn: (turn) => tell(socket, turn), partial: () => {} });
  socket.on('message', (data, isBinary) => {
    if (isBinary) call.audio(swapped(bytesOf(data)));
  });
  const end = () => {
    unfollow();
    call.hangUp().catch((thrown: unknown) => parts.log.error({ err: thrown }, 'a web call could not be ended'));
  };
  if (socket.readyState === socket.OPEN) socket.once('close', end);
  else end();
}

function tell(socket: WebSocket, turn: Turn): void {
  if (turn.seq === 1 && turn.role === 'agent') sendJson(socket, { type: 'first_response', message: turn.text });
  const role = turn.role === 'caller' ? 'user' : 'assistant';
  sendJson(socket, { type: 'transcript', role, text: turn.text, interrupted: turn.interrupted });
  if (turn.role === 'agent') sendJson(socket, { type: 'agent_stop' });
}

/** Values for the prompt, when they come first and soon; audio that came before the call was up. */
function firstMessage(
  socket: WebSocket,
  clock: Clock,
): Promise<{ readonly variables: Readonly<Record<string, unknown>>; readonly early: readonly Buffer[] }> {
  return new Promise((resolve) => {
    const finish = (variables: Readonly<Record<string, unknown>>, early: readonly Buffer[]) => {
      timer.cancel();
      socket.off('message', onMessage);
      socket.off('close', onClose);
      resolve({ variables, early });
    };
    const onMessage = (data: RawData, isBinary: boolean) => {
      finish(isBinary ? {} : variablesIn(bytesOf(data)), isBinary ? [bytesOf(data)] : []);
    };
    const onClose = () => finish({}, []);
    const timer = clock.after(configWaitMs, () => finish({}, []));
    socket.on('message', onMessage);
    socket.once('close', onClose);
  });
}

function variablesIn(text: Buffer): Readonly<Record<string, unknown>> {
  try {
    const parsed = configMessage.safeParse(JSON.parse(text.toString('utf8')));
    return parsed.success ? parsed.data.config.variableValues : {};
  } catch {
    return {};
  }
}

function refuse(socket: WebSocket, thrown: unknown, log: Logger): void {
  const closeCode = closeCodeOf(thrown);
  const isOurs = closeCode === socketCloseCodes.internal;
  if (isOurs) log.error({ err: thrown }, `a web call failed: ${messageOf(thrown)}`);
  const message = isOurs ? 'Internal server error' : messageOf(thrown);
  sendJson(socket, { type: 'error', message });
  socket.close(closeCode, message.slice(0, 100));
}

function sendJson(socket: WebSocket, message: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
