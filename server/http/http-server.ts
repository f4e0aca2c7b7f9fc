import { createServer, type Server } from 'node:http';
import { messageOf } from '../contract/errors.ts';
import type { LiveCalls } from '../domain/calls/live-calls.ts';
import type { Domain } from '../domain/domain.ts';
import { type Dialer, TaskExecution } from '../domain/tasks/task-execution.ts';
import { type Clock, realClock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { type AppParts, createApp, createSocketApp } from './app.ts';
import { DialectHost } from './dialect-host.ts';
import { ownRoutes } from './dialects/app/own-routes.ts';
import { kupeDialect } from './dialects/kupe/kupe-dialect.ts';
import { kupeRoutes } from './dialects/kupe/kupe-routes.ts';
import { agentRoutes } from './dialects/va/agents.routes.ts';
import { callRoutes } from './dialects/va/calls.routes.ts';
import { LiveSockets } from './dialects/va/live.socket.ts';
import { taskRoutes } from './dialects/va/tasks.routes.ts';
import { vaDialect } from './dialects/va/va-dialect.ts';
import { listen, stopListening } from './listen.ts';
import { RateLimiter } from './rate-limit.ts';
import { TokenSigner } from './signed-token.ts';
import { SocketCounters } from './sockets/bounded-socket.ts';
import { SocketUpgrades } from './sockets/upgrade.ts';

export interface HttpServerOptions {
  readonly domain: Domain;
  readonly dialer: Dialer;
  readonly liveCalls: LiveCalls;
  /** Whether a `sip:` URI may name this host because it is a configured peer's. */
  readonly isPeerHost: (host: string) => boolean;
  /** Address to bind, e.g. `127.0.0.1` or `0.0.0.0`. */
  readonly host: string;
  /** `LANDLINE_HTTP_PORT`; 0 takes any free port. */
  readonly port: number;
  /** Extra port for the live sockets, as hard-coded URLs of `va_` clients name it; null for none. */
  readonly socketPort?: number | null;
  /** How long to wait for a taken port before giving up. */
  readonly portWaitMs?: number;
  readonly version: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** What every part counts: live things, drops, lateness. */
  readonly readCounters: () => Promise<unknown>;
  /** Requests per minute and `va_` key. */
  readonly rateLimit?: number;
}

/** The HTTP and WebSocket side of the house. */
export interface HttpServer {
  /** Throws `http-port-taken` or `http-port-refused`. A taken socket port is only a warning. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Where it listens, e.g. `http://127.0.0.1:8080`; good after `start`. */
  readonly url: string;
  /** Port of the extra socket listener, when there is one. */
  readonly socketPort: number | undefined;
  readonly counters: Readonly<SocketCounters>;
}

const defaultSocketPort = 3008;
const stopGraceMs = 1_000;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new LandlineHttpServer(options);
}

class LandlineHttpServer implements HttpServer {
  readonly counters = new SocketCounters();
  readonly #options: HttpServerOptions;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #socketServer: Server;
  readonly #sockets: LiveSockets;
  readonly #upgrades: SocketUpgrades;
  #port = 0;
  #socketPort: number | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    const signer = new TokenSigner(this.#clock);
    const parts = this.#appParts(signer);
    this.#server = createServer(createApp(parts));
    this.#socketServer = createServer(createSocketApp(parts));
    const { bus, calls, credentials } = options.domain;
    this.#sockets = new LiveSockets({ bus, calls, credentials, signer, clock: this.#clock, counters: this.counters });
    this.#upgrades = new SocketUpgrades([this.#sockets], this.counters);
  }

  get url(): string {
    const { host } = this.#options;
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${this.#port}`;
  }

  get socketPort(): number | undefined {
    return this.#socketPort;
  }

  async start(): Promise<void> {
    const { host, port, portWaitMs } = this.#options;
    const waitMs = portWaitMs ?? 0;
    this.#upgrades.attach(this.#server);
    const setting = 'LANDLINE_HTTP_PORT';
    this.#port = await listen(this.#server, { host, port, setting, waitMs, clock: this.#clock });
    this.#sockets.start();
    await this.#startSocketPort();
  }

  async stop(): Promise<void> {
    this.#sockets.stop();
    await this.#upgrades.stop(this.#clock, stopGraceMs);
    const stopping = [this.#server, this.#socketServer].map((server) =>
      stopListening(server, this.#clock, stopGraceMs),
    );
    await Promise.all(stopping);
  }

  /** A taken port must not keep the house from starting: the main port has the sockets too. */
  async #startSocketPort(): Promise<void> {
    const { host, log } = this.#options;
    const port = this.#options.socketPort === undefined ? defaultSocketPort : this.#options.socketPort;
    if (port === null) return;
    this.#upgrades.attach(this.#socketServer);
    try {
      this.#socketPort = await listen(this.#socketServer, { host, port, setting: 'no setting', clock: this.#clock });
    } catch (thrown) {
      log.warn(`live sockets are on the main port only: ${messageOf(thrown)}`);
    }
  }

  #appParts(signer: TokenSigner): AppParts {
    const { domain, dialer, liveCalls, isPeerHost, log, version } = this.#options;
    const { agents, calls, credentials, recordings, tasks } = domain;
    const clock = this.#clock;
    const execution = new TaskExecution({ tasks, agents, dialer, liveCalls });
    const va = vaDialect({
      routes: [
        ...agentRoutes(agents),
        ...taskRoutes({ agents, tasks, execution, isPeerHost }),
        ...callRoutes({ calls, recordings, liveCalls, signer }),
      ],
      credentials,
      calls,
      signer,
      log,
      rateLimiter: new RateLimiter(this.#options.rateLimit ?? 1_000, clock),
    });
    const hosting = { clock, fallbackOrigin: () => this.url };
    const kupe = kupeDialect({
      routes: kupeRoutes({ domain }),
      principalOfKey: () => undefined,
      principalOfToken: () => undefined,
      allowedOrigins: [],
      log,
    });
    const dialects = [new DialectHost(va, hosting), new DialectHost(kupe, hosting)];
    const own = ownRoutes({ credentials, readCounters: this.#options.readCounters });
    return { domain, dialects, own, clock, log, version };
  }
}
