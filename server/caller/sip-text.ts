/** A SIP message as the test caller sees it: start line, headers by lower-case name (in order), body. */
export interface SipText {
  readonly startLine: string;
  readonly method: string | undefined;
  readonly status: number | undefined;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

const compactNames: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
};

/** Reads a message leniently: a test caller must cope with whatever answers. */
export function readSip(message: string): SipText {
  const [head = '', ...rest] = message.split('\r\n\r\n');
  const [startLine = '', ...lines] = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const written = line.slice(0, colon).trim().toLowerCase();
    const name = compactNames[written] ?? written;
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const status = /^SIP\/2\.0 (\d{3})/.exec(startLine)?.[1];
  return {
    startLine,
    method: status === undefined ? startLine.split(' ')[0] : undefined,
    status: status === undefined ? undefined : Number(status),
    headers,
    body: rest.join('\r\n\r\n'),
  };
}

export function header(message: SipText, name: string): string | undefined {
  return message.headers.get(name)?.[0];
}

/** Writes a message; Content-Length is added here and counts bytes. */
export function writeSip(startLine: string, headers: readonly (readonly [string, string])[], body = ''): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return `${[startLine, ...lines, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
}

/** A response to a request, with the headers that RFC 3261 8.2.6 wants copied. */
export function respondTo(
  request: SipText,
  status: string,
  extra: readonly (readonly [string, string])[] = [],
): string {
  const copied = ['via', 'from', 'to', 'call-id', 'cseq'].flatMap((name) =>
    (request.headers.get(name) ?? []).map((value) => [name, value] as const),
  );
  return writeSip(`SIP/2.0 ${status}`, [...copied, ...extra]);
}
