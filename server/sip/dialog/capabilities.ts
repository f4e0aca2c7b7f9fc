import { tagOf } from '../msg/name-addr.ts';
import type { HeaderList, SipRequest } from '../msg/sip-message.ts';
import { splitTokens } from '../msg/syntax.ts';
import { hopProblem, unsupportedOptions } from '../msg/validate-message.ts';
import type { HeaderPairs } from './application-side.ts';

const METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'INFO',
  'UPDATE',
  'PRACK',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'PUBLISH',
  'REGISTER',
] as const;
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);
const OPTION_TAGS: ReadonlySet<string> = new Set(['100rel', 'timer', 'replaces', 'norefersub']);

/** Answers of the core itself. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers: HeaderPairs;
}

export const ALLOW = METHODS.join(', ');

/** The answer to OPTIONS (RFC 3261 11.2). */
export const OPTIONS_HEADERS: HeaderPairs = [
  ['Allow', ALLOW],
  ['Accept', 'application/sdp'],
  ['Supported', [...OPTION_TAGS].join(', ')],
];

/** Whether an option tag stands in one of these headers (`Supported`, `Require`). */
export function hasOption(headers: HeaderList, option: string, ...names: readonly string[]): boolean {
  for (const name of names) {
    const values = headers.all(name);
    if (values.length > 0 && splitTokens(values).some((token) => token.toLowerCase() === option)) return true;
  }
  return false;
}

/** What is wrong with a request before anyone looks at what it wants (RFC 3261 8.2.1 to 8.2.3, 16.3). */
export function inspect(request: SipRequest): Refusal | undefined {
  const { method, headers } = request;
  if (!KNOWN_METHODS.has(method)) return { status: 501, headers: [['Allow', ALLOW]] };
  if (!hasSafeIdentity(headers)) return { status: 400, reason: 'Bad Call-ID', headers: [] };
  const hops = hopProblem(request);
  if (hops !== undefined) return { ...hops, headers: [] };
  const unsupported = unsupportedOptions(request, OPTION_TAGS);
  if (unsupported.length > 0) return { status: 420, headers: [['Unsupported', unsupported.join(', ')]] };
  if (method === 'SUBSCRIBE' && !headers.has('Contact')) {
    return { status: 400, reason: 'Missing Contact', headers: [] };
  }
  return undefined;
}

/** Call-ID and tags end up in names of dialogs, which must not hold separators. */
function hasSafeIdentity(headers: HeaderList): boolean {
  const callId = headers.get('Call-ID') ?? '';
  const from = headers.get('From') ?? '';
  const hasSafeTag = !from.includes('|') || tagOf(from)?.includes('|') !== true;
  return callId.length <= 512 && !callId.includes('|') && hasSafeTag;
}

/** The answer where no application takes the request. */
export function refuseUnrouted(method: string, applicationPresent: boolean): Refusal {
  switch (method) {
    case 'OPTIONS':
      return { status: 200, headers: OPTIONS_HEADERS };
    case 'BYE':
    case 'UPDATE':
    case 'PRACK':
      return { status: 481, headers: [] };
    case 'REFER':
      return { status: 405, headers: [['Allow', ALLOW]] };
    default:
      return { status: 503, headers: applicationPresent ? [] : [['Retry-After', '5']] };
  }
}
