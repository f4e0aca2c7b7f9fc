import type { SecureContextOptions } from 'node:tls';
import { messageOf } from '../contract/errors.ts';
import type { WebhookPayloads } from '../domain/webhooks/webhook-payloads.ts';
import { type Clock, realClock } from '../lifetime/clock.ts';
import { type AppParts, createApp, createSocketApp } from './app.ts';
import { loadCertificate } from './certificate.ts';
import { composeDialects, composeOwn } from './compose-dialects.ts';
import { audioSockets } from './compose-sockets.ts';
import { LiveSockets } from './dialects/va/live.socket.ts';
import { type ExtraPort, extraPorts } from './extra-ports.ts';
import type { HttpServerOptions } from './http-server-options.ts';
import { Listener } from './listener.ts';
import { originAt, ownOrigin } from './own-address.ts';
import { TokenSigner } from './signed-token.ts';
import { SocketCounters } from './sockets/bounded-socket.ts';
import { CredentialWatch } from './sockets/credential-watch.ts';
import { SocketUpgrades } from './sockets/upgrade.ts';
import { createWebhookPayloads } from './webhook-payloads.ts';

/** The HTTP and WebSocket side of the house. */
export interface HttpServer {
  /** Throws `http-port-taken`, `http-port-refused` or `bad-certificate`. A taken extra port is only a warning. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Where it listens, e.g. `http://127.0.0.1:8080`; good after `start`. */
  readonly url: string;
  /** The extra ports that could be had. */
  readonly openExtraPorts: Readonly<Partial<Record<ExtraPort['setting'], number>>>;
  readonly counters: Readonly<SocketCounters>;
  /** How receivers of webhooks are told of calls. */
  readonly webhookPayloads: WebhookPayloads;
}

const stopGraceMs = 1_000;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new LandlineHttpServer(options);
}

class LandlineHttpServer implements HttpServer {
  readonly counters = new SocketCounters();
  readonly openExtraPorts: Partial<Record<ExtraPort['setting'], number>> = {};
  readonly webhookPayloads: WebhookPayloads;
  readonly #options: HttpServerOptions;
  readonly #clock: Clock;
  readonly #parts: AppParts;
  readonly #sockets: LiveSockets;
  readonly #upgrades: SocketUpgrades;
  readonly #watch: CredentialWatch;
  readonly #listeners: Listener[] = [];
  #port = 0;

  constructor(options: HttpServerOptions) {
    const { domain, log, version } = options;
    const clock = options.clock ?? realClock;
    const signer = new TokenSigner(clock);
    const fallbackOrigin = () => options.publicUrl ?? this.url;
    const dialects = composeDialects({ options, signer, clock, fallbackOrigin });
    const own = composeOwn({ options, signer, clock, fallbackOrigin });
    const { bus, calls, credentials, disclosure, identity } = domain;
    this.#options = options;
    this.#clock = clock;
    const origin = () => ownOrigin(options, this.#port);
    this.webhookPayloads = createWebhookPayloads({ signer, origin });
    this.#parts = { domain, dialects, own, clock, log, version, fallbackOrigin };
    const { counters } = this;
    const watch = new CredentialWatch({ bus, credentials, identity, clock });
    this.#watch = watch;
    this.#sockets = new LiveSockets({ bus, calls, credentials, disclosure, signer, clock, counters, watch });
    const audio = audioSockets(options, { clock, counters, signer, watch });
    this.#upgrades = new SocketUpgrades([this.#sockets, ...audio], counters);
  }

  get url(): string {
    const { host } = this.#options;
    return originAt(host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, this.#port);
  }

  async start(): Promise<void> {
    const { host, port, portWaitMs, tls: settings } = this.#options;
    const tls = settings && (await loadCertificate(settings, this.#clock.now()));
    const main = this.#listener(createApp(this.#parts), tls);
    const setting = 'LANDLINE_HTTP_PORT';
    this.#port = await main.start({ host, port, setting, waitMs: portWaitMs ?? 0, clock: this.#clock });
    this.#watch.start();
    this.#sockets.start();
    for (const extra of extraPorts) await this.#startExtra(extra, tls);
  }

  async stop(): Promise<void> {
    this.#sockets.stop();
    this.#watch.stop();
    await this.#upgrades.stop(this.#clock, stopGraceMs);
    await Promise.all(this.#listeners.map((listener) => listener.stop(this.#clock, stopGraceMs)));
  }

  #listener(app: ReturnType<typeof createApp>, tls: SecureContextOptions | undefined): Listener {
    const listener = new Listener({ app, upgrades: this.#upgrades, tls });
    this.#listeners.push(listener);
    return listener;
  }

  /** A taken port must not keep the house from starting: the main port answers the same. */
  async #startExtra(extra: ExtraPort, tls: SecureContextOptions | undefined): Promise<void> {
    const { host, log, extraPorts: settings } = this.#options;
    const wanted = settings?.[extra.setting];
    if (wanted === null) return;
    const app = extra.pinned === undefined ? createSocketApp(this.#parts) : createApp(this.#parts, extra.pinned);
    const setting = `http.${extra.setting}`;
    try {
      const port = wanted ?? extra.port;
      const opened = await this.#listener(app, tls).start({ host, port, setting, clock: this.#clock });
      this.openExtraPorts[extra.setting] = opened;
    } catch (thrown) {
      log.warn(`${extra.what}: on the main port only. ${messageOf(thrown)}`);
    }
  }
}
