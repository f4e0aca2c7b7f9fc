import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultDataFolder } from './data-folder.ts';
import { type RawEnvironment, readEnvironment } from './env.ts';
import { loadSettings } from './resolve.ts';

let data = '';

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'landline-config-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function load(config: unknown, environment: RawEnvironment = {}, lan?: boolean) {
  if (config !== undefined) {
    writeFileSync(join(data, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  }
  return loadSettings({ data, ...(lan === undefined ? {} : { lan }) }, environment);
}

function problemsOf(config: unknown, environment: RawEnvironment = {}): string {
  try {
    load(config, environment);
  } catch (failure) {
    return (failure as Error).message;
  }
  throw new Error('The settings were accepted.');
}

describe('loadSettings', () => {
  it('leaves the usual extra ports alone on any free port', () => {
    const none = { vaSocketPort: null, voicePort: null, voiceraPort: null };
    expect(load(undefined, { httpPort: '0' }).http.extraPorts).toEqual(none);
    expect(load({ http: { voicePort: 7_861 } }, { httpPort: '0' }).http.extraPorts).toEqual({
      ...none,
      voicePort: 7_861,
    });
  });

  it('lets no telephone number be dialled until prefixes are named', () => {
    const none = { allowedPrefixes: [], maxCallsAtOnce: null, maxCallsPerHour: null };
    expect(load(undefined).outbound).toEqual(none);
    expect(load({ outbound: { allowedPrefixes: ['+4930'] } }).outbound).toEqual({
      ...none,
      allowedPrefixes: ['+4930'],
    });
    expect(problemsOf({ outbound: { allowedPrefixes: ['030'] } })).toContain('not a + and digits');
  });

  it('reads extra ports, certificate and origins', () => {
    const http = {
      voiceraPort: null,
      vaSocketPort: 3_100,
      tls: { selfSigned: true },
      allowedOrigins: ['https://crm.lan/'],
    };
    expect(load({ http }).http).toEqual({
      host: '127.0.0.1',
      port: 8080,
      extraPorts: { vaSocketPort: 3_100, voiceraPort: null },
      tls: { kind: 'self-signed', folder: join(data, 'tls') },
      allowedOrigins: ['https://crm.lan'],
    });
    expect(problemsOf({ http: { tls: { certificate: 'a.crt' } } })).toContain('Write { "selfSigned": true }');
  });

  it('reads what others reach this machine by', () => {
    const publicUrl = 'https://voice.example.lan:8443/';
    expect(load({ http: { publicUrl } }).http.publicUrl).toBe('https://voice.example.lan:8443');
    expect(load({ http: { publicUrl: 'http://10.0.0.5/landline/' } }).http.publicUrl).toBe('http://10.0.0.5/landline');
    expect(load({}).http).not.toHaveProperty('publicUrl');
    for (const wrong of [
      'voice.example.lan',
      'ftp://voice.example.lan',
      'https://a:b@voice.lan',
      'https://v.lan/?a=1',
    ]) {
      const problems = problemsOf({ http: { publicUrl: wrong } });
      expect(problems).toContain(`http.publicUrl = "${wrong}": not a web address without query or fragment`);
      expect(problems).toContain('such as "https://voice.example.lan"');
    }
    expect(problemsOf({ http: { publicUrl: 8080 } })).toContain('Write a value of type string.');
  });

  it('reads the hosts beyond the local network that may be reached', () => {
    const allow = ['crm.example.com', '127.0.0.1', '[::1]', 'fd00::5'];
    expect(load({ egress: { allow } }).egress).toEqual({ allow });
    expect(load({}).egress).toEqual({ allow: [] });
    const problems = problemsOf({ egress: { allow: ['http://crm.example.com/', '10.0.0.0/8'] } });
    expect(problems).toContain('egress.allow[0] = "http://crm.example.com/": not a host name or IP address');
    const noPem = import.meta.filename;
    expect(problemsOf({ egress: { authorities: noPem } })).toContain('egress.authorities');
    expect(problemsOf({ egress: { authorities: 'nowhere.pem' } })).toContain('ENOENT');
    expect(problems).toContain('egress.allow[1] = "10.0.0.0/8": not a host name or IP address');
  });

  it('uses the documented defaults when there is no file and no environment', () => {
    expect(load(undefined)).toMatchObject({
      dataFolder: data,
      http: { host: '127.0.0.1', port: 8080 },
      sip: { port: 5060, lan: false, timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 } },
      rtpPorts: { first: 40_000, last: 40_399 },
      codecs: ['PCMU', 'PCMA', 'G722'],
      limits: { maxCalls: 32, ringTimeoutMs: 45_000, rtpTimeoutMs: 20_000 },
      speech: { tts: { family: 'flite', voice: 'slt' } },
      peers: [],
    });
  });

  it('takes peers, routes and paths from the file and ports from the environment', () => {
    const settings = load(
      {
        peers: [
          { name: 'trunk', host: 'sip.example.com', username: 'me', password: 'x', allowedSources: ['192.0.2.0/24'] },
        ],
        routes: [{ number: '100', agent: 'a1' }],
        codecs: ['G722', 'PCMU'],
        speech: { stt: { model: 'models/big' }, tts: { family: 'piper', model: '/opt/voice' } },
        brain: { gguf: 'brain.gguf' },
        lan: true,
      },
      { httpPort: '0', sipPort: '5070', rtpPorts: '50000-50009', log: 'WARN' },
    );
    expect(settings.peers[0]).toMatchObject({ port: 5060, transport: 'udp' });
    expect(settings.sip).toMatchObject({ port: 5070, lan: true });
    expect(settings.http).toMatchObject({ host: '0.0.0.0', port: 0 });
    expect(settings.limits.maxCalls).toBe(5);
    expect(settings.speech.stt?.model).toBe(join(data, 'models/big'));
    expect(settings.speech.tts).toEqual({ family: 'piper', model: '/opt/voice' });
    expect(settings.brain.gguf).toBe(join(data, 'brain.gguf'));
    expect(settings.logLevel).toBe('warn');
  });

  it('lets the command line win over the file', () => {
    expect(load({ lan: false }, {}, true).sip.lan).toBe(true);
  });

  it('names every problem of the file at once, with path, value and mend', () => {
    const message = problemsOf({
      peers: [
        { name: 'a', host: '10.0.0.999', port: 70_000 },
        { name: 'b', host: 'b', transport: 'tls', allowedSources: ['10.0.0.0/33'] },
      ],
      codecs: ['OPUS'],
      limit: { maxCalls: 3 },
      limits: { ringTimeoutMs: '45 s' },
      speech: { tts: { family: 'espeak' } },
    });
    for (const part of [
      '8 problems',
      'peers[0].host = "10.0.0.999": not a host name or IPv4 address',
      'peers[0].port = 70000',
      'Write at most 65535',
      'peers[1].transport = "tls"',
      'Write one of "udp", "tcp"',
      'peers[1].allowedSources[0] = "10.0.0.0/33"',
      'codecs[0] = "OPUS"',
      'limit = {"maxCalls":3}: there is no such setting',
      'limits.ringTimeoutMs = "45 s"',
      'speech.tts.family = "espeak"',
      'Write "flite", "piper" or "kokoro"',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('names what is missing and never shows a password', () => {
    const missing = problemsOf({ peers: [{ name: 'a' }] });
    expect(missing).toContain('peers[0].host: is missing');
    const secret = problemsOf({ peers: [{ name: 'a', host: 'a', password: 'hunter2', pasword: 'hunter2' }, 'x'] });
    expect(secret).toContain('peers[0].pasword = (hidden)');
    expect(secret).not.toContain('hunter2');
    expect(problemsOf({ peers: [{ name: 'a', host: 'a', password: 17 }] })).toContain('peers[0].password = (hidden)');
  });

  it('finds what only several settings together make wrong', () => {
    const message = problemsOf({
      peers: [
        { name: 'a', host: 'a', password: 'x' },
        { name: 'a', host: 'b' },
      ],
      routes: [
        { number: '1', agent: 'x' },
        { number: '1', agent: 'y' },
      ],
      limits: { maxCalls: 201 },
    });
    expect(message).toContain('4 problems');
    expect(message).toContain('limits.maxCalls = 201: LANDLINE_RTP_PORTS has room for 200 calls only');
    expect(message).toContain('peers[0].username: is missing');
    expect(message).toContain('peers[1].name = "a": is already the name of peers[0]');
    expect(message).toContain('routes[1].number = "1"');
  });

  it.each([
    [{ sipPort: 'x' }, 'LANDLINE_SIP_PORT = "x"'],
    [{ httpPort: '65536' }, 'LANDLINE_HTTP_PORT = "65536"'],
    [{ rtpPorts: '40001-40010' }, 'Start with 40002'],
    [{ rtpPorts: '40000-40000' }, 'holds fewer than two ports'],
    [{ rtpPorts: '5000-6000' }, 'lies inside LANDLINE_RTP_PORTS'],
    [{ rtpPorts: 'many' }, 'Write it like 40000-40399'],
    [{ httpPort: '5060' }, 'is also the HTTP port'],
    [{ log: 'loud' }, 'LANDLINE_LOG = "loud"'],
  ])('refuses the environment %o', (environment, part) => {
    expect(problemsOf({}, environment)).toContain(part);
  });

  it('says where the file is when it is not JSON', () => {
    expect(problemsOf('{"peers": [}')).toContain(join(data, 'config.json'));
  });
});

describe('the data folder', () => {
  it.each([
    ['linux', {}, '/home/u/.local/share/landline'],
    ['linux', { xdgDataHome: '/var/xdg' }, '/var/xdg/landline'],
    ['linux', { xdgDataHome: 'relative' }, '/home/u/.local/share/landline'],
    ['darwin', {}, '/home/u/Library/Application Support/Landline'],
    ['win32', { localAppData: 'C:\\Users\\u\\AppData\\Local' }, 'C:\\Users\\u\\AppData\\Local\\Landline'],
  ] as const)('on %s with %o is %s', (platform, environment, folder) => {
    expect(defaultDataFolder(platform, '/home/u', environment)).toBe(folder);
  });

  it('comes from LANDLINE_DATA when it is set and not empty', () => {
    expect(readEnvironment({ LANDLINE_DATA: ' /srv/x ', LANDLINE_LOG: '' })).toEqual({ data: '/srv/x' });
  });
});
