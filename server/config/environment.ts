import type { RawEnvironment } from './env.ts';
import { badSettings, type SettingProblem } from './problem.ts';
import type { PortRange, Settings } from './settings.ts';

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
/** An even port for RTP and the odd one above it that RTCP would use (RFC 3550, 11). */
const portsPerCall = 2;

/** What the environment says, checked. */
export interface ParsedEnvironment {
  readonly httpPort: number;
  readonly sipPort: number;
  readonly rtpPorts: PortRange;
  readonly logLevel: Settings['logLevel'];
}

/** Throws `bad-settings` that names every problem. */
export function parseEnvironment(environment: RawEnvironment): ParsedEnvironment {
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

/** Calls that this many ports have room for. */
export function callsThatFit(range: PortRange): number {
  return Math.floor((range.last - range.first + 1) / portsPerCall);
}
