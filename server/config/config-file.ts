import { readFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { LandlineError, messageOf } from '../contract/errors.ts';
import { codecNames } from '../contract/media-session.ts';
import type { Peer } from '../contract/peer.ts';
import { isTimeZone } from '../contract/time-zone.ts';
import { badSettings, type SettingProblem } from './problem.ts';

const port = z.number().int().min(1).max(65_535);
const name = z.string().min(1).max(200);

function isIpv4OrBlock(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  if (rest.length > 0 || !isIPv4(address)) return false;
  return bits === undefined || (/^\d{1,2}$/.test(bits) && Number(bits) <= 32);
}

/** RFC 1123. */
function isHostName(text: string): boolean {
  return !/^[\d.]+$/.test(text) && /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*\.?$/i.test(text);
}

function isHostOrAddress(text: string): boolean {
  return text.length <= 253 && (isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0 || isHostName(text));
}

function isPublicUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return false;
  return text.length <= 2_000 && !/[?#@\s]/.test(text);
}

/** A host name or an IPv4 address. */
const host = z
  .string()
  .max(253)
  .refine((text) => isIPv4(text) || isHostName(text), { error: 'not a host name or IPv4 address' });

const peer = z.strictObject({
  name,
  host,
  port: port.default(5060),
  transport: z.enum(['udp', 'tcp']).default('udp'),
  username: name.optional(),
  password: z.string().min(1).optional(),
  domain: host.optional(),
  allowedSources: z
    .array(z.string().refine(isIpv4OrBlock, { error: 'not an IPv4 address or block such as 192.0.2.0/24' }))
    .default([]),
});

const limits = z.strictObject({
  /** Calls at the same time, both directions. */
  maxCalls: z.number().int().min(1).max(1_000).optional(),
  /** New inbound calls in any minute; more are answered 503. */
  maxCallsPerMinute: z.number().int().min(1).default(3_000),
  ringTimeoutMs: z.number().int().min(1_000).max(180_000).default(45_000),
  rtpTimeoutMs: z.number().int().min(1_000).max(600_000).default(20_000),
  maxCallDurationMs: z
    .number()
    .int()
    .min(1_000)
    .max(24 * 3_600_000)
    .default(3_600_000),
});

const sip = z.strictObject({
  /** A real drachtio-server instead of the embedded core. */
  drachtio: z.strictObject({ host, port: port.default(9022), secret: z.string().min(1) }).optional(),
  /** Address that peers outside the local networks must use for us (static NAT). */
  externalAddress: z.string().refine(isIPv4, { error: 'not an IPv4 address' }).optional(),
  /** RFC 3261 timers T1, T2 and T4, in milliseconds. */
  timers: z
    .strictObject({
      t1Ms: z.number().int().min(50).max(5_000).default(500),
      t2Ms: z.number().int().min(500).max(30_000).default(4_000),
      t4Ms: z.number().int().min(500).max(30_000).default(5_000),
    })
    .prefault({}),
});

const extraPort = port.nullable().optional();

const http = z.strictObject({
  /** Ports that clients of one API have in their code; null turns one off, absent means the usual one. */
  vaSocketPort: extraPort,
  voicePort: extraPort,
  voiceraPort: extraPort,
  /** PEM files, or a certificate that is made here; every port takes HTTPS and WSS then, too. */
  tls: z
    .union([z.strictObject({ certificate: name, key: name }), z.strictObject({ selfSigned: z.literal(true) })])
    .optional(),
  /** What others reach this machine by, where no request of theirs tells it; see `ownOrigin`. */
  publicUrl: z.string().refine(isPublicUrl, { error: 'not a web address without query or fragment' }).optional(),
  /** Web pages that may call the API from a browser, e.g. https://crm.example.lan. */
  allowedOrigins: z.array(z.url({ protocol: /^https?$/ })).default([]),
});

const count = z.number().int().min(0).nullable().default(null);

const outbound = z.strictObject({
  /** Beginnings of the telephone numbers that may be dialled, e.g. +4930; "+" is every number. */
  allowedPrefixes: z.array(z.string().regex(/^\+\d{0,15}$/, 'not a + and digits such as +4930')).default([]),
  maxCallsAtOnce: count,
  maxCallsPerHour: count,
});

const egress = z.strictObject({
  /** Hosts beyond the local network that tools, webhooks and MCP servers may be at, and hosts that may be `http://`. */
  allow: z
    .array(z.string().refine(isHostOrAddress, { error: 'not a host name or IP address' }))
    .max(1_000)
    .default([]),
  /** PEM file with the certificates of authorities that receivers on the local network are certified by. */
  authorities: name.optional(),
});

const tts = z.discriminatedUnion('family', [
  z.strictObject({ family: z.literal('flite'), voice: name.default('slt') }),
  z.strictObject({ family: z.literal('piper'), model: name, speaker: z.number().int().min(0).optional() }),
  z.strictObject({ family: z.literal('kokoro'), model: name, speaker: z.number().int().min(0).optional() }),
]);

export const configFileSchema = z.strictObject({
  peers: z.array(peer).default([]),
  /** Dialled number (user part of the Request-URI) to agent id. */
  routes: z.array(z.strictObject({ number: name, agent: name })).default([]),
  codecs: z
    .array(z.enum(codecNames))
    .min(1)
    .default([...codecNames]),
  limits: limits.prefault({}),
  lan: z.boolean().default(false),
  http: http.prefault({}),
  egress: egress.prefault({}),
  outbound: outbound.prefault({}),
  sip: sip.prefault({}),
  speech: z
    .strictObject({
      /** Folder of a sherpa-onnx streaming model; the starter model when absent. */
      stt: z.strictObject({ model: name }).optional(),
      tts: tts.default({ family: 'flite', voice: 'slt' }),
    })
    .prefault({}),
  /** A GGUF file for the language model; the scripted starter brain when absent. */
  brain: z.strictObject({ gguf: name.optional() }).prefault({}),
  /** A GGUF file for the embedding model; the built-in embedder when absent. */
  embedder: z.strictObject({ gguf: name.optional() }).prefault({}),
  defaults: z
    .strictObject({
      /** Id of the agent that answers numbers without a route; the sample agent when absent. */
      agent: name.optional(),
      timeZone: z.string().refine(isTimeZone, { error: 'not an IANA time zone such as Europe/Berlin' }).optional(),
    })
    .prefault({}),
});

export type ConfigFile = z.infer<typeof configFileSchema>;

/** A peer as the rest of the house knows it: absent settings are absent keys. */
export function toPeer(read: ConfigFile['peers'][number]): Peer {
  const { username, password, domain, ...rest } = read;
  return {
    ...rest,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(domain === undefined ? {} : { domain }),
  };
}

/** Checks the file's text. Throws `bad-settings` with every problem. */
export function parseConfigFile(text: string, path: string): ConfigFile {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (failure) {
    throw new LandlineError('bad-settings', `${path} is not JSON: ${messageOf(failure)}. Mend the file or remove it.`, {
      path,
    });
  }
  const parsed = configFileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw badSettings(
    path,
    parsed.error.issues.flatMap((issue) => problemsOf(issue, content)),
  );
}

/** Reads `<data>/config.json`; a missing file means the defaults. */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return configFileSchema.parse({});
    throw new LandlineError('bad-settings', `${path} can't be read: ${messageOf(failure)}.`, { path }, failure);
  }
  return parseConfigFile(text, path);
}

