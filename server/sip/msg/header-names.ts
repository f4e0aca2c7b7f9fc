/** Header field names: their usual spelling, their compact forms, and which of them are comma lists (RFC 3261 7.3). */

const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

/** Names whose usual spelling is not "each word capitalised", and the frequent ones, so that they cost one look-up. */
const USUAL = [
  'Accept,Accept-Encoding,Accept-Language,Alert-Info,Allow,Allow-Events,Authentication-Info,Authorization,Call-ID',
  'Call-Info,Contact,Content-Disposition,Content-Encoding,Content-ID,Content-Language,Content-Length,Content-Type,CSeq',
  'Date,Diversion,Error-Info,Event,Expires,From,History-Info,Identity,In-Reply-To,Join,Max-Forwards,MIME-Version',
  'Min-Expires,Min-SE,Organization,P-Access-Network-Info,P-Asserted-Identity,P-Called-Party-ID,P-Charging-Vector',
  'P-Early-Media,P-Preferred-Identity,Path,Priority,Privacy,Proxy-Authenticate,Proxy-Authorization,Proxy-Require,RAck',
  'Reason,Record-Route,Refer-Sub,Refer-To,Referred-By,Remote-Party-ID,Replaces,Reply-To,Require,Retry-After,Route,RSeq',
  'Server,Service-Route,Session-Expires,SIP-ETag,SIP-If-Match,Subject,Subscription-State,Supported,Target-Dialog',
  'Timestamp,To,Unsupported,User-Agent,User-to-User,Via,Warning,WWW-Authenticate',
]
  .join(',')
  .split(',');

interface HeaderName {
  /** Lower case, long form: what two spellings of one name share. */
  readonly key: string;
  readonly name: string;
}

const known = new Map<string, HeaderName>();
for (const name of USUAL) {
  const entry = { key: name.toLowerCase(), name };
  known.set(name, entry);
  known.set(entry.key, entry);
}
for (const [letter, name] of Object.entries(COMPACT)) {
  const entry = known.get(name) ?? { key: name.toLowerCase(), name };
  for (const spelling of [letter, letter.toUpperCase(), name, entry.key]) known.set(spelling, entry);
}

const capitalised = (name: string): string =>
  name.toLowerCase().replaceAll(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase());

/** Key and usual spelling of a header name in any case or compact form. `X-` names keep the spelling they came in. */
export function headerName(written: string): HeaderName {
  const direct = known.get(written);
  if (direct !== undefined) return direct;
  const key = written.toLowerCase();
  return known.get(key) ?? { key, name: key.startsWith('x-') ? written : capitalised(written) };
}

/** `cseq` → `CSeq`, `m` → `Contact`, `p-foo` → `P-Foo`, `X-fOO` → `X-fOO`. */
export const canonicalHeaderName = (written: string): string => headerName(written).name;

/** Headers that are kept as one list element per field; in others a comma may be data (Date, Authorization…). */
export const LIST_HEADERS: ReadonlySet<string> = new Set(['via', 'route', 'record-route', 'contact']);
