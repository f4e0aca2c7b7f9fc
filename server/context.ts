import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Admission } from './calls/admission.ts';
import { CallRegistry } from './calls/call-registry.ts';
import { InboundCalls } from './calls/inbound-calls.ts';
import { OutboundCalls } from './calls/outbound-calls.ts';
import { SpeechHostTranscriber } from './calls/transcription/recording-transcriber.ts';
import { WebLineCalls } from './calls/web/web-calls.ts';
import type { Settings } from './config/resolve.ts';
import { type Database, openDatabase } from './db/database.ts';
import { createDomain, type Domain } from './domain/domain.ts';
import { TaskExecution } from './domain/tasks/task-execution.ts';
import type { ExtraPortSettings } from './http/extra-ports.ts';
import { createHttpServer, type HttpServer } from './http/http-server.ts';
import { AfterCalls } from './jobs/after-calls.ts';
import { CallQueue } from './jobs/call-queue/call-queue.ts';
import { CampaignDialer } from './jobs/dialer/campaign-dialer.ts';
import { Indexer } from './jobs/indexer/indexer.ts';
import { Metering } from './jobs/metering/metering.ts';
import { TaskScheduler } from './jobs/scheduler/task-scheduler.ts';
import type { Clock } from './lifetime/clock.ts';
import { Scope } from './lifetime/scope.ts';
import type { LogRing } from './log/log-ring.ts';
import type { Logger } from './log/logger.ts';
import type { MediaEngine } from './media/media-engine.ts';
import type { PacketTransport } from './media/transport/packet-transport.ts';
import { udpTransport } from './media/transport/udp-transport.ts';
import { StarterEmbedder } from './providers/embed/starter/starter-embedder.ts';
import type { Embedder } from './providers/kinds/embedder.ts';
import type { LlmProvider } from './providers/kinds/llm.ts';
import type { SpeechHost } from './providers/kinds/speech-host.ts';
import { localEngines } from './providers/local-engines.ts';
import { writtenForm } from './providers/stt/written-form/written-form.ts';
import { TelephonyService } from './telephony/telephony-service.ts';

/** The parts that may run in a process of their own, or in this one for tests. */
export interface Engines {
  readonly media: MediaEngine;
  readonly speech: SpeechHost;
  readonly brain: LlmProvider;
  /** The built-in one when absent. */
  readonly embedder?: Embedder;
  /** How the audio of web callers reaches their leg; UDP on loopback when absent. */
  readonly loopback?: PacketTransport;
}

export interface ContextOptions {
  readonly settings: Settings;
  readonly engines: Engines;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** How long a start waits for ports that a predecessor may still hold. */
  readonly portWaitMs: number;
  readonly readCounters: () => Promise<unknown>;
  /** The newest lines of the log, for administrators. */
  readonly recentLogs?: LogRing;
  /** Instead of the settings' extra ports. */
  readonly extraPorts?: ExtraPortSettings;
}

/** The house put together: everything but the engines' and the SIP core's own lives. */
export interface Context {
  readonly domain: Domain;
  readonly telephony: TelephonyService;
  readonly live: CallRegistry;
  readonly http: HttpServer;
  readonly admission: Admission;
  /** Counters of the database. */
  database(): Database['counters'];
  /** Counters of webhooks. */
  afterCalls(): AfterCalls['counters'];
  /** Counters of indexing and searching files. */
  knowledge(): Readonly<Record<string, unknown>>;
  /** Calls that waited for a line. */
  queuedCalls(): Readonly<CallQueue['counters']>;
  /** Says goodbye on every line and hangs up, within `graceMs`. No new call is taken meanwhile. */
  hangUpAll(graceMs: number): Promise<void>;
  /** Closes what is left, the database last. */
  close(): Promise<void>;
}

