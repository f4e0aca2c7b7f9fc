import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Admission } from './calls/admission.ts';
import { CallRegistry } from './calls/call-registry.ts';
import { CallTools } from './calls/call-tools.ts';
import { InboundCalls } from './calls/inbound-calls.ts';
import { OutboundCalls } from './calls/outbound-calls.ts';
import { SpeechHostTranscriber } from './calls/transcription/recording-transcriber.ts';
import { WebLineCalls } from './calls/web/web-calls.ts';
import type { Settings } from './config/settings.ts';
import { type Database, openDatabase } from './db/database.ts';
import type { Agent } from './domain/agents/agent.ts';
import { createDomain, type Domain } from './domain/domain.ts';
import type { ExtraPortSettings } from './http/extra-ports.ts';
import { createHttpServer, type HttpServer } from './http/http-server.ts';
import { Jobs } from './jobs/jobs.ts';
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
  /** Tools that agents use in calls. */
  readonly tools: Pick<CallTools, 'counters'>;
  /** Counters of the database. */
  database(): Database['counters'];
  /** Counters of all that goes on without a request. */
  jobs(): Jobs['counters'];
  /** Says goodbye on every line and hangs up, within `graceMs`. No new call is taken meanwhile. */
  hangUpAll(graceMs: number): Promise<void>;
  /** Closes what is left, the database last. */
  close(): Promise<void>;
}

export async function createContext(options: ContextOptions): Promise<Context> {
  const { settings, clock, log } = options;
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  const db = openDatabase(join(settings.dataFolder, 'landline.db'), { clock, log });
  const domain = await openDomain(db, options);
  const scope = new Scope('app');
  const calls = createCalls(domain, scope, options);
  const { admission, dialer, live, telephony, tools } = calls;
  const http = createHttpServer({ ...httpOptions(options), domain, dialer, liveCalls: live, webCalls: calls.web });
  const jobs = new Jobs({ domain, dialer, liveCalls: live, payloads: http.webhookPayloads, clock, log });
  await jobs.start();
  const stopWaking = telephony.onReadiness((ready) => {
    if (ready) jobs.diallers.wake();
  });
  return {
    domain,
    telephony,
    live,
    http,
    admission,
    tools,
    database: () => db.counters,
    jobs: () => jobs.counters,
    hangUpAll: async (graceMs) => {
      admission.close();
      await jobs.diallers.stopLists();
      await live.shutDown(graceMs, clock);
    },
    close: async () => {
      await http.stop();
      stopWaking();
      await jobs.diallers.stop();
      await telephony.stop();
      scope.end('shutdown');
      await domain.recordings.settled();
      await jobs.stop();
      db.close();
    },
  };
}

/** The store with everything in it settled that the last run left open. */
async function openDomain(db: Database, { settings, engines, clock, log }: ContextOptions): Promise<Domain> {
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
  return domain;
}

/** Everything that takes and makes calls; nothing of it has begun. */
function createCalls(domain: Domain, scope: Scope, { settings, engines, clock, log }: ContextOptions) {
  const { media, speech, brain } = engines;
  const live = new CallRegistry();
  const admission = new Admission(settings.limits);
  const tools = new CallTools(domain.agentToolset, log);
  const parts = {
    media,
    speech,
    brain,
    book: domain.calls,
    calls: domain.calls,
    recordings: domain.recordings,
    knowledge: domain.knowledge,
    agents: domain.agents,
    tools,
    live,
    admission,
    scope,
    clock,
    log,
    writtenForm,
    defaults: {
      recogniserName: speech.sttName,
      maxDurationMs: settings.limits.maxCallDurationMs,
      toolsOf: (agent: Agent) => tools.ofAgent(agent),
    },
  };
  const inbound = new InboundCalls(parts);
  const telephony = new TelephonyService(telephonyOptions(settings, clock, log), (edge) => inbound.accept(edge));
  const dialer = new OutboundCalls({ ...parts, telephony, ringTimeoutMs: settings.limits.ringTimeoutMs });
  const web = new WebLineCalls({ ...parts, transport: engines.loopback ?? udpTransport });
  return { live, admission, telephony, tools, dialer, web };
}

function httpOptions({ settings, clock, log, version, ...options }: ContextOptions) {
  return {
    clock,
    log,
    ...settings.http,
    version,
    portWaitMs: options.portWaitMs,
    readCounters: options.readCounters,
    ...(options.recentLogs === undefined ? {} : { recentLogs: options.recentLogs }),
    ...(options.extraPorts === undefined ? {} : { extraPorts: options.extraPorts }),
    isPeerHost: (host: string) => settings.peers.some((peer) => peer.host.toLowerCase() === host),
  };
}

/** Settles what the last run left open: calls without an end, recordings without a header. */
async function mendAfterCrash(domain: Domain, log: Logger): Promise<void> {
  const interrupted = await domain.calls.closeInterrupted();
  const recordings = await domain.recordings.reconcile();
  await domain.knowledgeIndexing.reading.sweep();
  await domain.campaigns.sweepLists();
  await domain.contacts.sweepImports();
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
