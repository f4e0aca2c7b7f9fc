/**
 * Sound but unusual messages after RFC 4475 (3.1.1, 3.3) and RFC 5118, in our own words. Lines are joined with CRLF; the
 * body follows an empty line.
 */
export interface TortureMessage {
  /** RFC paragraph and what is unusual. */
  readonly name: string;
  readonly lines: readonly string[];
  /** Bytes that replace `lines` where text cannot say it. */
  readonly bytes?: Buffer;
}

const common = (method: string, ...more: readonly string[]): string[] => [
  'Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKtorture',
  'From: <sip:caller@example.net>;tag=caller1',
  'To: <sip:callee@example.com>',
  'Call-ID: torture.valid@example.net',
  `CSeq: 1 ${method}`,
  'Max-Forwards: 70',
  ...more,
  '',
  '',
];

export const VALID: readonly TortureMessage[] = [
  {
    name: '4475 3.1.1.1: every permitted white space, folding, compact forms and odd case',
    lines: [
      'INVITE sip:vroom@chair.example.com;unknownparam SIP/2.0',
      'TO :',
      ' sip:vroom@chair.example.com ;   tag    = 1918181833n',
      'from   : "J Rosen \\\\\\""       <sip:jd@example.com>',
      '  ;',
      '  tag = 98asjd8',
      'MaX-fOrWaRdS: 0068',
      'Call-ID: wsinv.ndaksdj@192.0.2.1',
      'Content-Length   : 4',
      'cseq: 0009',
      '  INVITE',
      'Via  : SIP  /   2.0',
      ' /UDP',
      '    192.0.2.2;branch=390skdjuw',
      's :',
      'NewFangledHeader:   newfangled value',
      ' continued newfangled value',
      'UnknownHeaderWithUnusualValue: ;;,,;;,;',
      'Content-Type: application/sdp',
      'Route:',
      ' <sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
      'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
      '  branch  =   z9hG4bK9ikj8  ,',
      ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
      ' z9hG4bK30239',
      'm:"Quoted string \\"\\"" <sip:jd@example.com> ; newparam =',
      '      newvalue ;',
      '  secondparam ; q = 0.33',
      '',
      'v=0\n',
    ],
  },
  {
    name: '4475 3.1.1.2: every character a token, user or parameter may have',
    lines: [
      "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
      "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
      'To: "BEL:\\\x07 NUL:\\\x20 DEL:\\\x7e" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
      "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\u0440\u0430\u0431\u043e\u0442\u0430\";tag=_token~1'+`*%!-.",
      'Call-ID: intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{',
      "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
      'Max-Forwards: 255',
      "extensionHeader-!.%*+_`'~:\ufeff\u5927\u505c\u96fb",
      'Content-Length: 0',
      '',
      '',
    ].map((line) => line.replace('\\\x07', '\\a')),
  },
  {
    name: '4475 3.1.1.3: escaped characters in URIs',
    lines: [
      'INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0',
      ...common('INVITE', 'Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>'),
    ],
  },
  {
    name: '4475 3.1.1.4: an escaped NUL in a user part',
    lines: [
      'REGISTER sip:example.com SIP/2.0',
      ...common('REGISTER', 'Contact: <sip:%00@host5.example.com>', 'Contact: <sip:%00%00@host5.example.com>'),
    ],
  },
  {
    name: '4475 3.1.1.5: a percent sign that is no escape, in method and display name',
    lines: [
      'RE%47IST%45R sip:registrar.example.com SIP/2.0',
      ...common('RE%47IST%45R', 'Contact: <sip:alias1@host1.example.com>'),
    ],
  },
  {
    name: '4475 3.1.1.6: no space between display name and angle bracket',
    lines: [
      'OPTIONS sip:user@example.com SIP/2.0',
      ...common('OPTIONS').map((line) =>
        line.startsWith('From') ? 'From: caller<sip:caller@example.com>;tag=323' : line,
      ),
    ],
  },
  {
    name: '4475 3.1.1.7: long values in every header',
    lines: [
      `INVITE sip:user@example.com SIP/2.0`,
      `To: "${'I have a user name of extreme proportion '.repeat(20)}" <sip:user@example.com:6000;unknownparam1=${'very'.repeat(90)}value>`,
      `From: sip:${'amazinglylongcallername'.repeat(20)}@example.net;tag=12${'9'.repeat(300)}424;unknown${'HeaderParam'.repeat(40)}=x`,
      `Call-ID: longreq.one${'really'.repeat(60)}longcallid`,
      'CSeq: 3882340 INVITE',
      `Unknown-${'Long'.repeat(40)}-Name: ${'unknown-long-value'.repeat(40)}; and=${'y'.repeat(200)}`,
      ...Array.from(
        { length: 30 },
        (_, hop) => `v: SIP/2.0/TCP sip${hop}.example.com;branch=z9hG4bK${'s'.repeat(60)}${hop}`,
      ),
      `m: <sip:${'amazinglylongcallername'.repeat(10)}@host5.example.net>`,
      'l: 0',
      '',
      '',
    ],
  },
  {
    name: '4475 3.1.1.8: octets after the body that Content-Length ends',
    lines: [
      'REGISTER sip:example.com SIP/2.0',
      ...common('REGISTER', 'Content-Length: 0').slice(0, -1),
      'INVITE sip:joe@example.com SIP/2.0',
    ],
  },
  {
    name: '4475 3.1.1.9: a semicolon in the user part of a Request-URI',
    lines: [
      'OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0',
      ...common('OPTIONS', 'Accept: application/sdp, application/pkcs7-mime,', '      multipart/mixed;boundary="..."'),
    ],
  },
  {
    name: '4475 3.1.1.10: Via elements of many transports',
    lines: [
      'OPTIONS sip:user@example.com SIP/2.0',
      ...common(
        'OPTIONS',
        'Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bK2, SIP/2.0/TLS t3.example.com;branch=z9hG4bK3',
        'Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bK4',
      ),
    ],
  },
  {
    name: '4475 3.1.1.12: a reason phrase in UTF-8',
    lines: [
      'SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e',
      ...common('INVITE', 'Contact: <sip:user@host198.example.com>'),
    ],
  },
  {
    name: '4475 3.1.1.13: a response with an empty reason phrase',
    lines: ['SIP/2.0 100 ', ...common('INVITE')],
  },
  {
    name: '4475 3.1.2.6, accepted: a known unusual scheme in To, From and Contact',
    lines: [
      'OPTIONS sip:user@example.com SIP/2.0',
      ...common('OPTIONS', 'Contact: <name:John_Smith>').map((line) =>
        line.startsWith('To') ? 'To: <isbn:2983792873>' : line,
      ),
    ],
  },
  {
    name: '4475 3.3.2: a Request-URI parameter that nobody knows',
    lines: ['OPTIONS sip:user@example.com;unknownparam=unusual SIP/2.0', ...common('OPTIONS')],
  },
  {
    name: '4475 3.3.8: a 200 with a broadcast address in Via parses (and matches nothing)',
    lines: ['SIP/2.0 200 OK', ...common('OPTIONS').map((line) => line.replace('192.0.2.10', '255.255.255.255'))],
  },
  {
    name: '4475 3.3.15: two Authorization schemes, one unknown, commas in values',
    lines: [
      'REGISTER sip:example.com SIP/2.0',
      ...common('REGISTER', 'Authorization: NoOneKnowsThisScheme opaque-data=here, second="a,b;c"'),
    ],
  },
  {
    name: '4475 3.4.1: an RFC 2543 INVITE without branch, From tag and Max-Forwards',
    lines: [
      'INVITE sip:UserB@example.com SIP/2.0',
      'Via: SIP/2.0/UDP iftgw.example.com',
      'From: <sip:+13035551111@ift.client.example.net;user=phone>',
      'Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>',
      'To: sip:+16505552222@ss1.example.net;user=phone',
      'Call-ID: inv2543.1717@ift.client.example.com',
      'CSeq: 56 INVITE',
      'Contact: <sip:+13035551111@ift.client.example.net>',
      '',
      'v=0\r\n',
    ],
  },
  {
    name: '5118 4.1: an IPv6 reference in Request-URI, Via and Contact',
    lines: [
      'INVITE sip:[2001:db8::10] SIP/2.0',
      ...common(
        'INVITE',
        'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3',
        'Contact: "Caller" <sip:caller@[2001:db8::1]>',
      ),
    ],
  },
  {
    name: '5118 4.3: an IPv6 address that may or may not end in a port',
    lines: ['REGISTER sip:[2001:db8::10:5070] SIP/2.0', ...common('REGISTER', 'Contact: <sip:caller@[2001:db8::1]>')],
  },
  {
    name: '5118 4.4: an IPv6 address with a port',
    lines: [
      'REGISTER sip:[2001:db8::10]:5070 SIP/2.0',
      ...common('REGISTER', 'Contact: <sip:caller@[2001:db8::1]:5080>'),
    ],
  },
  {
    name: '5118 4.5: a received parameter with and without brackets',
    lines: [
      'BYE sip:[2001:db8::10] SIP/2.0',
      'Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111',
      'Via: SIP/2.0/UDP [2001:db8::9:2];received=2001:db8::9:256;branch=z9hG4bKas3-112',
      ...common('BYE').slice(1),
    ],
  },
  {
    name: '5118 4.9: an IPv4-mapped IPv6 address',
    lines: [
      'INVITE sip:user@[::ffff:192.0.2.10] SIP/2.0',
      ...common('INVITE', 'Contact: <sip:user@[::ffff:192.0.2.1]>'),
    ],
  },
  {
    name: 'a display name in Latin-1, as old PBXs send it',
    lines: [],
    bytes: Buffer.from(
      ['OPTIONS sip:user@example.com SIP/2.0', ...common('OPTIONS')]
        .join('\r\n')
        .replace('From: <', 'From: "M\u00fcller" <'),
      'latin1',
    ),
  },
  {
    name: 'empty lines before the request (RFC 3261 7.5)',
    lines: ['', '', 'OPTIONS sip:user@example.com SIP/2.0', ...common('OPTIONS')],
  },
  {
    name: 'a tel URI as Request-URI',
    lines: ['OPTIONS tel:+1-201-555-0123;phone-context=example.com SIP/2.0', ...common('OPTIONS')],
  },
  {
    name: 'a star as Contact of a REGISTER',
    lines: ['REGISTER sip:example.com SIP/2.0', ...common('REGISTER', 'Contact: *', 'Expires: 0')],
  },
];