export async function createContext(options: ContextOptions): Promise<Context> {
  const { settings, engines, clock, log } = options;
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  const db = openDatabase(join(settings.dataFolder, 'landline.db'), { clock, log });
  const { timeZone } = settings.defaults;
  const domain = createDomain({
    db,
    clock,
    log,
    dataFolder: settings.dataFolder,
    embedder: engines.embedder ?? new StarterEmbedder(),
    egress: settings.egress,
    outbound: settings.outbound,
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  await mendAfterCrash(domain, log);
  await domain.catalog.mirror(localEngines(engines));

  domain.retranscription.useTranscriber(new SpeechHostTranscriber({ speech: engines.speech, writtenForm, clock }));
  const scope = new Scope('app');
  const live = new CallRegistry();
  const admission = new Admission(settings.limits);
  const callDeps = {
    media: engines.media,
    speech: engines.speech,
    brain: engines.brain,
    book: domain.calls,
    calls: domain.calls,
    recordings: domain.recordings,
    knowledge: domain.knowledge,
    agents: domain.agents,
    live,
    admission,
    scope,
    clock,
    log,
    writtenForm,
    defaults: { recogniserName: engines.speech.sttName, maxDurationMs: settings.limits.maxCallDurationMs },
  };
  const inbound = new InboundCalls(callDeps);
  const telephony = new TelephonyService(telephonyOptions(settings, clock, log), (edge) => inbound.accept(edge));
  const dialer = new OutboundCalls({ ...callDeps, telephony, ringTimeoutMs: settings.limits.ringTimeoutMs });
  const http = createHttpServer({
    domain,
    dialer,
    liveCalls: live,
    webCalls: new WebLineCalls({ ...callDeps, transport: engines.loopback ?? udpTransport }),
    clock,
    log,
    ...settings.http,
    version: options.version,
    portWaitMs: options.portWaitMs,
    readCounters: options.readCounters,
    ...(options.recentLogs === undefined ? {} : { recentLogs: options.recentLogs }),
    ...(options.extraPorts === undefined ? {} : { extraPorts: options.extraPorts }),
    isPeerHost: (host) => settings.peers.some((peer) => peer.host.toLowerCase() === host),
  });

  const indexer = new Indexer({ indexing: domain.knowledgeIndexing, bus: domain.bus, clock, log });
  indexer.start();
  domain.search.start();
  const afterCalls = new AfterCalls({ domain, payloads: http.webhookPayloads, clock, log });
  const metering = new Metering({ ...domain, clock, log });
  metering.start();
  await afterCalls.start();
  const execution = new TaskExecution({ ...domain, dialer, liveCalls: live });
  const campaignDialer = new CampaignDialer({ domain, dialer, clock, log });
  const taskScheduler = new TaskScheduler({ domain, execution, dialer, clock, log });
  const diallers = [campaignDialer, taskScheduler];
  for (const each of diallers) each.start();
  const stopWaking = telephony.onReadiness((ready) => {
    if (ready) for (const each of diallers) each.wake();
  });
  const callQueue = new CallQueue({ ...domain, dialer, clock, log });
  callQueue.start();

  return {
    domain,
    telephony,
    live,
    http,
    admission,
    database: () => db.counters,
    afterCalls: () => afterCalls.counters,
    queuedCalls: () => ({ ...callQueue.counters }),
    knowledge: () => ({ ...indexer.counters, ...domain.knowledge.counters, search: domain.search.counters }),
    hangUpAll: async (graceMs) => {
      admission.close();
      await Promise.all(diallers.map((each) => each.stop()));
      await live.shutDown(graceMs, clock);
    },
    close: async () => {
      await http.stop();
      await callQueue.stop();
      stopWaking();
      await Promise.all(diallers.map((each) => each.stop()));
      await telephony.stop();
      scope.end('shutdown');
      await domain.recordings.settled();
      await metering.stop();
      await afterCalls.stop();
      await domain.egress.close();
      await indexer.stop();
      await domain.search.stop();
      await domain.reports.stop();
      db.close();
    },
  };
}

/** Settles what the last run left open: calls without an end, recordings without a header. */
async function mendAfterCrash(domain: Domain, log: Logger): Promise<void> {
  const interrupted = await domain.calls.closeInterrupted();
  const recordings = await domain.recordings.reconcile();
  await domain.knowledgeIndexing.reading.sweep();
  await domain.campaigns.sweepLists();
  if (interrupted > 0) log.warn({ interrupted, recordings }, 'the last run ended during calls; they are closed now');
}

function telephonyOptions(settings: Settings, clock: Clock, log: Logger) {
  const { externalAddress } = settings.sip;
  return {
    peers: settings.peers,
    codecs: settings.codecs,
    clock,
    log,
    ...(externalAddress === undefined ? {} : { externalAddress }),
  };
}
