import type { CallEndReason } from '../../contract/call.ts';
import type { Agent } from '../../domain/agents/agent.ts';
import type { Dialer, OutboundOrder } from '../../domain/calls/outbound-order.ts';
import type { Domain } from '../../domain/domain.ts';
import type { Clock } from '../../lifetime/clock.ts';

/** What the other side of a number does. */
export type Script =
  | { readonly kind: 'refuses'; readonly reason: CallEndReason; readonly afterMs: number }
  | { readonly kind: 'answers'; readonly afterMs: number; readonly talksMs: number; readonly voicemail?: boolean }
  /** Neither answers nor refuses: the call is on until somebody ends it. */
  | { readonly kind: 'hangs' };

/** A telephone for tests: every number plays its script on the test's clock. Nothing of it survives a crash. */
export class ScriptedTelephone implements Dialer {
  readonly #domain: Domain;
  readonly #clock: Clock;
  readonly #script: (to: string, attempt: number) => Script;
  /** Every call that began, in order. */
  readonly dialled: string[] = [];
  lines = Number.POSITIVE_INFINITY;
  live = 0;
  mostLive = 0;
  #isDead = false;

  constructor(domain: Domain, clock: Clock, script: (to: string, attempt: number) => Script) {
    this.#domain = domain;
    this.#clock = clock;
    this.#script = script;
  }

  /** As after SIGKILL: whatever was to happen on its lines never does. */
  die(): void {
    this.#isDead = true;
    this.live = 0;
  }

  canDial(): { readonly ok: true } {
    return { ok: true };
  }

  hasFreeLine(): boolean {
    return !this.#isDead && this.live < this.lines;
  }

  async start({ to, ...order }: OutboundOrder, _agent: Agent): Promise<{ callId: string; requestId: string }> {
    const { agentId, campaignId, campaignMemberId, organizationId, taskId } = order;
    const identity = { from: '', to, fromUri: '', toUri: to };
    const { id, requestId } = await this.#domain.calls.beginOutgoing(
      {
        organizationId,
        agentId,
        direction: 'outbound',
        identity,
        ...(taskId === undefined ? {} : { taskId }),
        ...(campaignId === undefined ? {} : { campaignId }),
        ...(campaignMemberId === undefined ? {} : { campaignMemberId }),
      },
      to,
    );
    this.dialled.push(to);
    this.live++;
    this.mostLive = Math.max(this.mostLive, this.live);
    this.#play(id, this.#script(to, this.dialled.filter((each) => each === to).length));
    return { callId: id, requestId };
  }

  #play(callId: string, script: Script): void {
    if (script.kind === 'hangs') return;
    this.#after(script.afterMs, async () => {
      if (script.kind === 'refuses') return this.#end(callId, 'failed', script.reason);
      await this.#domain.calls.answered(callId, this.#clock.now());
      if (script.voicemail === true) await this.#domain.calls.answeredBy(callId, 'voicemail');
      this.#after(script.talksMs, () => {
        return this.#end(callId, 'completed', script.voicemail === true ? 'voicemail' : 'caller-hangup');
      });
    });
  }

  async #end(callId: string, status: 'completed' | 'failed', endReason: CallEndReason): Promise<void> {
    this.live--;
    await this.#domain.calls.finish(callId, { status, endReason, endedAtMs: this.#clock.now() });
  }

  #after(delayMs: number, run: () => Promise<void>): void {
    this.#clock.after(delayMs, () => {
      if (!this.#isDead) void run();
    });
  }
}
