import { type Agent, fetch as undiciFetch } from 'undici';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import { EgressRules } from './egress-rules.ts';
import { guardedAgent, type Resolver, systemResolver } from './guarded-agent.ts';
import { cutAfter, linkedAbort, readAtMost } from './limits.ts';

export interface EgressRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, redirects and answer included. */
  readonly timeoutMs: number;
  /** Longest answer that is read. */
  readonly maxBytes: number;
  /** At most 3, which is also the default. */
  readonly maxRedirects?: number;
}

export interface EgressResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface EgressOptions {
  /** Hosts that the admin lists. */
  readonly allow?: readonly string[];
  /** PEM of authorities that receivers on the local network are certified by. */
  readonly authorities?: string;
  readonly resolve?: Resolver;
}

type FetchInput = Parameters<typeof undiciFetch>[0];
type FetchInit = NonNullable<Parameters<typeof undiciFetch>[1]>;

const maxHops = 3;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What may go to another origin than the one that was asked. */
const harmlessHeaders: ReadonlySet<string> = new Set(['accept', 'content-type', 'user-agent']);

/** Speaks HTTP to the outside on behalf of tools, webhooks and MCP servers, within the rules. */
export class EgressClient {
  readonly rules: EgressRules;
  readonly #agent: Agent;
  readonly #counters = { requests: 0, refused: 0, failed: 0 };

  constructor(options: EgressOptions = {}) {
    this.rules = new EgressRules(options.allow ?? []);
    this.#agent = guardedAgent(this.rules, options.resolve ?? systemResolver, options.authorities);
  }

  get counters(): Readonly<{ requests: number; refused: number; failed: number }> {
    return this.#counters;
  }

  /**
   * One exchange. Throws `egress-refused` (the rules forbid it, also for a redirect), `egress-timeout`,
   * `egress-too-large` or `egress-failed`; an answer of any status is no error.
   */
  async send(request: EgressRequest, signal?: AbortSignal): Promise<EgressResponse> {
    const abort = linkedAbort(request.timeoutMs, signal);
    try {
      return await this.#follow(request, abort.signal);
    } catch (thrown) {
      throw this.#failure(thrown, abort.timedOut() ? request.timeoutMs : undefined);
    } finally {
      abort.release();
    }
  }

  /**
   * `fetch` within the rules, for libraries that bring their own protocol. Redirects are handed back, so that the
   * library decides and each hop is judged; what grows beyond `maxBytes` is cut off with an error.
   */
  fetchWithin(maxBytes: number): typeof fetch {
    const guarded = async (input: FetchInput, init: FetchInit = {}): Promise<Response> => {
      this.#counters.requests++;
      try {
        const response = await undiciFetch(input, { ...init, redirect: 'manual', dispatcher: this.#agent });
        const body = response.body && cutAfter(response.body as ReadableStream<Uint8Array>, maxBytes);
        const headers = Object.fromEntries(response.headers.entries());
        return new Response(body, { status: response.status, statusText: response.statusText, headers });
      } catch (thrown) {
        throw this.#failure(thrown);
      }
    };
    return guarded as unknown as typeof fetch;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #follow(request: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    let hop: Hop = { method: request.method, url: request.url, headers: request.headers ?? {}, body: request.body };
    const most = Math.min(request.maxRedirects ?? maxHops, maxHops);
    for (let hops = 0; ; hops++) {
      const response = await this.#exchange(hop, request.maxBytes, signal);
      const location = response.headers['location'];
      if (most === 0 || location === undefined || !redirectStatuses.has(response.status)) return response;
      if (hops === most) throw new LandlineError('egress-failed', `It redirects more than ${most} times.`);
      hop = nextHop(hop, response.status, location);
    }
  }

  async #exchange(hop: Hop, maxBytes: number, signal: AbortSignal): Promise<EgressResponse> {
    this.#counters.requests++;
    const { statusCode, headers, body } = await this.#agent.request({
      ...addressOf(hop.url),
      method: hop.method,
      headers: { ...hop.headers, 'accept-encoding': 'identity' },
      body: hop.body ?? null,
      signal,
    });
    const flat = Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]);
    return {
      status: statusCode,
      headers: Object.fromEntries(flat) as Record<string, string>,
      body: await readAtMost(body, maxBytes),
    };
  }

  #failure(thrown: unknown, timedOutAfterMs?: number): LandlineError {
    const known = findLandlineError(thrown);
    if (known?.code === 'egress-refused') this.#counters.refused++;
    else this.#counters.failed++;
    if (known) return known;
    if (timedOutAfterMs !== undefined) {
      return new LandlineError('egress-timeout', `There was no whole answer within ${timedOutAfterMs / 1000} s.`);
    }
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    return new LandlineError('egress-failed', `The connection failed: ${messageOf(cause)}`, {}, thrown);
  }
}

interface Hop {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** RFC 9110, 15.4: 303 always becomes a GET, 301 and 302 do for a POST; 307 and 308 change nothing. */
function nextHop(hop: Hop, status: number, location: string): Hop {
  const url = URL.parse(location, hop.url);
  if (!url) throw new LandlineError('egress-failed', `It redirects to "${location.slice(0, 200)}", which is no URL.`);
  const becomesGet = (status === 303 && hop.method !== 'HEAD') || (status <= 302 && hop.method === 'POST');
  const staysHome = url.origin === new URL(hop.url).origin;
  const headers = staysHome
    ? hop.headers
    : Object.fromEntries(Object.entries(hop.headers).filter(([name]) => harmlessHeaders.has(name.toLowerCase())));
  return {
    url: url.href,
    headers,
    method: becomesGet ? 'GET' : hop.method,
    body: becomesGet ? undefined : hop.body,
  };
}

function addressOf(text: string): { readonly origin: string; readonly path: string } {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new LandlineError('egress-refused', `"${text.slice(0, 200)}" is no http or https URL.`);
  }
  return { origin: url.origin, path: `${url.pathname}${url.search}` };
}

function findLandlineError(thrown: unknown): LandlineError | undefined {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if (error instanceof LandlineError) return error;
    if (error instanceof AggregateError) {
      const inner = error.errors.map(findLandlineError).find((found) => found !== undefined);
      if (inner) return inner;
    }
    error = error.cause;
  }
  return undefined;
}
