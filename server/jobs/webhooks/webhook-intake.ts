import type { AgentService } from '../../domain/agents/agent-service.ts';
import type { Call } from '../../domain/calls/call.ts';
import type { CallService } from '../../domain/calls/call-service.ts';
import type { Disclosure } from '../../domain/calls/disclosure.ts';
import type { CampaignService } from '../../domain/campaigns/campaign-service.ts';
import type { JsonObject } from '../../domain/json-column.ts';
import type { WebhookEvent } from '../../domain/tasks/task.ts';
import type { TaskService } from '../../domain/tasks/task-service.ts';
import type { UsageService } from '../../domain/usage/usage-service.ts';
import { type EndpointEvent, endpointAttempts } from '../../domain/webhooks/webhook.ts';
import type { DeliveryOrder, WebhookOutbox } from '../../domain/webhooks/webhook-outbox.ts';
import type { CallNews, WebhookPayloads } from '../../domain/webhooks/webhook-payloads.ts';
import type { EventBus } from '../../events/bus.ts';
import type { EventLog } from '../../events/event-log.ts';
import type { StoredFact } from '../../events/fact.ts';
import { Subscription } from '../../events/subscription.ts';
import { type Clock, delay } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';

export interface WebhookIntakeParts {
  readonly agents: AgentService;
  readonly calls: CallService;
  readonly campaigns: CampaignService;
  readonly disclosure: Disclosure;
  readonly tasks: TaskService;
  readonly usage: UsageService;
  readonly webhookOutbox: WebhookOutbox;
  readonly eventLog: EventLog;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly payloads: WebhookPayloads;
  /** Something was written down to be sent. */
  readonly onQueued: () => void;
}

/** Metering reads the same facts beside us: how often and how long to look again for what a call cost. */
const costLooks = 10;
const costLookMs = 50;
/** A restart reads on from here, so the place in the log is kept now and then also while nobody has to be told. */
const keepEvery = 1_000;
const kinds = ['call-begun', 'call-analysed', 'call-removed', 'campaign-moved'] as const;

/** Turns facts into deliveries: durable, in order, each receiver once for each thing. */
export class WebhookIntake {
  readonly #parts: WebhookIntakeParts;
  #subscription: Subscription | undefined;
  #keptSeq = 0;

  constructor(parts: WebhookIntakeParts) {
    this.#parts = parts;
  }

