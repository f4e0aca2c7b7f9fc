import { readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Settings } from './config/settings.ts';
import { type Context, createContext } from './context.ts';
import { type Running, runningFileName } from './contract/running.ts';
import { readCounters } from './counters.ts';
import type { Domain } from './domain/domain.ts';
import type { FirstStart } from './domain/first-start.ts';
import { realClock } from './lifetime/clock.ts';
import { lowerPriority } from './lifetime/priority.ts';
import { LogRing } from './log/log-ring.ts';
import { createLogger, type Logger } from './log/logger.ts';
import { MediaClient } from './media/client.ts';
import { SpeechClient } from './providers/host/speech-client.ts';
import { openBrain, openEmbedder, type SpeechSettings, starterSpeech } from './providers/registry.ts';
import { type SipBackEnd, startSipBackEnd } from './sip-back-end.ts';

/** A running appliance. */
export interface Appliance {
  readonly url: string;
  /** SIP addresses that reach the default agent, the local one first. */
  readonly dial: readonly string[];
  /** Present when this start created the data folder's content. */
  readonly firstStart: FirstStart | undefined;
  readonly settings: Settings;
  readonly context: Context;
  /** Lets every agent say one sentence, hangs up and ends everything, within 10 s. */
  stop(): Promise<void>;
}

/** A predecessor that was killed may hold its ports this much longer. */
const portWaitMs = 10_000;
/** Behind media and the SIP core (0), before everything that burns CPU (19). */
const serverNice = 5;
/** How long agents may take to say goodbye when the appliance stops. */
const farewellMs = 6_000;

/**
 * Starts everything: database, media, speech and SIP processes, telephony, HTTP. Throws a LandlineError that names the
 * setting, the value and the mend when something is not as it must be; nothing is left running then.
 */
export async function startAppliance(settings: Settings): Promise<Appliance> {
  const recentLogs = new LogRing();
  const log = createLogger('landline', { level: settings.logLevel, alsoTo: recentLogs });
  const stops: (() => Promise<unknown> | void)[] = [];
  const stopAll = async () => {
    for (const stop of stops.reverse()) await stop();
  };
  try {
    return await assemble(settings, { log, recentLogs }, stops, stopAll);
  } catch (failure) {
    await stopAll();
    throw failure;
  }
}

async function assemble(
  settings: Settings,
  { log, recentLogs }: { readonly log: Logger; readonly recentLogs: LogRing },
  stops: (() => Promise<unknown> | void)[],
  stopAll: () => Promise<void>,
): Promise<Appliance> {
  const clock = realClock;
  const afterCrash = lastRunIsRecorded(settings.dataFolder);
  const waitMs = afterCrash ? portWaitMs : 0;
  const media = new MediaClient({ ports: settings.rtpPorts, rtpTimeoutMs: settings.limits.rtpTimeoutMs, log });
  media.start();
  stops.push(() => media.stop());
  const speech = new SpeechClient({ settings: speechSettings(settings), logger: log });
  stops.push(() => speech.stop());
  await speech.start();

  const brain = await openBrain(settings.brain.gguf, log);
  stops.push(() => brain.close());
  const embedder = await openEmbedder(settings.embedder.gguf, log);
  stops.push(() => embedder.close());
  const engines = { media, speech, brain, embedder };
  let sip: SipBackEnd | undefined;
  const context = await createContext({
    settings,
    engines,
    clock,
    log,
    version: version(),
    recentLogs,
    portWaitMs: waitMs,
    readCounters: () => readCounters(context, engines, sip),
  });
  stops.push(() => context.close());
  const { http, domain } = context;
  await http.start();
  const firstStart = await domain.ensureFirstStart({ url: http.url });
  await applySettings(domain, settings);
  const backEnd = await startSipBackEnd(settings, context.telephony, { log, clock, portWaitMs: waitMs });
  sip = backEnd;
  stops.push(() => backEnd.stop());
  // Only now: a child inherits the priority, and media and SIP must stay ahead of this process.
  lowerPriority(serverNice);
  await writeRunning(settings.dataFolder, { url: http.url, sip: `sip:127.0.0.1:${backEnd.port}` });
  stops.push(() => rmSync(join(settings.dataFolder, runningFileName), { force: true }));
  return {
    url: http.url,
    firstStart,
    settings,
    context,
    dial: dialAddresses(settings, backEnd),
    stop: async () => {
      await context.hangUpAll(farewellMs);
      await stopAll();
    },
  };
}

/** Brings what the settings say about peers, routes and the default agent into the store. */
async function applySettings(domain: Domain, settings: Settings): Promise<void> {
  await domain.peers.mirror(settings.peers);
  await domain.numbers.mirror(settings.routes);
  if (settings.defaults.agent !== undefined) await domain.agents.makeDefault(settings.defaults.agent);
}

function speechSettings(settings: Settings): SpeechSettings {
  const { stt, tts } = settings.speech;
  return {
    stt: stt ? { folder: stt.model } : starterSpeech.stt,
    tts:
      tts.family === 'flite'
        ? { kind: 'flite', voice: tts.voice }
        : { kind: 'sherpa', folder: tts.model, ...speakerOf(tts) },
  };
}

function speakerOf({ speaker }: { readonly speaker?: number | undefined }): { readonly speaker?: number } {
  return speaker === undefined ? {} : { speaker };
}

function version(): string {
  const path = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** A run that stopped properly has removed its file. */
function lastRunIsRecorded(dataFolder: string): boolean {
  try {
    readFileSync(join(dataFolder, runningFileName));
    return true;
  } catch {
    return false;
  }
}

async function writeRunning(dataFolder: string, where: Pick<Running, 'url' | 'sip'>): Promise<void> {
  const running: Running = { pid: process.pid, ...where, startedAt: new Date().toISOString() };
  await writeFile(join(dataFolder, runningFileName), `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
}

/** Any user part reaches the default agent; `reception` reads well. Outside addresses only when they are open. */
function dialAddresses(settings: Settings, sip: SipBackEnd): string[] {
  const outside = settings.sip.lan
    ? Object.values(networkInterfaces())
        .flatMap((entries) => entries ?? [])
        .filter(({ family, internal }) => family === 'IPv4' && !internal)
        .map(({ address }) => address)
    : [];
  const port = sip.port === 5060 ? '' : `:${sip.port}`;
  return ['127.0.0.1', ...outside].map((address) => `sip:reception@${address}${port}`);
}
