import type { Agent } from '../agents/agent.ts';
import type { CallAnalysis, RuleResult } from '../analysis/analysis.ts';
import type { Call, Turn } from '../calls/call.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import type { JsonObject } from '../json-column.ts';
import type { Recording } from '../recordings/recording.ts';
import type { Task, WebhookEvent } from '../tasks/task.ts';
import type { EndpointEvent } from './webhook.ts';

/** All that receivers are told of a call. */
export interface CallNews {
  /** When what they are told of happened. */
  readonly atMs: number;
  readonly call: Call;
  /** Then there are no words, findings or recording in it. */
  readonly isConfidential: boolean;
  readonly turns: readonly Turn[];
  readonly agent: Agent | undefined;
  /** Undefined before the end of the call. */
  readonly analysis: CallAnalysis | undefined;
  readonly results: readonly RuleResult[];
  readonly recording: Recording | undefined;
  readonly costMicro: number;
}

const agentEvents = ['voiceCallCompleted', 'voiceCallError'] as const;
export type AgentEvent = (typeof agentEvents)[number];

/** What each kind of receiver is sent, in the shape of the API that it belongs to. `http` implements it. */
export interface WebhookPayloads {
  ofTask(event: WebhookEvent, task: Task, news: CallNews): JsonObject;
  ofAgent(event: AgentEvent, news: CallNews): JsonObject;
  ofEndpoint(event: Exclude<EndpointEvent, 'campaign.completed'>, news: CallNews): JsonObject;
  ofCampaign(campaign: Campaign, atMs: number): JsonObject;
}