  start(): void {
    const { bus, clock, eventLog, log, webhookOutbox } = this.#parts;
    this.#keptSeq = webhookOutbox.readSeq();
    this.#subscription = new Subscription({
      name: 'webhooks',
      bus,
      clock,
      eventLog,
      log,
      kinds,
      after: this.#keptSeq,
      handle: (stored, signal) => this.#handle(stored, signal),
    });
    this.#subscription.start();
  }

  async stop(): Promise<void> {
    await this.#subscription?.stop();
    const seq = this.#subscription?.cursor ?? 0;
    if (seq > this.#keptSeq) await this.#parts.webhookOutbox.add([], seq);
  }

  async #handle(stored: StoredFact, signal: AbortSignal): Promise<void> {
    if (stored.fact.kind === 'call-removed') return this.#parts.webhookOutbox.forget(stored.fact.callId, stored.seq);
    const orders = await this.#ordersFor(stored, signal);
    if (orders.length === 0 && stored.seq - this.#keptSeq < keepEvery) return;
    await this.#parts.webhookOutbox.add(orders, stored.seq);
    this.#keptSeq = stored.seq;
    if (orders.length > 0) this.#parts.onQueued();
  }

  async #ordersFor({ atMs, fact }: StoredFact, signal: AbortSignal): Promise<readonly DeliveryOrder[]> {
    switch (fact.kind) {
      case 'call-begun':
        return this.#callOrders(fact.callId, atMs, 'started', signal);
      case 'call-analysed': {
        const call = this.#parts.calls.find(fact.callId);
        return call
          ? this.#callOrders(call.id, atMs, call.status === 'completed' ? 'completed' : 'failed', signal)
          : [];
      }
      case 'campaign-moved':
        // To its clients a campaign that was stopped is completed, too.
        return fact.status === 'completed' || fact.status === 'stopped'
          ? this.#campaignOrders(fact.campaignId, atMs)
          : [];
      default:
        return [];
    }
  }

  async #callOrders(
    callId: string,
    atMs: number,
    what: 'started' | 'completed' | 'failed',
    signal: AbortSignal,
  ): Promise<readonly DeliveryOrder[]> {
    const call = this.#parts.calls.find(callId);
    if (!call || !this.#hasListeners(call, what)) return [];
    const news = await this.#news(call, atMs, what !== 'started', signal);
    const orders = [this.#taskOrder(news, `call_${what}`), this.#agentOrder(news, what)];
    return [...orders.filter((order) => order !== undefined), ...this.#endpointOrders(news, `call.${what}`)];
  }

  /** Most calls interest nobody: then nothing is gathered. */
  #hasListeners(call: Call, what: 'started' | 'completed' | 'failed'): boolean {
    const { tasks, webhookOutbox } = this.#parts;
    const task = call.taskId === null ? undefined : tasks.find(call.taskId);
    return (
      (task?.webhookUrl ?? null) !== null ||
      webhookOutbox.listeningEndpoints(call.organizationId, `call.${what}`).length > 0 ||
      webhookOutbox.listeningAgent(call.agentId, call.channel) !== undefined
    );
  }

  async #news(call: Call, atMs: number, isOver: boolean, signal: AbortSignal): Promise<CallNews> {
    const { agents, disclosure } = this.#parts;
    const costMicro = isOver ? await this.#costOf(call.id, signal) : 0;
    return {
      atMs,
      call: disclosure.call(call),
      isConfidential: disclosure.isConfidential(call),
      costMicro,
      turns: disclosure.turns(call),
      agent: agents.find(call.agentId),
      analysis: isOver ? disclosure.analysis(call) : undefined,
      results: isOver ? disclosure.results(call) : [],
      recording: disclosure.recording(call),
    };
  }

  async #costOf(callId: string, signal: AbortSignal): Promise<number> {
    const { clock, usage } = this.#parts;
    for (let look = 0; look < costLooks; look++) {
      const cost = usage.costsOf([callId]).get(callId);
      if (cost !== undefined) return cost;
      await delay(clock, costLookMs, signal);
    }
    return 0;
  }

  #taskOrder(news: CallNews, event: WebhookEvent): DeliveryOrder | undefined {
    const { call } = news;
    const task = call.taskId === null ? undefined : this.#parts.tasks.find(call.taskId);
    // Who names a URL and no events wants to hear of all.
    if (!task?.webhookUrl || !(task.webhookEvents.length === 0 || task.webhookEvents.includes(event))) return undefined;
    const payload = this.#parts.payloads.ofTask(event, task, news);
    return {
      ...to(call.organizationId, 'task', task.id, task.webhookUrl),
      ...about(event, call.id, payload),
      maxAttempts: 1,
    };
  }

  #agentOrder(news: CallNews, what: 'started' | 'completed' | 'failed'): DeliveryOrder | undefined {
    const { call } = news;
    const webhook = this.#parts.webhookOutbox.listeningAgent(call.agentId, call.channel);
    if (what === 'started' || !webhook || webhook.outgoing.url === null) return undefined;
    const event = what === 'completed' ? 'voiceCallCompleted' : 'voiceCallError';
    const { method, retryCount, url } = webhook.outgoing;
    return {
      ...to(call.organizationId, 'agent', call.agentId, url),
      ...about(event, call.id, this.#parts.payloads.ofAgent(event, news)),
      method,
      maxAttempts: 1 + retryCount,
    };
  }

  #endpointOrders(news: CallNews, event: Exclude<EndpointEvent, 'campaign.completed'>): readonly DeliveryOrder[] {
    const { id, organizationId } = news.call;
    const listening = this.#parts.webhookOutbox.listeningEndpoints(organizationId, event);
    if (listening.length === 0) return [];
    const told = about(event, id, this.#parts.payloads.ofEndpoint(event, news));
    return listening.map((endpoint) => ({ ...to(organizationId, 'endpoint', endpoint.id, endpoint.url), ...told }));
  }

  #campaignOrders(campaignId: string, atMs: number): readonly DeliveryOrder[] {
    const campaign = this.#parts.campaigns.find(campaignId);
    if (!campaign) return [];
    const event = 'campaign.completed';
    const told = about(event, campaign.id, this.#parts.payloads.ofCampaign(campaign, atMs));
    const listening = this.#parts.webhookOutbox.listeningEndpoints(campaign.organizationId, event);
    return listening.map(({ id, url }) => ({ ...to(campaign.organizationId, 'endpoint', id, url), ...told }));
  }
}

function to(organizationId: string, ownerKind: DeliveryOrder['ownerKind'], ownerId: string, url: string) {
  return { organizationId, ownerKind, ownerId, url, method: 'POST', maxAttempts: endpointAttempts } as const;
}

function about(event: string, subjectId: string, payload: JsonObject) {
  return { event, subjectId, body: JSON.stringify(payload) };
}
