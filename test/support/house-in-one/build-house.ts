import { mkdtempSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Limits, Settings } from '../../../server/config/settings.ts';
import { type Context, createContext } from '../../../server/context.ts';
import type { Peer } from '../../../server/contract/peer.ts';
import type { AgentDraft } from '../../../server/domain/agents/agent.ts';
import { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';
import { LocalMediaEngine } from '../../../server/media/engine.ts';
import { MemoryNetwork as RtpNetwork } from '../../../server/media/transport/memory-transport.ts';
import { type Script, ScriptedLlm } from '../../../server/providers/fake/scripted-llm.ts';
import type { LlmProvider } from '../../../server/providers/kinds/llm.ts';
import { InProcessSipCore } from '../../../server/sip/client.ts';
import { MemoryNetwork as SipNetwork } from '../../../server/sip/transport/memory-network.ts';
import { listenInMemory } from '../memory-socket.ts';
import { passDuring } from './in-step.ts';
import { ToneSpeech } from './tone-speech.ts';
import { WordTones } from './word-tones.ts';

export interface HouseOptions {
  /** What the brain answers, or the brain itself. */
  readonly brain?: Script | LlmProvider;
  /** Over the default agent of the scenarios: greets, is not recorded, knows one colleague. */
  readonly agent?: Partial<AgentDraft>;
  readonly limits?: Partial<Limits>;
  readonly peers?: readonly Peer[];
  /** HTTP needs a real port on loopback. */
  readonly http?: boolean;
}

/** All parts of a house that runs. */
export interface HouseParts {
  readonly clock: VirtualClock;
  readonly tones: WordTones;
  readonly speech: ToneSpeech;
  readonly brain: LlmProvider;
  readonly media: LocalMediaEngine;
  readonly core: InProcessSipCore;
  readonly context: Context;
  readonly sipNetwork: SipNetwork;
  readonly rtpNetwork: RtpNetwork;
  readonly dataFolder: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly vaKey: string;
  readonly kupeKey: string;
  /** Control connections of the core. */
  readonly control: Set<Socket>;
  leaveControl(): void;
}

/** Where the house is in its networks. */
export const houseAddress = '127.0.0.1';
export const greeting = 'Hello, this is Ada.';

export const defaultAgent: AgentDraft = {
  name: 'Ada',
  systemPrompt: 'You are Ada.',
  startingMessage: greeting,
  knowledge: '',
  timeZone: 'UTC',
  recordingEnabled: false,
  transferTargets: [{ name: 'sales', target: 'sip:sales@127.0.0.9' }],
};

/** A Monday morning. */
const startMs = Date.UTC(2026, 0, 5, 10);

export async function buildHouse(options: HouseOptions): Promise<HouseParts> {
  const clock = new VirtualClock(startMs);
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-house-'));
  const settings = settingsFor(dataFolder, options);
  const tones = new WordTones();
  const speech = new ToneSpeech(clock, tones);
  const brain = brainOf(options.brain, clock);
  const rtpNetwork = new RtpNetwork((delayMs, run) => void clock.after(delayMs, run));
  const media = await LocalMediaEngine.start({
    ports: settings.rtpPorts,
    rtpTimeoutMs: settings.limits.rtpTimeoutMs,
    clock,
    transport: rtpNetwork,
  });
  const opening = createContext({
    settings,
    engines: { media, speech, brain },
    clock,
    log: silentLogger,
    version: '0.0.0',
    portWaitMs: 0,
    extraPorts: noExtraPorts,
    readCounters: () => Promise.resolve({}),
  });
  const context = await passDuring(clock, opening);
  if (options.http === true) await passDuring(clock, context.http.start(), 1);
  const first = await passDuring(clock, firstStart(context, options));
  const sip = await startSip(clock, settings, context);
  return { clock, tones, speech, brain, media, context, rtpNetwork, dataFolder, ...first, ...sip };
}

/** The first start, with the scenarios' agent instead of the sample. */
async function firstStart({ domain }: Context, { agent, peers = [] }: HouseOptions) {
  const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
  if (!first) throw new Error('A fresh folder has a first start.');
  const { organizationId, agentId, kupeKey, vaKey } = first;
  await domain.agents.update(organizationId, agentId, { ...defaultAgent, ...agent });
  await domain.peers.mirror(peers);
  return { organizationId, agentId, kupeKey, vaKey };
}

async function startSip(clock: VirtualClock, settings: Settings, { telephony }: Context) {
  const sipNetwork = new SipNetwork({ clock });
  const { port } = settings.sip;
  const peerSources = settings.peers.flatMap(({ allowedSources }) => allowedSources);
  const transports = sipNetwork.host(houseAddress, port);
  const core = new InProcessSipCore(
    { config: { port, peerSources }, log: silentLogger, clock, transports },
    { up: () => {}, down: () => {} },
  );
  const place = await core.start();
  const control = new Set<Socket>();
  const accept = (socket: Socket) => {
    control.add(socket);
    socket.on('close', () => control.delete(socket));
    core.core?.attachControl(socket);
  };
  const leaveControl = listenInMemory({ port: place.port, accept });
  await passDuring(clock, telephony.useCore(place));
  return { sipNetwork, core, control, leaveControl };
}

function brainOf(brain: HouseOptions['brain'], clock: VirtualClock): LlmProvider {
  if (brain === undefined) return new ScriptedLlm(() => 'I see.', clock);
  return typeof brain === 'function' ? new ScriptedLlm(brain, clock) : brain;
}

const noExtraPorts = { vaSocketPort: null, voicePort: null, voiceraPort: null };

function settingsFor(dataFolder: string, { limits, peers = [] }: HouseOptions): Settings {
  return {
    dataFolder,
    http: { host: houseAddress, port: 0, extraPorts: noExtraPorts, allowedOrigins: [] },
    sip: { port: 5060, lan: false, timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 } },
    rtpPorts: { first: 40_000, last: 40_063 },
    logLevel: 'silent',
    peers,
    routes: [],
    codecs: ['PCMU', 'PCMA', 'G722'],
    limits: {
      maxCalls: 8,
      maxCallsPerMinute: 60,
      ringTimeoutMs: 45_000,
      rtpTimeoutMs: 20_000,
      maxCallDurationMs: 3_600_000,
      ...limits,
    },
    speech: { tts: { family: 'flite', voice: 'slt' } },
    brain: {},
    embedder: {},
    egress: { allow: ['127.0.0.1'] },
    outbound: { allowedPrefixes: ['+'], maxCallsAtOnce: null, maxCallsPerHour: null },
    defaults: { timeZone: 'UTC' },
  };
}
