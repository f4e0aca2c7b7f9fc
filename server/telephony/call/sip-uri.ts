/** A `sip:` or `sips:` URI taken apart (RFC 3261, 19.1). Values are as written. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
  /** Lower-case names; a parameter without value is an empty string. */
  readonly parameters: Readonly<Record<string, string>>;
}

const uriForm =
  /^(sips?):(?:([\w\-.!~*'()&=+$,;?/%]+)(?::[^@\s<>"]*)?@)?([a-z\d.-]+|\[[a-f\d:.]+\])(?::(\d{1,5}))?((?:;[^\s;?<>"]+)*)(?:\?[^\s<>"]*)?$/i;

/** Undefined for anything that isn't one; what is accepted can be put into a header unchanged. */
export function parseSipUri(text: string): SipUri | undefined {
  const found = uriForm.exec(text);
  if (!found) return undefined;
  const [, scheme = '', user, host = '', portText, parameterText = ''] = found;
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port === 0 || port > 65_535)) return undefined;
  const parameters: Record<string, string> = {};
  for (const part of parameterText.split(';').slice(1)) {
    const [name = '', ...value] = part.split('=');
    parameters[name.toLowerCase()] = value.join('=');
  }
  return {
    scheme: scheme.toLowerCase() as 'sip' | 'sips',
    host,
    parameters,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}

export interface NameAddress {
  readonly displayName?: string;
  readonly uri: string;
}

/**
 * The first address of a From-like header: `"Name" <uri>;tag=x`, or a bare URI (RFC 3261, 20.10). Written without
 * patterns that go back and forth: headers may be 64 kB of anything.
 */
export function parseNameAddress(header: string): NameAddress | undefined {
  const text = header.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  const rest = quoted ? text.slice(quoted[0].length).trimStart() : text;
  const open = rest.indexOf('<');
  const close = rest.indexOf('>', open);
  if (open !== -1 && close !== -1) {
    const before = rest.slice(0, open).trim();
    const uri = rest.slice(open + 1, close);
    if (/[",;]/.test(before) || /[\s<]/.test(uri) || uri === '') return undefined;
    const displayName = quoted ? (quoted[1] ?? '').replace(/\\(.)/g, '$1') : before;
    return displayName === '' ? { uri } : { displayName, uri };
  }
  const bare = /^[a-z][a-z\d+.-]*:[^\s;,<>"]+/i.exec(rest);
  return bare && !quoted ? { uri: bare[0] } : undefined;
}
