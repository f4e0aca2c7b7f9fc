import type { Agent } from '../../domain/agents/agent.ts';
import type { Dialer, OutboundOrder } from '../../domain/calls/outbound-order.ts';
import type { Campaign, CampaignMember } from '../../domain/campaigns/campaign.ts';
import type { Domain } from '../../domain/domain.ts';
import type { FactKind } from '../../events/fact.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import { Waker } from '../waker.ts';
import { nextStep } from './next-step.ts';
import { refusalOf } from './refusal.ts';

export interface CampaignDialerParts {
  readonly domain: Pick<Domain, 'agents' | 'bus' | 'campaignProgress' | 'campaigns' | 'numbers' | 'outboundRules'>;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Facts after which a campaign may have something to do. */
const wakingFacts: readonly FactKind[] = ['call-ended', 'campaign-moved', 'campaign-changed', 'task-ended'];

/** While no line is free; the end of a call wakes earlier. */
const busyHouseMs = 1_000;

/** What one look found out, so that a line or organization that is full is not asked again for each number. */
interface Look {
  /** When to look again, at the latest. */
  nextAtMs: number | undefined;
  houseIsFull: boolean;
  readonly fullOrganizations: Set<string>;
}

/**
 * Dials the lists of all campaigns, each so many at once. All that counts is in the database: an attempt is written
 * before its INVITE in the transaction that checks every limit, so a restart goes on where the last run was cut off.
 */
export class CampaignDialer {
  readonly #parts: CampaignDialerParts;
  readonly #waker: Waker;
  /** Who was dialled for last, by campaign: the longest waiting one is next. */
  readonly #servedAt = new Map<string, number>();
  #served = 0;

  constructor(parts: CampaignDialerParts) {
    this.#parts = parts;
    const { clock, domain, log } = parts;
    const wokenBy = { bus: domain.bus, kinds: wakingFacts };
    this.#waker = new Waker({ name: 'the campaign dialer', clock, log, wokenBy, look: () => this.#look() });
  }

  start(): void {
    this.#waker.start();
  }

  /** No further call begins; those that are on are their own. */
  stop(): Promise<void> {
    return this.#waker.stop();
  }

  /** The telephone may be usable again. */
  wake(): void {
    this.#waker.wake();
  }

  /** One call per campaign and round, so that none waits for the end of another's list. */
  async #look(): Promise<number | undefined> {
    const look: Look = { nextAtMs: undefined, houseIsFull: false, fullOrganizations: new Set() };
    let waiting = this.#inTurn(this.#parts.domain.campaignProgress.running());
    while (waiting.length > 0) {
      const more: Campaign[] = [];
      for (const { id } of waiting) {
        const campaign = this.#parts.domain.campaignProgress.find(id);
        if (campaign && (await this.#advance(campaign, look))) more.push(campaign);
      }
      waiting = more;
    }
    return look.nextAtMs;
  }

  #inTurn(running: readonly Campaign[]): readonly Campaign[] {
    const ids = new Set(running.map(({ id }) => id));
    for (const id of this.#servedAt.keys()) if (!ids.has(id)) this.#servedAt.delete(id);
    const servedAt = ({ id }: Campaign) => this.#servedAt.get(id) ?? 0;
    return [...running].sort((a, b) => servedAt(a) - servedAt(b));
  }

  /** Says whether the campaign may have more to do at once. */
  async #advance(campaign: Campaign, look: Look): Promise<boolean> {
    const { campaignProgress: progress } = this.#parts.domain;
    const { id } = campaign;
    const state = { dialing: progress.dialing(id), nextDueAtMs: progress.nextDueAtMs(id) };
    const step = nextStep(campaign, state, this.#parts.clock.now());
    switch (step.kind) {
      case 'wait':
        if (step.untilMs !== undefined) lookAgain(look, step.untilMs);
        return false;
      case 'begin':
        return await progress.begin(id);
      case 'expire':
        await progress.expire(id);
        return false;
      case 'dial':
        return await this.#dialNext(campaign, look);
    }
  }

  async #dialNext(campaign: Campaign, look: Look): Promise<boolean> {
    const { dialer, domain } = this.#parts;
    if (look.houseIsFull || look.fullOrganizations.has(campaign.organizationId)) return false;
    if (!dialer.hasFreeLine()) {
      this.#houseIsFull(look, busyHouseMs);
      return false;
    }
    const agent = this.#agentOf(campaign);
    if (typeof agent === 'string') {
      await this.#pause(campaign, agent);
      return false;
    }
    const [member] = domain.campaignProgress.due(campaign.id, 1);
    if (!member) return false;
    const verdict = dialer.canDial(member.toNumber);
    if (!verdict.ok) {
      await domain.campaignProgress.giveUp(member.id, 'failed', verdict.why);
      return true;
    }
    try {
      await dialer.start(this.#orderFor(campaign, member, agent), agent);
      this.#servedAt.set(campaign.id, ++this.#served);
      return true;
    } catch (thrown) {
      return await this.#refused(campaign, member, thrown, look);
    }
  }

  async #refused(campaign: Campaign, member: CampaignMember, thrown: unknown, look: Look): Promise<boolean> {
    const { campaignProgress, outboundRules } = this.#parts.domain;
    const refusal = refusalOf(thrown, outboundRules.get(campaign.organizationId).mayDial);
    switch (refusal.kind) {
      case 'give-up':
        await campaignProgress.giveUp(member.id, refusal.status, refusal.why);
        return true;
      case 'wait-organization':
        look.fullOrganizations.add(campaign.organizationId);
        lookAgain(look, this.#parts.clock.now() + refusal.retryAfterMs);
        return false;
      case 'wait-house':
        this.#houseIsFull(look, refusal.retryAfterMs);
        return false;
      case 'pause':
        await this.#pause(campaign, refusal.why);
        return false;
      case 'skip':
        lookAgain(look, this.#parts.clock.now() + busyHouseMs);
        return false;
    }
  }

  #houseIsFull(look: Look, retryAfterMs: number): void {
    look.houseIsFull = true;
    lookAgain(look, this.#parts.clock.now() + retryAfterMs);
  }

  async #pause({ id, organizationId }: Campaign, why: string): Promise<void> {
    this.#parts.log.warn({ campaignId: id, why }, 'a campaign was paused: it cannot dial');
    await this.#parts.domain.campaigns.pause(organizationId, id);
  }

  /** The agent, or the sentence that says why none can talk. */
  #agentOf({ agentId, organizationId }: Campaign): Agent | string {
    const agent = agentId === null ? undefined : this.#parts.domain.agents.find(agentId);
    if (agent?.organizationId !== organizationId) return 'The agent of the campaign is gone.';
    return agent.enabled ? agent : `The agent ${agent.name} is disabled.`;
  }

  #orderFor(campaign: Campaign, member: CampaignMember, agent: Agent): OutboundOrder {
    const { callerNumberId, organizationId, startingMessage, userId, voicemail } = campaign;
    const caller = this.#parts.domain.numbers.ofOrganization(organizationId).find(({ id }) => id === callerNumberId);
    return {
      organizationId,
      agentId: agent.id,
      to: member.toNumber,
      campaignId: campaign.id,
      campaignMemberId: member.id,
      variables: member.variables,
      voicemail,
      ...(userId === null ? {} : { userId }),
      ...(startingMessage === null ? {} : { startingMessage }),
      ...(caller === undefined ? {} : { callerNumberId: caller.id, from: caller.dialled }),
    };
  }
}

function lookAgain(look: Look, atMs: number): void {
  look.nextAtMs = Math.min(look.nextAtMs ?? Number.POSITIVE_INFINITY, atMs);
}
