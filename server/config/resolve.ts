import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { messageOf } from '../contract/errors.ts';
import type { CodecName } from '../contract/media-session.ts';
import type { Peer } from '../contract/peer.ts';
import { type ConfigFile, readConfigFile, toPeer } from './config-file.ts';
import { defaultDataFolder } from './data-folder.ts';
import type { RawEnvironment } from './env.ts';
import { badSettings, type SettingProblem } from './problem.ts';

/** What the command line may say; it wins over environment and file. */
export interface SettingFlags {
  readonly lan?: boolean;
  readonly data?: string;
}

export interface PortRange {
  /** Even. */
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

export interface Limits {
  readonly maxCalls: number;
  readonly maxCallsPerMinute: number;
  readonly ringTimeoutMs: number;
  readonly rtpTimeoutMs: number;
  readonly maxCallDurationMs: number;
}

export interface DrachtioServer {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface HttpSettings {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Null: none. Absent: the usual one. */
  readonly extraPorts: {
    readonly vaSocketPort?: number | null;
    readonly voicePort?: number | null;
    readonly voiceraPort?: number | null;
  };
  readonly tls?:
    | { readonly kind: 'files'; readonly certificate: string; readonly key: string }
    | { readonly kind: 'self-signed'; readonly folder: string };
  readonly allowedOrigins: readonly string[];
  /** What others reach this machine by, without a slash at its end. */
  readonly publicUrl?: string;
}

export interface SipSettings {
  /** UDP and TCP; 0 picks a free one. */
  readonly port: number;
  readonly lan: boolean;
  readonly drachtio?: DrachtioServer;
  readonly externalAddress?: string;
  readonly timers: { readonly t1Ms: number; readonly t2Ms: number; readonly t4Ms: number };
}

export type VoiceSettings =
  | { readonly family: 'flite'; readonly voice: string }
  | { readonly family: 'piper' | 'kokoro'; readonly model: string; readonly speaker?: number };

/** Everything that can be set, typed and cross-checked. Paths are absolute. */
export interface Settings {
  readonly dataFolder: string;
  readonly http: HttpSettings;
  readonly sip: SipSettings;
  readonly rtpPorts: PortRange;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly peers: readonly Peer[];
  readonly routes: readonly { readonly number: string; readonly agent: string }[];
  /** In order of preference. */
  readonly codecs: readonly CodecName[];
  readonly limits: Limits;
  readonly speech: { readonly stt?: { readonly model: string }; readonly tts: VoiceSettings };
  readonly brain: { readonly gguf?: string };
  readonly embedder: { readonly gguf?: string };
  /** Hosts that the admin lists for tools, webhooks and MCP servers. */
  /** What the first organization may dial, but for rules that an administrator gives it. */
  readonly outbound: {
    readonly allowedPrefixes: readonly string[];
    readonly maxCallsAtOnce: number | null;
    readonly maxCallsPerHour: number | null;
  };
  readonly egress: {
    readonly allow: readonly string[];
    /** PEM, beside the authorities that everybody trusts. */
    readonly authorities?: string;
  };
  readonly defaults: { readonly agent?: string; readonly timeZone?: string };
}

export const configFileName = 'config.json';
const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const defaultMaxCalls = 32;
/** An even port for RTP and the odd one above it that RTCP would use (RFC 3550, 11). */
const portsPerCall = 2;

/** Reads and checks all settings. Throws `bad-settings` that names every problem of the first source that has any. */
export function loadSettings(flags: SettingFlags, environment: RawEnvironment): Settings {
  const dataFolder = resolve(
    flags.data ?? environment.data ?? defaultDataFolder(process.platform, homedir(), environment),
  );
  const raw = parseEnvironment(environment);
  const path = join(dataFolder, configFileName);
  const file = readConfigFile(path);
  const problems = crossCheck(file, raw);
  if (problems.length > 0) throw badSettings(path, problems);
  return assemble(dataFolder, file, raw, flags.lan ?? file.lan);
}

interface ParsedEnvironment {
  readonly httpPort: number;
  readonly sipPort: number;
  readonly rtpPorts: PortRange;
  readonly logLevel: Settings['logLevel'];
}

function parseEnvironment(environment: RawEnvironment): ParsedEnvironment {
  const problems: SettingProblem[] = [];
  const parsed = {
    httpPort: parsePort('LANDLINE_HTTP_PORT', environment.httpPort, 8080, problems),
    sipPort: parsePort('LANDLINE_SIP_PORT', environment.sipPort, 5060, problems),
    rtpPorts: parseRange(environment.rtpPorts ?? '40000-40399', problems),
    logLevel: parseLogLevel(environment.log ?? 'info', problems),
  };
  checkPortClashes(parsed, problems);
  if (problems.length > 0) throw badSettings('the environment', problems);
  return parsed;
}

function parsePort(setting: string, text: string | undefined, fallback: number, problems: SettingProblem[]): number {
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  problems.push({
    setting,
    value: text,
    wrong: 'not a port',
    mend: 'Write a number from 1 to 65535 (0: any free port).',
  });
  return fallback;
}

function parseRange(text: string, problems: SettingProblem[]): PortRange {
  const found = /^(\d{1,5})\s*[-–]\s*(\d{1,5})$/.exec(text);
  const [first, last] = [Number(found?.[1]), Number(found?.[2])];
  const report = (wrong: string, mend: string) =>
    problems.push({ setting: 'LANDLINE_RTP_PORTS', value: text, wrong, mend });
  if (!found || first < 1 || last > 65_535) report('not a range of ports', 'Write it like 40000-40399.');
  else if (first % 2 === 1) report('starts with an odd port', `Start with ${first + 1}: RTP uses even ports.`);
  else if (last - first + 1 < portsPerCall)
    report('holds fewer than two ports', `Write at least ${first}-${first + 1}.`);
  return { first, last };
}

function parseLogLevel(text: string, problems: SettingProblem[]): Settings['logLevel'] {
  const level = logLevels.find((known) => known === text.toLowerCase());
  if (level === undefined) {
    const mend = `Write one of ${logLevels.join(', ')}.`;
    problems.push({ setting: 'LANDLINE_LOG', value: text, wrong: 'not a log level', mend });
  }
  return level ?? 'info';
}

function checkPortClashes(ports: ParsedEnvironment, problems: SettingProblem[]): void {
  const { httpPort, sipPort, rtpPorts } = ports;
  if (httpPort !== 0 && httpPort === sipPort) {
    const mend = 'Give LANDLINE_HTTP_PORT and LANDLINE_SIP_PORT different ports.';
    problems.push({ setting: 'LANDLINE_SIP_PORT', value: sipPort, wrong: 'is also the HTTP port', mend });
  }
  if (sipPort >= rtpPorts.first && sipPort <= rtpPorts.last) {
    const mend = 'Move LANDLINE_RTP_PORTS or LANDLINE_SIP_PORT.';
    problems.push({ setting: 'LANDLINE_SIP_PORT', value: sipPort, wrong: 'lies inside LANDLINE_RTP_PORTS', mend });
  }
}

/** Throws `bad-settings` when the file can't be read or holds no certificate. */
function readAuthorities(path: string, value: string): string {
  const mend = 'Name a PEM file with the certificates of the authorities, or remove the setting.';
  try {
    const text = readFileSync(path, 'utf8');
    new X509Certificate(text).toString();
    return text;
  } catch (thrown) {
    const wrong = `holds no certificate that can be read (${messageOf(thrown)})`;
    throw badSettings(configFileName, [{ setting: 'egress.authorities', value, wrong, mend }]);
  }
}

function callsThatFit(range: PortRange): number {
  return Math.floor((range.last - range.first + 1) / portsPerCall);
}

function crossCheck(file: ConfigFile, environment: ParsedEnvironment): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const fit = callsThatFit(environment.rtpPorts);
  if (file.limits.maxCalls !== undefined && file.limits.maxCalls > fit) {
    problems.push({
      setting: 'limits.maxCalls',
      value: file.limits.maxCalls,
      wrong: `LANDLINE_RTP_PORTS has room for ${fit} calls only`,
      mend: `Write at most ${fit} or widen the range.`,
    });
  }
  reportRepeats(
    'peers',
    'name',
    file.peers.map((peer) => peer.name),
    problems,
  );
  reportRepeats(
    'routes',
    'number',
    file.routes.map((route) => route.number),
    problems,
  );
  for (const [at, peer] of file.peers.entries()) {
    if (peer.password === undefined || peer.username !== undefined) continue;
    const mend = 'Write the user name that belongs to the password.';
    problems.push({ setting: `peers[${at}].username`, value: undefined, wrong: 'is missing', mend });
  }
  return problems;
}

function reportRepeats(list: string, key: string, values: readonly string[], problems: SettingProblem[]): void {
  for (const [at, value] of values.entries()) {
    const first = values.indexOf(value);
    if (first === at) continue;
    const wrong = `is already the ${key} of ${list}[${first}]`;
    problems.push({ setting: `${list}[${at}].${key}`, value, wrong, mend: 'Give each its own.' });
  }
}

function assemble(dataFolder: string, file: ConfigFile, raw: ParsedEnvironment, lan: boolean): Settings {
  const place = (path: string) => (isAbsolute(path) ? path : join(dataFolder, path));
  const { sip, speech, brain, embedder, defaults, limits } = file;
  return {
    dataFolder,
    http: httpSettings(file.http, raw, lan, place),
    sip: {
      port: raw.sipPort,
      lan,
      timers: sip.timers,
      ...(sip.drachtio === undefined ? {} : { drachtio: sip.drachtio }),
      ...(sip.externalAddress === undefined ? {} : { externalAddress: sip.externalAddress }),
    },
    rtpPorts: raw.rtpPorts,
    logLevel: raw.logLevel,
    peers: file.peers.map(toPeer),
    routes: file.routes,
    codecs: [...new Set(file.codecs)],
    limits: { ...limits, maxCalls: limits.maxCalls ?? Math.min(defaultMaxCalls, callsThatFit(raw.rtpPorts)) },
    speech: {
      tts: voiceSettings(speech.tts, place),
      ...(speech.stt === undefined ? {} : { stt: { model: place(speech.stt.model) } }),
    },
    brain: brain.gguf === undefined ? {} : { gguf: place(brain.gguf) },
    embedder: embedder.gguf === undefined ? {} : { gguf: place(embedder.gguf) },
    outbound: file.outbound,
    egress: {
      allow: file.egress.allow,
      ...(file.egress.authorities === undefined
        ? {}
        : { authorities: readAuthorities(place(file.egress.authorities), file.egress.authorities) }),
    },
    defaults: {
      ...(defaults.agent === undefined ? {} : { agent: defaults.agent }),
      ...(defaults.timeZone === undefined ? {} : { timeZone: defaults.timeZone }),
    },
  };
}

/** A house on any free port is one of several on this machine: it leaves the usual extra ports to others. */
function httpSettings(
  http: ConfigFile['http'],
  { httpPort }: ParsedEnvironment,
  lan: boolean,
  place: (path: string) => string,
): HttpSettings {
  const unset = httpPort === 0 ? null : undefined;
  const extraPorts = Object.fromEntries(
    (['vaSocketPort', 'voicePort', 'voiceraPort'] as const)
      .map((setting) => [setting, http[setting] === undefined ? unset : http[setting]] as const)
      .filter(([, port]) => port !== undefined),
  );
  return {
    host: lan ? '0.0.0.0' : '127.0.0.1',
    port: httpPort,
    extraPorts,
    allowedOrigins: http.allowedOrigins.map((origin) => new URL(origin).origin),
    ...(http.tls === undefined ? {} : { tls: tlsSettings(http.tls, place) }),
    ...(http.publicUrl === undefined ? {} : { publicUrl: new URL(http.publicUrl).href.replace(/\/+$/, '') }),
  };
}

function tlsSettings(
  tls: NonNullable<ConfigFile['http']['tls']>,
  place: (path: string) => string,
): NonNullable<HttpSettings['tls']> {
  if ('selfSigned' in tls) return { kind: 'self-signed', folder: place('tls') };
  return { kind: 'files', certificate: place(tls.certificate), key: place(tls.key) };
}

function voiceSettings(tts: ConfigFile['speech']['tts'], place: (path: string) => string): VoiceSettings {
  if (tts.family === 'flite') return tts;
  const { family, model, speaker } = tts;
  return { family, model: place(model), ...(speaker === undefined ? {} : { speaker }) };
}
