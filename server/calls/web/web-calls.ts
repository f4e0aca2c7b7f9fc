import { randomUUID } from 'node:crypto';
import type { CallIdentity } from '../../contract/call.ts';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { NegotiatedMedia } from '../../contract/media-session.ts';
import type { CallService } from '../../domain/calls/call-service.ts';
import type { WebCall, WebCaller, WebCallOrder, WebCalls } from '../../domain/calls/web-calls.ts';
import { delay } from '../../lifetime/clock.ts';
import type { Scope } from '../../lifetime/scope.ts';
import type { PacketTransport } from '../../media/transport/packet-transport.ts';
import type { LlmProvider } from '../../providers/kinds/llm.ts';
import type { Admission } from '../admission.ts';
import { type ProfileDefaults, profileOf } from '../agent-profile.ts';
import type { CallRegistry } from '../call-registry.ts';
import { LiveCall, type LiveCallDeps } from '../live-call.ts';
import { WebEdge } from './web-edge.ts';
import { WebLine } from './web-line.ts';

export interface WebCallDeps extends LiveCallDeps {
  readonly transport: PacketTransport;
  readonly calls: Pick<CallService, 'begin' | 'find'>;
  readonly brain: LlmProvider;
  readonly live: CallRegistry;
  readonly admission: Admission;
  readonly scope: Scope;
  readonly defaults: ProfileDefaults;
}

const loopback = '127.0.0.1';
/** A client that waits longer than this for the first words would think that nothing happens. */
const longestPrepareMs = 1_500;

/** Connects people who come by WebSocket with an agent, over the same media, conversation and records as a phone call. */
export class WebLineCalls implements WebCalls {
  readonly #deps: WebCallDeps;

  constructor(deps: WebCallDeps) {
    this.#deps = deps;
  }

  async open(order: WebCallOrder, caller: WebCaller): Promise<WebCall> {
    const { admission, brain, clock, defaults, live, scope, transport } = this.#deps;
    if (!order.agent.enabled) throw new LandlineError('agent-disabled', 'The agent is disabled: enable it first.');
    if (admission.admit(live.size, clock.now())) {
      throw new LandlineError('too-many-calls', 'All lines are in use; try again when a call has ended.');
    }
    const identity = identityOf(order);
    const profile = profileOf(order.agent, undefined, identity, defaults);
    const contextData = { ...profile.conversation.contextData, ...textsOf(order.variables) };
    const withVariables = { ...profile, conversation: { ...profile.conversation, contextData } };
    const call = new LiveCall(randomUUID(), withVariables, brain, this.#deps, scope.child('call'));
    const line = await WebLine.open({
      clock,
      transport,
      codec: order.format,
      onAudio: (payload) => caller.audio(payload),
    });
    const edge = new WebEdge(identity, call.id, () => caller.interrupted());
    call.attach(edge);
    live.add(call);
    void call.finished.then(async () => {
      await line.close();
      caller.ended(this.#deps.calls.find(call.id)?.endReason ?? 'error');
    });
    const media = await this.#begin(call, line, order, identity);
    return {
      callId: call.id,
      audio: (payload) => line.push(payload),
      hold: (held) => call.edgeListener.mediaChanged({ ...media, direction: held ? 'recvonly' : 'sendrecv' }, held),
      digit: (digit) => call.edgeListener.infoDigit(digit),
      hangUp: () => {
        call.edgeListener.ended({ kind: 'remote', cancelled: false });
        return call.finished;
      },
    };
  }

  async #begin(call: LiveCall, line: WebLine, order: WebCallOrder, identity: CallIdentity): Promise<NegotiatedMedia> {
    const { brain, calls, clock, speech } = this.#deps;
    try {
      const [leg] = await Promise.all([
        call.openMedia(loopback),
        calls.begin({
          id: call.id,
          organizationId: order.agent.organizationId,
          agentId: order.agent.id,
          direction: 'inbound',
          channel: 'web',
          variables: order.variables,
          ...(order.userId === null ? {} : { userId: order.userId }),
          identity,
          brain: brain.name,
          stt: speech.sttName,
          tts: speech.ttsName,
        }),
      ]);
      const waited = new AbortController();
      await Promise.race([call.prepare(), delay(clock, longestPrepareMs, waited.signal)]).finally(() =>
        waited.abort(new Error('prepared')),
      );
      const media = line.connect(leg);
      await call.begin(media);
      return media;
    } catch (failure) {
      call.setUpFailed(messageOf(failure), () => {});
      throw failure;
    }
  }
}

function identityOf({ agent, from }: WebCallOrder): CallIdentity {
  return { from, to: agent.id, fromUri: '', toUri: '' };
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    known.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
