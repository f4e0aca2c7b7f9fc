import { describe, expect, it } from 'vitest';
import { isHeld, MediaSession } from './media-session.ts';
import { parseSdp } from './session-description.ts';

const local = { address: '192.0.2.1', port: 40_000 };

function sdp(...lines: string[]): string {
  return `${['v=0', 'o=- 1 1 IN IP4 198.51.100.7', 's=-', ...lines].join('\r\n')}\r\n`;
}

const plain = sdp(
  'c=IN IP4 198.51.100.7',
  't=0 0',
  'm=audio 30000 RTP/AVP 8 0 101',
  'a=rtpmap:101 telephone-event/8000',
);

function answered(offer: string, session = new MediaSession(['PCMU', 'PCMA', 'G722'], 7)) {
  const verdict = session.answer(offer, local);
  if (!verdict.ok) throw new Error(verdict.refusal.why);
  return { ...verdict, read: parseSdp(verdict.sdp) };
}

function refused(offer: string): number {
  const verdict = new MediaSession(['PCMU', 'PCMA', 'G722']).answer(offer, local);
  if (verdict.ok) throw new Error('The offer was answered.');
  return verdict.refusal.status;
}

function line(text: string, start: string): string | undefined {
  return text.split('\r\n').find((each) => each.startsWith(start));
}

