import { randomUUID } from 'node:crypto';
import { messageOf } from '../contract/errors.ts';
import type { AgentService } from '../domain/agents/agent-service.ts';
import type { CallService } from '../domain/calls/call-service.ts';
import { delay } from '../lifetime/clock.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { LlmProvider } from '../providers/kinds/llm.ts';
import type { EdgeListener, InboundEdge } from '../telephony/call-edge.ts';
import type { Admission } from './admission.ts';
import { type ProfileDefaults, profileOf } from './agent-profile.ts';
import type { CallRegistry } from './call-registry.ts';
import { LiveCall, type LiveCallDeps } from './live-call.ts';

/** Ringing longer than this for the first words to be ready would annoy more than a late greeting. */
const longestPrepareMs = 1_500;

export interface InboundDeps extends LiveCallDeps {
  readonly agents: Pick<AgentService, 'resolveDialled'>;
  readonly calls: Pick<CallService, 'begin'>;
  readonly brain: LlmProvider;
  readonly live: CallRegistry;
  readonly admission: Admission;
  readonly scope: Scope;
  readonly defaults: ProfileDefaults;
}

/** Answers the phone: admission, agent, record, then the answer. */
export class InboundCalls {
  readonly #deps: InboundDeps;

  constructor(deps: InboundDeps) {
    this.#deps = deps;
  }

  /** Decides about a new call at once; what takes time happens while it rings. */
  accept(edge: InboundEdge): EdgeListener | undefined {
    const { admission, agents, brain, clock, live, scope } = this.#deps;
    const refusal = admission.admit(live.size, clock.now());
    if (refusal) {
      const { status, reason, retryAfterSeconds } = refusal;
      edge.reject(status, reason, retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) });
      return undefined;
    }
    const dialled = agents.resolveDialled(edge.identity.to);
    if (dialled.kind !== 'found') {
      if (dialled.kind === 'unknown') edge.reject(404, 'Not Found');
      else edge.reject(480, 'Temporarily Unavailable');
      return undefined;
    }
    const profile = profileOf(dialled.agent, undefined, edge.identity, this.#deps.defaults);
    const call = new LiveCall(randomUUID(), profile, brain, this.#deps, scope.child('call'));
    call.attach(edge);
    live.add(call);
    void this.#setUp(call, edge, dialled.agent);
    return call.edgeListener;
  }

  async #setUp(call: LiveCall, edge: InboundEdge, agent: { readonly id: string; readonly organizationId: string }) {
    try {
      edge.ring();
      const [local] = await Promise.all([call.openMedia(edge.localAddress), this.#writeDown(call, edge, agent)]);
      await this.#prepare(call);
      if (call.hasEnded) return;
      await call.begin(await edge.answer(local));
    } catch (failure) {
      if (call.hasEnded) return;
      this.#deps.log.error({ callId: call.id, why: messageOf(failure) }, 'an inbound call could not be set up');
      call.setUpFailed(messageOf(failure), () => edge.reject(503, 'Service Unavailable'));
    }
  }

  #writeDown(call: LiveCall, edge: InboundEdge, agent: { readonly id: string; readonly organizationId: string }) {
    const { brain, calls, speech } = this.#deps;
    return calls.begin({
      id: call.id,
      organizationId: agent.organizationId,
      agentId: agent.id,
      direction: 'inbound',
      identity: edge.identity,
      sipCallId: edge.sipCallId,
      brain: brain.name,
      stt: speech.sttName,
      tts: speech.ttsName,
    });
  }

  async #prepare(call: LiveCall): Promise<void> {
    const waited = new AbortController();
    await Promise.race([call.prepare(), delay(this.#deps.clock, longestPrepareMs, waited.signal)]).finally(() =>
      waited.abort(new Error('prepared')),
    );
  }
}
