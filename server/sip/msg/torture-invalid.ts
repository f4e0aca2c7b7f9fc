/** Broken messages after RFC 4475 (3.1.2, 3.3) and RFC 5118, in our own words, with the answer each deserves. */
export interface InvalidMessage {
  readonly name: string;
  /** `silent`: there is nobody, or nothing, to answer. */
  readonly answer: 400 | 416 | 505 | 513 | 'silent';
  readonly text: string;
}

interface Changes {
  readonly line?: string;
  readonly via?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly callId?: string | undefined;
  readonly cseq?: string | undefined;
  readonly more?: readonly string[];
  readonly body?: string;
}

/** A sound OPTIONS but for what is changed; a header set to undefined is left out. */
function message(changes: Changes): string {
  const sound = {
    line: 'OPTIONS sip:user@example.com SIP/2.0',
    via: 'SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKbroken',
    from: '<sip:caller@example.net>;tag=34525',
    to: '<sip:user@example.com>',
    callId: 'broken@example.net',
    cseq: '1 OPTIONS',
    more: [],
    body: '',
  };
  const { line, via, from, to, callId, cseq, more, body } = { ...sound, ...changes };
  const named = { Via: via, From: from, To: to, 'Call-ID': callId, CSeq: cseq };
  const fields = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [line, ...fields, ...more, '', body].join('\r\n');
}

const invite = (changes: Changes): string =>
  message({ line: 'INVITE sip:user@example.com SIP/2.0', cseq: '8 INVITE', ...changes });

