import { describe, expect, test } from 'vitest';
import { parseMessage } from './parse-message.ts';
import { serializeMessage } from './serialize-message.ts';
import { INVALID } from './torture-invalid.ts';
import { type TortureMessage, VALID } from './torture-valid.ts';

const bytesOf = ({ bytes, lines }: TortureMessage): Buffer => bytes ?? Buffer.from(lines.join('\r\n'));

describe('sound but unusual messages', () => {
  test.each(VALID)('$name', (torture) => {
    const parsed = parseMessage(bytesOf(torture));
    expect(parsed).toMatchObject({ ok: true });
    if (!parsed.ok) return;
    const again = parseMessage(serializeMessage(parsed.message));
    if (!again.ok) throw new Error(`What we write of it does not parse: ${again.reason}`);
    const withoutLength = ({ fields }: { readonly fields: readonly { name: string; value: string }[] }) =>
      fields.filter(({ name }) => name !== 'Content-Length').map(({ name, value }) => [name, value]);
    expect(withoutLength(again.message.headers)).toEqual(withoutLength(parsed.message.headers));
    expect(again.message.body).toEqual(parsed.message.body);
  });
});

describe('broken messages', () => {
  test.each(INVALID)('$name → $answer', ({ text, answer }) => {
    const parsed = parseMessage(Buffer.from(text));
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.request === undefined ? 'silent' : parsed.status).toBe(answer);
  });
});
