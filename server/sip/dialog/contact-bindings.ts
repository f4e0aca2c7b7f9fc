import type { Clock } from '../../lifetime/clock.ts';
import { parseNameAddr } from '../msg/name-addr.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { parseUri } from '../msg/uri.ts';
import type { Flow, Target } from '../txn/transaction-layer.ts';

const BINDINGS_LIMIT = 10_000;
const DEFAULT_EXPIRES_SECONDS = 3_600;

interface Binding {
  readonly target: Target;
  readonly untilMs: number;
}

/**
 * Where registered phones really are: a Contact that was registered over a connection, or from behind a NAT, is reached
 * the way its REGISTER came. At most 10,000; the oldest makes room.
 */
export class ContactBindings {
  readonly #clock: Clock;
  readonly #bindings = new Map<string, Binding>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Learns from a REGISTER that the application has accepted. */
  learn(request: SipRequest, response: SipResponse, flow: Flow): void {
    const general = response.headers.get('Expires') ?? request.headers.get('Expires');
    for (const contact of request.headers.all('Contact')) {
      const address = parseNameAddr(contact);
      const key = address === undefined ? undefined : keyOf(address.uri);
      if (address === undefined || key === undefined) continue;
      this.#bindings.delete(key);
      const seconds = Number(address.params.get('expires') ?? general ?? DEFAULT_EXPIRES_SECONDS);
      if (!(seconds > 0)) continue;
      const target = { transport: flow.transport, address: flow.remoteAddress, port: flow.remotePort };
      this.#bindings.set(key, { target, untilMs: this.#clock.now() + seconds * 1000 });
    }
    while (this.#bindings.size > BINDINGS_LIMIT) {
      const [oldest] = this.#bindings.keys();
      if (oldest !== undefined) this.#bindings.delete(oldest);
    }
  }

  find(uri: string): Target | undefined {
    if (this.#bindings.size === 0) return undefined;
    const key = keyOf(uri);
    const binding = key === undefined ? undefined : this.#bindings.get(key);
    if (key === undefined || binding === undefined) return undefined;
    if (binding.untilMs > this.#clock.now()) return binding.target;
    this.#bindings.delete(key);
    return undefined;
  }
}

function keyOf(uri: string): string | undefined {
  const parsed = parseUri(uri);
  return parsed === undefined ? undefined : `${parsed.user ?? ''}@${parsed.host.toLowerCase()}:${parsed.port ?? ''}`;
}
