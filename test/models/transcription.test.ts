import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SpeechHostTranscriber } from '../../server/calls/transcription/recording-transcriber.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { writeWav } from '../../server/media/record/wav.ts';
import { SpeechClient } from '../../server/providers/host/speech-client.ts';
import { starterSpeech } from '../../server/providers/registry.ts';
import { writtenForm } from '../../server/providers/stt/written-form/written-form.ts';
import { joined, loadSpeaker, silence } from '../fixtures/spoken.ts';

describe('a recording is heard with the recogniser that calls use', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landline-transcription-'));
  const client = new SpeechClient({ settings: starterSpeech, logger: silentLogger, onState: () => {} });

  beforeAll(() => client.start());
  afterAll(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  const transcribe = (name: string, sampleRate: number, channels: readonly Int16Array[]) => {
    const path = join(folder, name);
    writeFileSync(path, writeWav({ sampleRate, channels }));
    return new SpeechHostTranscriber({ speech: client, writtenForm, clock: realClock }).transcribe('call', path);
  };

  test('each side by itself, in the order in which they spoke, with true times', async () => {
    const speaker = await loadSpeaker();
    const first = speaker.say('i need to cancel my booking for friday');
    const second = speaker.say('my number is five five five, one two three, four.');
    const answer = speaker.say('what is your number', 'slt');
    const caller = joined(silence(500), first, silence(3_000), second, silence(1_500));
    const agent = joined(silence(500 + first.length / 8 + 800), answer);
    const turns = await transcribe('two-sides.wav', 8_000, [caller, agent]);
    expect(turns.map(({ role }) => role)).toEqual(['caller', 'agent', 'caller']);
    expect(turns[0]?.text).toMatch(/cancel my booking for Friday/i);
    expect(turns[2]?.text).toBe('My number is 5551234');
    expect(turns[0]?.startMs).toBeGreaterThan(200);
    expect(turns[0]?.startMs).toBeLessThan(700);
    expect(turns[2]?.startMs).toBeGreaterThan(500 + first.length / 8 + 2_500);
    expect(turns.every(({ provider }) => provider === 'starter-stt-en')).toBe(true);
  });

  test('silence is nothing said', async () => {
    expect(await transcribe('silence.wav', 8_000, [silence(3_000), silence(3_000)])).toEqual([]);
  });

  test('a wideband line is heard, too', async () => {
    const speaker = await loadSpeaker();
    const narrow = joined(silence(1_500), speaker.say('i need to cancel my booking for friday'), silence(1_000));
    const wide = Int16Array.from({ length: narrow.length * 2 }, (_, at) => narrow[at >> 1] ?? 0);
    const turns = await transcribe('wide.wav', 16_000, [wide, new Int16Array(wide.length)]);
    expect(turns).toHaveLength(1);
    expect(turns[0]?.text).toMatch(/booking/i);
  });

  test('what is no recording is refused', async () => {
    const path = join(folder, 'text.wav');
    writeFileSync(path, 'this is no sound file, however long it may be; it has more than 44 bytes');
    const transcriber = new SpeechHostTranscriber({ speech: client, writtenForm, clock: realClock });
    await expect(transcriber.transcribe('call', path)).rejects.toMatchObject({ code: 'bad-wav' });
  });
});
