import { messageOf } from '../../contract/errors.ts';
import type { EgressClient } from '../egress/egress-client.ts';
import { signatureOf, type WebhookAttempt, type WebhookDelivery } from './webhook.ts';

/** How the receiver knows that it is us. */
export interface WebhookTrust {
  readonly secret: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly bearer: string | null;
}

/** Time that a receiver has to answer. */
const webhookTimeoutMs = 10_000;
/** What is read of an answer, for the log. */
const maxAnswerBytes = 64 * 1024;

/** Sends once. Never rejects: what went wrong is in the attempt. Any 2xx is an acknowledgement; redirects are not. */
export async function attemptDelivery(
  egress: EgressClient,
  delivery: Pick<WebhookDelivery, 'id' | 'event' | 'method' | 'url' | 'body'>,
  trust: WebhookTrust,
  nowMs: number,
  signal?: AbortSignal,
): Promise<WebhookAttempt> {
  const startedMs = performance.now();
  const latency = () => Math.round(performance.now() - startedMs);
  try {
    const { status } = await egress.send(
      {
        method: delivery.method,
        url: delivery.url,
        headers: webhookHeaders(delivery, trust, nowMs),
        body: delivery.body,
        timeoutMs: webhookTimeoutMs,
        maxBytes: maxAnswerBytes,
        maxRedirects: 0,
      },
      signal,
    );
    const accepted = status >= 200 && status < 300;
    const errorMessage = accepted ? null : `The receiver answered ${status}.`;
    return { statusCode: status, errorMessage, latencyMs: latency() };
  } catch (thrown) {
    return { statusCode: null, errorMessage: messageOf(thrown), latencyMs: latency() };
  }
}

function webhookHeaders(
  { id, event, body }: Pick<WebhookDelivery, 'id' | 'event' | 'body'>,
  { secret, headers, bearer }: WebhookTrust,
  nowMs: number,
): Record<string, string> {
  return {
    ...headers,
    ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
    'Content-Type': 'application/json',
    'User-Agent': 'Landline',
    'X-Webhook-Event': event,
    'X-Webhook-Id': id,
    'X-Webhook-Timestamp': new Date(nowMs).toISOString(),
    ...(secret === null ? {} : { 'X-Webhook-Signature': signatureOf(secret, body) }),
  };
}
