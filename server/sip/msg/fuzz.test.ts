import { describe, expect, test } from 'vitest';
import { createResponse } from './build-message.ts';
import { generator, mutant, pick, type Random } from './mutants.ts';
import { formatNameAddr, parseNameAddr } from './name-addr.ts';
import { parseMessage } from './parse-message.ts';
import { serializeMessage } from './serialize-message.ts';
import type { SipMessage } from './sip-message.ts';
import { StreamFramer } from './stream-framer.ts';
import { formatUri, parseUri } from './uri.ts';
import { formatVia, parseVia } from './via.ts';

/** Cases per property; more (a million) for a long run of its own. */
const CASES = Number(process.env['SIP_FUZZ_CASES'] ?? 20_000);
/** The usual run stops after this time on a slow machine. */
const BUDGET_MS = CASES > 20_000 ? 3_600_000 : 4000;
/** What one message may cost at worst: far above any real cost, far below a regular expression gone wild. */
const SLOW_MS = 1000;

/** Runs the property on seed after seed; says which seed failed it. */
function check(property: (seed: number) => void): number {
  const endMs = performance.now() + BUDGET_MS;
  for (let seed = 1; seed <= CASES; seed++) {
    const startMs = performance.now();
    try {
      property(seed);
    } catch (cause) {
      throw new Error(`Seed ${seed} fails.`, { cause });
    }
    const nowMs = performance.now();
    if (nowMs - startMs > SLOW_MS) throw new Error(`Seed ${seed} took ${Math.round(nowMs - startMs)} ms.`);
    if (nowMs > endMs) return seed;
  }
  return CASES;
}

const essence = (message: SipMessage) => ({
  start: message.kind === 'request' ? [message.method, message.uri] : [message.status, message.reason],
  fields: message.headers.fields
    .filter(({ name }) => name !== 'Content-Length')
    .map(({ name, value }) => `${name}: ${value}`),
  body: message.body.toString('latin1'),
});

/** Text out of the pieces that header values are made of. */
function valueText(random: Random, pieces: readonly string[]): string {
  let text = '';
  for (let count = 1 + random(12); count > 0; count--) text += pick(pieces, random);
  return text;
}

describe('mutated messages', () => {
  test(`never make the parser throw or linger, and what it accepts comes back the same`, { timeout: 3_700_000 }, () => {
    let accepted = 0;
    const cases = check((seed) => {
      const parsed = parseMessage(mutant(seed));
      if (!parsed.ok) {
        if (parsed.request !== undefined)
          serializeMessage(createResponse(parsed.request, parsed.status, { toTag: 'x' }));
        return;
      }
      accepted++;
      if (parsed.message.headers.fields.length >= 199) return;
      const again = parseMessage(serializeMessage(parsed.message));
      if (!again.ok) throw new Error(again.reason);
      if (JSON.stringify(essence(again.message)) !== JSON.stringify(essence(parsed.message))) {
        expect(essence(again.message)).toEqual(essence(parsed.message));
      }
    });
    expect(accepted).toBeGreaterThan(cases / 20);
    expect(accepted).toBeLessThan(cases);
  });

  test('never make the framer throw, lose its limit or depend on how they are split', { timeout: 3_700_000 }, () => {
    check((seed) => {
      const random = generator(seed);
      const stream = Buffer.concat([mutant(seed), mutant(seed + 1), mutant(seed + 2)]);
      const whole = new StreamFramer().push(stream);
      const framer = new StreamFramer();
      const pieces = [];
      for (let at = 0; at < stream.length; ) {
        const length = 1 + random(random(3) === 0 ? 3 : 900);
        pieces.push(...framer.push(stream.subarray(at, at + length)));
        at += length;
      }
      const shown = (events: typeof whole) =>
        events
          .map((event) => (event.kind === 'ping' ? '' : `${event.kind} ${event.bytes.toString('latin1')}`))
          .join('|');
      if (shown(pieces) !== shown(whole)) throw new Error('split differently');
    });
  });
});

describe('random header values', () => {
  const words = ['a', 'Bob', '1', '5060', 'example.com', '10.0.0.1', '2001:db8::1', 'tag', 'lr', '%41', '%', '\u00fc'];
  const marks = ['"', '\\', '<', '>', ';', ',', '=', ':', '@', '?', '&', '[', ']', ' ', '\t', '/', '*', '#', '+', '-'];
  const starts = ['sip:', 'sips:', 'tel:', 'SIP/2.0/UDP ', '"A" <sip:', '<sip:'];

  test('come back the same from each parser that accepts them', { timeout: 3_700_000 }, () => {
    let accepted = 0;
    check((seed) => {
      const random = generator(seed);
      const text = pick(starts, random) + valueText(random, random(2) === 0 ? words : [...words, ...marks]);
      const uri = parseUri(text);
      const address = parseNameAddr(text) ?? parseNameAddr(`${text}>;tag=x`);
      const via = parseVia(text);
      if (uri !== undefined) expect(parseUri(formatUri(uri))).toEqual(uri);
      if (address !== undefined) expect(parseNameAddr(formatNameAddr(address))).toEqual(address);
      if (via !== undefined) expect(parseVia(formatVia(via))).toEqual(via);
      if (uri !== undefined || address !== undefined || via !== undefined) accepted++;
    });
    expect(accepted).toBeGreaterThan(100);
  });
});