function problemsOf(issue: z.core.$ZodIssue, content: unknown): SettingProblem[] {
  const value = valueAt(content, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      setting: settingName([...issue.path, key]),
      value: valueAt(value, [key]),
      wrong: 'there is no such setting',
      mend: 'Remove it or mend its spelling.',
    }));
  }
  const missing = value === undefined && issue.code !== 'custom';
  const wrong = missing ? 'is missing' : lowerFirst(issue.message);
  return [{ setting: settingName(issue.path), value, wrong, mend: mendOf(issue) }];
}

const unionMends: Readonly<Record<string, string>> = {
  family: 'Write "flite", "piper" or "kokoro" as its family.',
  tts: 'Write "flite", "piper" or "kokoro" as its family.',
  tls: 'Write { "selfSigned": true }, or { "certificate": "file.crt", "key": "file.key" }.',
};

const valueMends: Readonly<Record<string, string>> = {
  publicUrl: 'Write the address that others reach this machine by, such as "https://voice.example.lan".',
};

function mendOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `Write a value of type ${issue.expected}.`;
  if (issue.code === 'invalid_value') {
    return `Write one of ${issue.values.map((allowed) => JSON.stringify(allowed)).join(', ')}.`;
  }
  if (issue.code === 'too_small') {
    return `Write ${issue.origin === 'number' || issue.origin === 'int' ? `${String(issue.minimum)} or more` : 'at least one'}.`;
  }
  if (issue.code === 'too_big') {
    return `Write at most ${String(issue.maximum)}${issue.origin === 'string' ? ' characters' : ''}.`;
  }
  if (issue.code === 'invalid_union')
    return unionMends[String(issue.path.at(-1))] ?? 'Write a value of the form that the README shows.';
  return valueMends[String(issue.path.at(-1))] ?? 'Write a value of the form that the README shows.';
}

function settingName(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`;
  return text === '' ? '(the whole file)' : text;
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
