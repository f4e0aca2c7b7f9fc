import { describe, expect, it } from 'vitest';
import { DEFAULT_TRACE_LIMITS, maskSecrets, Trace, type TraceEntry } from './trace.ts';

function entry(head: string, body = ''): TraceEntry {
  return {
    timeMs: 5,
    direction: 'in',
    transport: 'udp',
    localAddress: '127.0.0.1',
    localPort: 5060,
    remoteAddress: '127.0.0.1',
    remotePort: 5080,
    bytes: Buffer.from(head + body),
  };
}

describe('the trace', () => {
  it('gives the messages of a call in the order they passed', () => {
    const trace = new Trace();
    trace.record('a', entry('INVITE 1'));
    trace.record('b', entry('other'));
    trace.record('a', entry('200 1', 'v=0'));
    expect(trace.read('a').map((message) => message.text)).toEqual(['INVITE 1', '200 1v=0']);
    expect(trace.read('a')[0]).toMatchObject({ local: '127.0.0.1:5060', remote: '127.0.0.1:5080', direction: 'in' });
    expect(trace.read('unknown')).toEqual([]);
  });

  it('keeps the last messages of the last calls', () => {
    const trace = new Trace({ ...DEFAULT_TRACE_LIMITS, calls: 2, messagesPerCall: 3 });
    for (let i = 0; i < 5; i++) trace.record('a', entry(`m${i}`));
    expect(trace.read('a').map((message) => message.text)).toEqual(['m2', 'm3', 'm4']);
    trace.record('b', entry('b'));
    trace.record('a', entry('m5'));
    trace.record('c', entry('c'));
    expect(trace.read('b')).toEqual([]);
    expect(trace.read('a')).toHaveLength(3);
    expect(trace.dropped).toBe(4);
  });

  it('stays within its size whatever is sent', () => {
    const trace = new Trace({ calls: 100, messagesPerCall: 100, totalBytes: 1_000, messageBytes: 100 });
    for (let i = 0; i < 500; i++) trace.record(`call-${i % 7}`, entry('h'.repeat(70), 'b'.repeat(500)));
    const kept = Array.from({ length: 7 }, (_, i) => trace.read(`call-${i}`)).flat();
    expect(kept.every((message) => message.text.length === 100)).toBe(true);
    const others = kept.length * 100;
    expect(others).toBeLessThanOrEqual(10_000);
  });

  it('masks credentials and media keys, also over folded lines', () => {
    const text = [
      'REGISTER sip:x SIP/2.0',
      'Authorization: Digest username="u",',
      ' response="secret"',
      'Proxy-Authorization : Digest response="secret"',
      'WWW-Authenticate: Digest nonce="n"',
      '',
      'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:secret|2^20',
    ].join('\r\n');
    const masked = maskSecrets(text);
    expect(masked).not.toContain('secret');
    expect(masked).toContain('Authorization: ***');
    expect(masked).toContain('WWW-Authenticate: Digest nonce="n"');
  });
});