export const INVALID: readonly InvalidMessage[] = [
  {
    name: '4475 3.1.2.1: separators without values in Via and Contact',
    answer: 400,
    text: invite({ via: 'SIP/2.0/UDP 192.0.2.15;;,;,,', more: ['Contact: "Joe" <sip:joe@example.org>;;;;'] }),
  },
  {
    name: '4475 3.1.2.2: a Content-Length beyond the end of the datagram',
    answer: 400,
    text: invite({ more: ['Contact: <sip:a@b.example>', 'Content-Length: 9999'], body: 'v=0\r\n' }),
  },
  { name: '4475 3.1.2.3: a negative Content-Length', answer: 400, text: message({ more: ['Content-Length: -999'] }) },
  {
    name: '4475 3.1.2.4: numbers that no machine holds',
    answer: 400,
    text: message({ line: 'REGISTER sip:example.com SIP/2.0', cseq: '36893488147419103232 REGISTER' }),
  },
  { name: '4475 3.1.2.4: a Max-Forwards above 255', answer: 400, text: message({ more: ['Max-Forwards: 300'] }) },
  {
    name: '4475 3.1.2.4: an Expires beyond 32 bits',
    answer: 400,
    text: message({ more: ['Expires: 10000000000000000000'] }),
  },
  {
    name: '4475 3.1.2.5: a response with such numbers',
    answer: 'silent',
    text: message({ line: 'SIP/2.0 503 Service Unavailable', cseq: '9292394834772304023312 OPTIONS' }),
  },
  {
    name: '4475 3.1.2.6: a quote that never ends',
    answer: 400,
    text: invite({ to: '"Mr. J. User <sip:j.user@example.com>', more: ['Contact: <sip:a@b.example>'] }),
  },
  {
    name: '4475 3.1.2.7: angle brackets around the Request-URI',
    answer: 400,
    text: invite({ line: 'INVITE <sip:user@example.com> SIP/2.0', more: ['Contact: <sip:a@b.example>'] }),
  },
  {
    name: '4475 3.1.2.8: white space inside the Request-URI',
    answer: 400,
    text: invite({ line: 'INVITE sip:user@example.com; lr SIP/2.0', more: ['Contact: <sip:a@b.example>'] }),
  },
  {
    name: '4475 3.1.2.9: more than one space in the request line',
    answer: 400,
    text: invite({ line: 'INVITE  sip:user@example.com  SIP/2.0', more: ['Contact: <sip:a@b.example>'] }),
  },
  {
    name: '4475 3.1.2.10: spaces after the request line',
    answer: 400,
    text: message({ line: 'OPTIONS sip:remote@example.com SIP/2.0  ' }),
  },
  {
    name: '4475 3.1.2.11: a Request-URI with headers is sound by grammar, with a bad escape it is not',
    answer: 400,
    text: invite({
      line: 'INVITE sip:user@example.com?Route=%3Csip:example.com%3 SIP/2.0',
      more: ['Contact: <sip:a@b.example>'],
    }),
  },
  {
    name: '4475 3.1.2.13: white space inside the angle brackets of To',
    answer: 400,
    text: message({ to: '"Watson, Thomas" < sip:t.watson@example.org >' }),
  },
  {
    name: '4475 3.1.2.14: a To address without brackets that has headers',
    answer: 400,
    text: message({ to: 'sip:user@example.com?Route=%3Csip:sip.example.com%3E' }),
  },
  {
    name: '4475 3.1.2.15: a comma in a display name without quotes',
    answer: 400,
    text: message({ from: 'Bell, Alexander <sip:a.g.bell@example.com>;tag=43' }),
  },
  {
    name: '4475 3.1.2.16: an unknown version',
    answer: 505,
    text: message({
      line: 'OPTIONS sip:t.watson@example.org SIP/7.0',
      via: 'SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw',
    }),
  },
  { name: '4475 3.1.2.17: another method in CSeq', answer: 400, text: message({ cseq: '8 INVITE' }) },
  {
    name: '4475 3.1.2.18: an unknown method and another one in CSeq',
    answer: 400,
    text: message({ line: 'NEWMETHOD sip:user@example.com SIP/2.0', cseq: '8 INVITE' }),
  },
  {
    name: '4475 3.1.2.19: a status beyond three digits',
    answer: 'silent',
    text: message({ line: 'SIP/2.0 4294967301 better not break the receiver' }),
  },
  { name: '4475 3.3.1: no Call-ID', answer: 400, text: message({ callId: undefined }) },
  { name: '4475 3.3.1: no From', answer: 400, text: message({ from: undefined }) },
  { name: '4475 3.3.1: no To', answer: 400, text: message({ to: undefined }) },
  { name: '4475 3.3.1: no CSeq', answer: 400, text: message({ cseq: undefined }) },
  { name: '4475 3.3.1: no Via', answer: 'silent', text: message({ via: undefined }) },
  {
    name: '4475 3.3.3: a Request-URI of an unknown scheme',
    answer: 416,
    text: message({ line: 'OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0' }),
  },
  {
    name: '4475 3.3.4: a Request-URI of a known scheme that is not ours',
    answer: 416,
    text: message({ line: 'OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0' }),
  },
  {
    name: '4475 3.3.9: headers twice that may come once',
    answer: 400,
    text: message({ more: ['CSeq: 59 OPTIONS', 'Call-ID: multi.998', 'From: <sip:other@example.com>;tag=3413415'] }),
  },
  {
    name: '4475 3.3.10: two different Content-Length values',
    answer: 400,
    text: message({
      more: ['Content-Length: 13', 'Content-Length: 5'],
      body: 'There\u0027s no way to know how many octets',
    }),
  },
  {
    name: '5118 4.2: an IPv6 address without brackets as Request-URI',
    answer: 400,
    text: message({ line: 'OPTIONS sip:2001:db8::10 SIP/2.0' }),
  },
  {
    name: '5118 4.10: three colons in an IPv6 address',
    answer: 400,
    text: message({ line: 'OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0' }),
  },
  { name: 'an INVITE without Contact', answer: 400, text: invite({}) },
  {
    name: 'an INVITE with a Contact that is no URI',
    answer: 400,
    text: invite({ more: ['Contact: not-a-uri'] }),
  },
  {
    name: 'an INVITE with a star as Contact',
    answer: 400,
    text: invite({ more: ['Contact: *'] }),
  },
  { name: 'an INVITE with a tel URI as Contact', answer: 400, text: invite({ more: ['Contact: <tel:+491234>'] }) },
  {
    name: 'an INVITE with two Contacts',
    answer: 400,
    text: invite({ more: ['Contact: <sip:a@b.example>, <sip:c@d.example>'] }),
  },
  { name: 'a header line without colon', answer: 400, text: message({ more: ['this is no header'] }) },
  { name: 'a header name with a space in it', answer: 400, text: message({ more: ['Two Words: x'] }) },
  { name: 'a NUL in a header', answer: 400, text: message({ more: ['Subject: a\0b'] }) },
  { name: 'a bare line feed in a header', answer: 400, text: message({ more: ['Subject: a\nInjected: b'] }) },
  { name: 'a bare carriage return in a header', answer: 400, text: message({ more: ['Subject: a\rInjected: b'] }) },
  {
    name: 'a port beyond 65535 in the Request-URI',
    answer: 400,
    text: message({ line: 'OPTIONS sip:a@b.example:70000 SIP/2.0' }),
  },
  { name: 'a Route that is no address', answer: 400, text: message({ more: ['Route: <>'] }) },
  { name: '201 headers', answer: 400, text: message({ more: Array.from({ length: 196 }, (_, n) => `X-${n}: x`) }) },
  {
    name: '40,000 Route elements in one line',
    answer: 400,
    text: message({ more: [`Route: ${'<sip:a>,'.repeat(8000)}<sip:a>`] }),
  },
  { name: 'more than 64 kB', answer: 513, text: message({ more: [`X-Long: ${'x'.repeat(65_536)}`] }) },
  { name: 'no empty line at the end', answer: 400, text: message({}).slice(0, -2) },
  {
    name: 'a broken ACK',
    answer: 'silent',
    text: message({ line: 'ACK sip:user@example.com SIP/2.0', cseq: '1 INVITE', to: undefined }),
  },
  { name: 'a line feed instead of CRLF everywhere', answer: 'silent', text: message({}).replaceAll('\r\n', '\n') },
  { name: 'an HTTP request', answer: 'silent', text: 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n' },
  { name: 'nothing', answer: 'silent', text: '' },
  { name: 'line ends only', answer: 'silent', text: '\r\n\r\n\r\n' },
];
