import { describe, expect, test } from 'vitest';
import { type StreamEvent, StreamFramer } from './stream-framer.ts';

const message = (body: string, length = 'Content-Length: ') =>
  `OPTIONS sip:a@b SIP/2.0\r\nSubject: Content-Length: 99\r\n${length}${Buffer.byteLength(body)}\r\n\r\n${body}`;

const shown = (events: readonly StreamEvent[]): string[] =>
  events.map((event) => (event.kind === 'message' ? event.bytes.toString() : event.kind));

function push(framer: StreamFramer, text: string, chunkBytes: number): StreamEvent[] {
  const bytes = Buffer.from(text);
  const events: StreamEvent[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    events.push(...framer.push(bytes.subarray(at, at + chunkBytes)));
  return events;
}

describe('cutting a stream into messages', () => {
  const first = message('grün');
  const second = message('', 'l :\t');
  const third = message('body\r\n\r\nwith empty lines', 'CONTENT-LENGTH:\r\n ');
  const stream = `\r\n${first}\r\n\r\n${second}${third}\r\n\r\n\r\n\r\n${first}`;
  const expected = [first, 'ping', second, third, 'ping', 'ping', first];

  test('works in one piece', () => {
    expect(shown(new StreamFramer().push(Buffer.from(stream)))).toEqual(expected);
  });

  test('works byte by byte', () => {
    expect(shown(push(new StreamFramer(), stream, 1))).toEqual(expected);
  });

  test('works when split in two at every byte', () => {
    const bytes = Buffer.from(stream);
    for (let at = 1; at < bytes.length; at++) {
      const framer = new StreamFramer();
      const events = [...framer.push(bytes.subarray(0, at)), ...framer.push(bytes.subarray(at))];
      expect(shown(events)).toEqual(expected);
    }
  });

  test('knows whether a message has begun', () => {
    const framer = new StreamFramer();
    expect(framer.isMidMessage).toBe(false);
    framer.push(Buffer.from(first.slice(0, 20)));
    expect(framer.isMidMessage).toBe(true);
    framer.push(Buffer.from(first.slice(20)));
    expect(framer.isMidMessage).toBe(false);
  });

  test('does not change a message that was handed out when more comes', () => {
    const framer = new StreamFramer();
    const [event] = framer.push(Buffer.from(first));
    framer.push(Buffer.from(third));
    expect(event?.kind === 'message' && event.bytes.toString()).toBe(first);
  });
});

describe('a stream that cannot be followed', () => {
  test.each([
    ['Missing Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nTo: x\r\n\r\n'],
    ['Bad Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -5\r\n\r\n'],
    ['Bad Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 5x\r\n\r\n'],
    ['Bad Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 5\r\nl: 6\r\n\r\n'],
    ['Message Too Large', 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 65536\r\n\r\n'],
    ['Message Too Large', 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 9999999999\r\n\r\n'],
    ['Header Too Large', `OPTIONS sip:a@b SIP/2.0\r\nX: ${'x'.repeat(70_000)}`],
  ])('is given up: %s', (reason, text) => {
    for (const chunkBytes of [7, 1460, text.length]) {
      const framer = new StreamFramer();
      const events = push(framer, text, chunkBytes);
      expect(events).toMatchObject([{ kind: 'failure', reason }]);
      expect(framer.push(Buffer.from(message('after')))).toEqual([]);
    }
  });

  test('takes a message of exactly 64 kB', () => {
    const empty = message('');
    const body = 'x'.repeat(65_536 - empty.length - 4);
    expect(shown(push(new StreamFramer(), message(body), 4096))).toEqual([message(body)]);
  });
});
