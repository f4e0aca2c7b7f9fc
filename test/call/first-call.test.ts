import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readWav } from '../../server/media/record/wav.ts';

const cli = join(import.meta.dirname, '..', '..', 'server', 'cli.ts');

/** What `npm run call -- …` runs, on a data folder on which no appliance runs. `audio` is where it saves both sides. */
async function call(...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'landline-first-call-'));
  const child = spawn(process.execPath, [cli, 'call', '--out', folder, ...args], {
    env: { ...process.env, LANDLINE_DATA: join(folder, 'nobody') },
  });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    texts.out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    texts.err += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  const audio = readdirSync(folder).map((name) => ({ name, ...readWav(readFileSync(join(folder, name))) }));
  rmSync(folder, { recursive: true, force: true });
  return { code, ...texts, audio };
}

describe.concurrent('npm run call where no appliance runs', () => {
  test('starts one, prints the turn timeline, saves both sides and exits 0', async () => {
    const { audio, code, err, out } = await call(
      '--say',
      'What are your opening hours?',
      '--expect',
      'nine',
      '--say',
      'Thank you, goodbye',
    );
    expect(code, out + err).toBe(0);
    expect(out).toMatch(/greeting {3}after \d+ ms: .*Sunrise Clinic/);
    expect(out).toMatch(/it said {4}.*nine to five/);
    expect(out.match(/turn gap {3}\d+ ms on the wire/g)).toHaveLength(2);
    expect(audio.map(({ name }) => name).sort()).toEqual(['agent.wav', 'caller.wav']);
    for (const { channels, sampleRate } of audio) {
      expect(sampleRate).toBe(8_000);
      expect(channels[0]?.some((sample) => Math.abs(sample) > 3_000)).toBe(true);
    }
  });

  test('exits 1 and says why when an expectation does not hold', async () => {
    const { code, out } = await call('--json', '--say', 'What are your opening hours?', '--expect', 'midnight');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, lines: [{ missing: ['midnight'] }] });
  });

  test('names everything that is wrong with its arguments before it calls anybody', async () => {
    const { audio, code, err } = await call('--shout', 'x', '--barge-in-at', 'soon');
    expect(code).toBe(1);
    expect(err).toMatch(/--shout.*--barge-in-at "soon".*nothing to say/s);
    expect(audio).toEqual([]);
  });
});
