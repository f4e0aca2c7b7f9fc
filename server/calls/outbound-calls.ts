import { randomUUID } from 'node:crypto';
import type { CallIdentity } from '../contract/call.ts';
import { LandlineError, messageOf } from '../contract/errors.ts';
import type { Agent } from '../domain/agents/agent.ts';
import type { CallService } from '../domain/calls/call-service.ts';
import type { Dialer, OutboundOrder } from '../domain/calls/outbound-order.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { LlmProvider } from '../providers/kinds/llm.ts';
import type { Telephony } from '../telephony/call-edge.ts';
import type { Admission } from './admission.ts';
import { type ProfileDefaults, profileOf } from './agent-profile.ts';
import type { CallRegistry } from './call-registry.ts';
import { LiveCall, type LiveCallDeps } from './live-call.ts';

export interface OutboundDeps extends LiveCallDeps {
  readonly telephony: Telephony;
  readonly calls: Pick<CallService, 'beginOutgoing' | 'ringing' | 'answeredBy'>;
  readonly brain: LlmProvider;
  readonly live: CallRegistry;
  readonly admission: Admission;
  readonly scope: Scope;
  readonly defaults: ProfileDefaults;
  readonly ringTimeoutMs: number;
}

/** Dials. `start` returns when the call is written down; ringing, answer and talk follow by themselves. */
export class OutboundCalls implements Dialer {
  readonly #deps: OutboundDeps;

  constructor(deps: OutboundDeps) {
    this.#deps = deps;
  }

  canDial(to: string): ReturnType<Telephony['canDial']> {
    return this.#deps.telephony.canDial(to);
  }

  hasFreeLine(): boolean {
    const { admission, clock, live, telephony } = this.#deps;
    return telephony.ready && admission.hasRoom(live.size, clock.now());
  }

  async start(order: OutboundOrder, agent: Agent): Promise<{ readonly callId: string; readonly requestId: string }> {
    const { admission, clock, live } = this.#deps;
    if (admission.admit(live.size, clock.now())) {
      throw new LandlineError('too-many-calls', 'All lines are in use; try again when a call has ended.');
    }
    const giveBack = live.reserve();
    try {
      return await this.#begin(order, agent);
    } finally {
      giveBack();
    }
  }

  async #begin(order: OutboundOrder, agent: Agent) {
    const { brain, calls, live, scope, speech } = this.#deps;
    const {
      callId = randomUUID(),
      to,
      context: _context,
      startingMessage: _greeting,
      voicemail: _plan,
      ...rest
    } = order;
    const identity: CallIdentity = { from: order.from ?? '', to, fromUri: order.from ?? '', toUri: to };
    const providers = { brain: brain.name, stt: speech.sttName, tts: speech.ttsName };
    const draft = { ...rest, id: callId, direction: 'outbound', identity, ...providers } as const;
    const { requestId } = await calls.beginOutgoing(draft, to);
    const dialing = scope.child('call');
    const profile = profileOf(agent, order, identity, this.#deps.defaults);
    const call = new LiveCall(callId, profile, brain, this.#deps, dialing);
    live.add(call);
    void this.#dial(call, order, dialing);
    return { callId, requestId };
  }

  async #dial(call: LiveCall, { from, to }: OutboundOrder, dialing: Scope): Promise<void> {
    const { ringTimeoutMs, telephony } = this.#deps;
    try {
      const { edge, media } = await telephony.dial(
        { to, ringTimeoutMs, ...(from === undefined ? {} : { from }) },
        async (localAddress) => {
          const local = await call.openMedia(localAddress);
          await call.prepare();
          return local;
        },
        call.edgeListener,
        dialing.signal,
      );
      call.attach(edge);
      await call.begin(media);
    } catch (failure) {
      const status = failure instanceof LandlineError ? failure.details.status : undefined;
      if (typeof status === 'number') call.failed({ kind: 'failed', status, reason: messageOf(failure) });
      else await call.end('error', messageOf(failure));
    }
  }
}
