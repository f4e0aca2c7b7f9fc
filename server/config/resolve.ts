import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { messageOf } from '../contract/errors.ts';
import { type ConfigFile, readConfigFile, toPeer } from './config-file.ts';
import { defaultDataFolder } from './data-folder.ts';
import type { RawEnvironment } from './env.ts';
import { callsThatFit, type ParsedEnvironment, parseEnvironment } from './environment.ts';
import { badSettings, type SettingProblem } from './problem.ts';
import type { HttpSettings, Settings, VoiceSettings } from './settings.ts';

/** What the command line may say; it wins over environment and file. */
export interface SettingFlags {
  readonly lan?: boolean;
  readonly data?: string;
}

const configFileName = 'config.json';
const defaultMaxCalls = 32;

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
