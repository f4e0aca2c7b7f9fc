import { randomUUID } from 'node:crypto';
import type { CallIdentity } from '../contract/call.ts';
import { LandlineError, messageOf } from '../contract/errors.ts';
import type { Agent } from '../domain/agents/agent.ts';
import type { CallService } from '../domain/calls/call-service.ts';
import type { Task } from '../domain/tasks/task.ts';
import type { Dialer } from '../domain/tasks/task-execution.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { LlmProvider } from '../providers/kinds/llm.ts';
import type { Telephony } from '../telephony/call-edge.ts';
import type { Admission } from './admission.ts';
import { type ProfileDefaults, profileOf } from './agent-profile.ts';
import type { CallRegistry } from './call-registry.ts';
import { LiveCall, type LiveCallDeps } from './live-call.ts';

export interface OutboundDeps extends LiveCallDeps {
  readonly telephony: Telephony;
  readonly calls: Pick<CallService, 'begin'>;
  readonly brain: LlmProvider;
  readonly live: CallRegistry;
  readonly admission: Admission;
  readonly scope: Scope;
  readonly defaults: ProfileDefaults;
  readonly ringTimeoutMs: number;
}

/** Dials for tasks. `start` returns when the call is written down; ringing, answer and talk follow by themselves. */
export class OutboundCalls implements Dialer {
  readonly #deps: OutboundDeps;

  constructor(deps: OutboundDeps) {
    this.#deps = deps;
  }

  canDial(to: string): ReturnType<Telephony['canDial']> {
    return this.#deps.telephony.canDial(to);
  }

  /** Throws `too-many-calls` when no more calls are admitted. */
  async start(task: Task, agent: Agent): Promise<{ readonly callId: string }> {
    const { admission, brain, calls, clock, live, scope, speech } = this.#deps;
    if (admission.admit(live.size, clock.now())) {
      throw new LandlineError('too-many-calls', 'All lines are in use; try again when a call has ended.');
    }
    const identity: CallIdentity = { from: '', to: task.toNumber, fromUri: '', toUri: task.toNumber };
    const dialing = scope.child('call');
    const call = new LiveCall(
      randomUUID(),
      profileOf(agent, task, identity, this.#deps.defaults),
      brain,
      this.#deps,
      dialing,
    );
    live.add(call);
    await calls.begin({
      id: call.id,
      organizationId: agent.organizationId,
      agentId: agent.id,
      taskId: task.id,
      direction: 'outbound',
      identity,
      brain: brain.name,
      stt: speech.sttName,
      tts: speech.ttsName,
    });
    void this.#dial(call, task.toNumber, dialing);
    return { callId: call.id };
  }

  async #dial(call: LiveCall, to: string, dialing: Scope): Promise<void> {
    const { ringTimeoutMs, telephony } = this.#deps;
    try {
      const { edge, media } = await telephony.dial(
        { to, ringTimeoutMs },
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