describe('answering an offer', () => {
  it('takes the first common codec in our order and the payload types of the offer', () => {
    const { media, sdp: answer } = answered(plain);
    expect(media).toEqual({
      remoteAddress: '198.51.100.7',
      remotePort: 30_000,
      codec: 'PCMU',
      payloadType: 0,
      telephoneEventPayloadType: 101,
      direction: 'sendrecv',
      ptimeMs: 20,
    });
    expect(answer).toBe(
      'v=0\r\no=landline 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 101\r\n' +
        'a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n',
    );
  });

  it('follows dynamic payload types, and the section over the session for c= and direction', () => {
    const { media, sdp: answer } = answered(
      sdp(
        'c=IN IP4 198.51.100.1',
        't=3 4',
        'a=inactive',
        'm=audio 30002 RTP/AVP 97 120',
        'c=IN IP4 198.51.100.2',
        'a=rtpmap:97 g722/8000/1',
        'a=rtpmap:120 telephone-event/8000',
        'a=ptime:30',
        'a=sendonly',
      ),
    );
    expect(media).toMatchObject({
      remoteAddress: '198.51.100.2',
      codec: 'G722',
      payloadType: 97,
      telephoneEventPayloadType: 120,
      direction: 'recvonly',
      ptimeMs: 30,
    });
    expect(line(answer, 't=')).toBe('t=3 4');
    expect(answer).toContain('a=rtpmap:97 G722/8000');
  });

  it('does not take an rtpmap with another clock for the codec of that name', () => {
    expect(refused(sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 3000 RTP/AVP 96', 'a=rtpmap:96 PCMU/16000'))).toBe(
      488,
    );
    expect(refused(sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 3000 RTP/AVP 0', 'a=rtpmap:0 opus/48000/2'))).toBe(
      488,
    );
  });

  it('does not agree on telephone-event at the wideband clock', () => {
    const offer = sdp(
      'c=IN IP4 198.51.100.7',
      't=0 0',
      'm=audio 3000 RTP/AVP 9 99',
      'a=rtpmap:99 telephone-event/16000',
    );
    expect(answered(offer).media.telephoneEventPayloadType).toBeUndefined();
  });

  it('answers every other media line with port 0, in the order of the offer', () => {
    const { read, media } = answered(
      sdp(
        'c=IN IP4 198.51.100.7',
        't=0 0',
        'm=video 5000 RTP/AVP 96 97',
        'm=audio 5002 RTP/SAVP 0',
        'm=audio 5004 RTP/AVP 0',
        'm=image 5006 udptl t38',
      ),
    );
    expect(read.media.map(({ kind, port, protocol }) => [kind, port, protocol])).toEqual([
      ['video', 0, 'RTP/AVP'],
      ['audio', 0, 'RTP/SAVP'],
      ['audio', 40_000, 'RTP/AVP'],
      ['image', 0, 'udptl'],
    ]);
    expect(media.remotePort).toBe(5_004);
  });

  it.each([
    ['a=sendonly', 'a=recvonly', 'recvonly', true],
    ['a=inactive', 'a=inactive', 'inactive', true],
    ['a=recvonly', 'a=sendonly', 'sendonly', false],
    ['a=sendrecv', 'a=sendrecv', 'sendrecv', false],
    ['', 'a=sendrecv', 'sendrecv', false],
  ])('answers %s with %s (RFC 3264, 6.1)', (offered, expected, direction, held) => {
    const { sdp: answer, media } = answered(`${plain}${offered === '' ? '' : `${offered}\r\n`}`);
    expect(answer).toContain(`${expected}\r\n`);
    expect(media.direction).toBe(direction);
    expect(isHeld(media)).toBe(held);
  });

  it('reads c=0.0.0.0 as hold, keeps the address it knew, and sends nothing there', () => {
    const session = new MediaSession(['PCMU'], 7);
    answered(plain, session);
    const { sdp: answer, media } = answered(plain.replace('c=IN IP4 198.51.100.7', 'c=IN IP4 0.0.0.0'), session);
    expect(answer).toContain('a=recvonly');
    expect(media).toMatchObject({ remoteAddress: '198.51.100.7', direction: 'inactive' });
  });

  it('raises the version only when the answer differs (RFC 3264, 8)', () => {
    const session = new MediaSession(['PCMU'], 7);
    const versions = [plain, plain, `${plain}a=sendonly\r\n`, plain].map((offer) =>
      line(answered(offer, session).sdp, 'o='),
    );
    expect(versions.map((each) => each?.split(' ')[2])).toEqual(['1', '1', '2', '3']);
  });

  it.each([
    ['no common codec', 488, sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 3000 RTP/AVP 18')],
    [
      'only telephone-event',
      488,
      sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 3000 RTP/AVP 96', 'a=rtpmap:96 telephone-event/8000'),
    ],
    ['only SRTP', 488, sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 3000 RTP/SAVP 0')],
    ['only video', 488, sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=video 3000 RTP/AVP 0')],
    ['a switched-off stream', 488, sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 0 RTP/AVP 0')],
    ['IPv6', 488, sdp('c=IN IP6 2001:db8::1', 't=0 0', 'm=audio 3000 RTP/AVP 0')],
    ['multicast', 488, sdp('c=IN IP4 239.0.0.1/127', 't=0 0', 'm=audio 3000 RTP/AVP 0')],
    ['no address at all', 488, sdp('t=0 0', 'm=audio 3000 RTP/AVP 0')],
    ['garbage', 400, '\u0000\u0001 not sdp'],
    ['an empty body', 400, ''],
    ['a port beyond 65535', 400, sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 70000 RTP/AVP 0')],
    ['a letter for an address', 400, sdp('c=IN IP4 1.2.3', 't=0 0', 'm=audio 3000 RTP/AVP 0')],
    ['no timing', 400, sdp('c=IN IP4 198.51.100.7', 'm=audio 3000 RTP/AVP 0')],
    ['no formats', 400, sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 3000 RTP/AVP')],
    [
      'thousands of media lines',
      400,
      sdp('c=IN IP4 198.51.100.7', 't=0 0', ...Array.from({ length: 500 }, () => 'm=audio 3 RTP/AVP 0')),
    ],
  ])('refuses %s with %i', (_what, status, offer) => {
    expect(refused(offer)).toBe(status);
  });

  it('reads lines that end in LF alone', () => {
    expect(answered(plain.replaceAll('\r\n', '\n')).media.codec).toBe('PCMU');
  });

  it('never throws on mutated offers', () => {
    const session = new MediaSession(['PCMU', 'PCMA', 'G722']);
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let refusals = 0;
    for (let round = 0; round < 3_000; round++) {
      const characters = plain.split('');
      for (let edit = 0; edit <= random(4); edit++) {
        characters.splice(random(characters.length), random(3), String.fromCharCode(random(200)));
      }
      if (!session.answer(characters.join(''), local).ok) refusals++;
    }
    expect(refusals).toBeGreaterThan(300);
    expect(refusals).toBeLessThan(3_000);
  });
});

describe('our own offer', () => {
  it('holds every codec and events, and takes the first codec of the answer', () => {
    const session = new MediaSession(['G722', 'PCMU', 'PCMA'], 7);
    expect(line(session.offer(local), 'm=')).toBe('m=audio 40000 RTP/AVP 9 0 8 101');
    const verdict = session.accept(plain);
    expect(verdict).toMatchObject({
      ok: true,
      media: { codec: 'PCMA', payloadType: 8, telephoneEventPayloadType: 101 },
    });
  });

  it('is refused by an answer with port 0', () => {
    const session = new MediaSession(['PCMU'], 7);
    session.offer(local);
    expect(session.accept(plain.replace('audio 30000', 'audio 0'))).toMatchObject({
      ok: false,
      refusal: { status: 488 },
    });
  });

  it('in mid-call keeps the places of the media lines and the payload type of events', () => {
    const session = new MediaSession(['PCMU', 'PCMA'], 7);
    answered(
      sdp(
        'c=IN IP4 198.51.100.7',
        't=0 0',
        'm=video 5000 RTP/AVP 96',
        'm=audio 5004 RTP/AVP 0 110',
        'a=rtpmap:110 telephone-event/8000',
      ),
      session,
    );
    const offer = session.offer(local);
    expect(parseSdp(offer).media.map(({ kind, port }) => [kind, port])).toEqual([
      ['video', 0],
      ['audio', 40_000],
    ]);
    expect(offer).toContain('a=rtpmap:110 telephone-event/8000');
    expect(line(offer, 'o=')).toBe('o=landline 7 2 IN IP4 192.0.2.1');
  });
});

describe('a stream switched off in mid-call', () => {
  it('is answered with port 0 and counts as hold', () => {
    const session = new MediaSession(['PCMU'], 7);
    answered(plain, session);
    const { read, media } = answered(plain.replace('audio 30000', 'audio 0'), session);
    expect(read.media[0]?.port).toBe(0);
    expect(media).toMatchObject({ remotePort: 30_000, direction: 'inactive' });
  });
});
