import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Extras } from '../json-column.ts';

/** A variable that an incoming webhook may set. */
export interface AttachedVariable {
  readonly name: string;
  readonly defaultValue: string | null;
}

/** The webhooks of one agent, in and out. An agent that has none yet has these with everything off. */
export interface AgentWebhook {
  readonly agentId: string;
  readonly organizationId: string;
  readonly triggerOnWebCall: boolean;
  readonly triggerOnPhoneCall: boolean;
  readonly incoming: {
    readonly enabled: boolean;
    /** Signs what comes in and what goes out. */
    readonly secret: string;
    readonly attachedVariables: readonly AttachedVariable[];
  };
  readonly outgoing: {
    readonly enabled: boolean;
    readonly url: string | null;
    readonly method: WebhookMethod;
    readonly headers: Readonly<Record<string, string>>;
    readonly auth: { readonly type: 'bearer'; readonly token: string } | null;
    /** Tries after the first one, 0 to 10. */
    readonly retryCount: number;
  };
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export const webhookMethods = ['POST', 'PUT', 'PATCH'] as const;
export type WebhookMethod = (typeof webhookMethods)[number];

/** What is absent stays as it is. */
export interface AgentWebhookChange {
  readonly triggerOnWebCall?: boolean;
  readonly triggerOnPhoneCall?: boolean;
  readonly incoming?: Partial<AgentWebhook['incoming']>;
  readonly outgoing?: Partial<AgentWebhook['outgoing']>;
  readonly extras?: Extras;
}

export const endpointEvents = ['call.started', 'call.completed', 'call.failed', 'campaign.completed'] as const;
export type EndpointEvent = (typeof endpointEvents)[number];

/** A URL of an organization that is told of its calls and campaigns. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly url: string;
  readonly events: readonly EndpointEvent[];
  readonly secret: string | null;
  readonly isActive: boolean;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type WebhookEndpointDraft = Pick<WebhookEndpoint, 'url' | 'events'> &
  Partial<Pick<WebhookEndpoint, 'secret' | 'isActive' | 'extras'>>;
export type WebhookEndpointChange = Partial<WebhookEndpointDraft>;

/** Who wants to be told: the webhook of an agent, of a task, or an endpoint of the organization. */
export type WebhookOwnerKind = 'agent' | 'task' | 'endpoint';

/** One thing to tell one receiver, with what became of it. */
export interface WebhookDelivery {
  readonly id: string;
  readonly organizationId: string;
  readonly ownerKind: WebhookOwnerKind;
  readonly ownerId: string;
  readonly event: string;
  /** Id of the call or campaign that it tells of. */
  readonly subjectId: string;
  readonly method: WebhookMethod;
  readonly url: string;
  /** The bytes that are signed and sent, the same at every attempt. */
  readonly body: string;
  readonly state: 'queued' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly nextAtMs: number;
  /** Of the last attempt; null when no answer came. */
  readonly statusCode: number | null;
  readonly errorMessage: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** How one attempt went. */
export interface WebhookAttempt {
  readonly statusCode: number | null;
  /** Null exactly when the receiver answered 2xx. */
  readonly errorMessage: string | null;
  readonly latencyMs: number;
}

export const maxRetryCount = 10;
/** Attempts at an endpoint of an organization. */
export const endpointAttempts = 4;

/** Wait before the attempt after `attempts` failed ones, in milliseconds. */
export function retryDelayMs(attempts: number): number {
  const steps = [1_000, 5_000, 30_000, 120_000, 600_000];
  return steps[Math.min(attempts, steps.length) - 1] ?? 1_000;
}

/** `sha256=<hex HMAC-SHA256 of the raw body>`. */
export function signatureOf(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Whether `shown` is the signature of this body; takes the same time for every wrong one. */
export function isSignedBy(secret: string, body: string | Buffer, shown: string | undefined): boolean {
  const expected = Buffer.from(signatureOf(secret, body));
  const got = Buffer.from(shown?.trim().toLowerCase() ?? '');
  return got.length === expected.length && timingSafeEqual(got, expected);
}

export function makeWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}
