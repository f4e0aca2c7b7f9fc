import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSttModel } from '../../models/manifest.ts';
import { starterSttFolder } from '../../models/starter.ts';
import { VirtualClock } from '../../server/lifetime/virtual-clock.ts';
import type { SttPartial, SttStream } from '../../server/providers/kinds/stt.ts';
import { createOnlineRecognizer } from '../../server/providers/stt/sherpa-streaming/engine.ts';
import { recognizerConfig } from '../../server/providers/stt/sherpa-streaming/recognizer-config.ts';
import { SherpaStreamingStt } from '../../server/providers/stt/sherpa-streaming/sherpa-streaming.ts';
import { writtenForm } from '../../server/providers/stt/written-form/written-form.ts';
import { joined, loadSpeaker, type Speaker, silence } from '../fixtures/spoken.ts';

describe('the starter recogniser on a telephone line', () => {
  let speaker: Speaker;
  let clock: VirtualClock;
  let stt: SherpaStreamingStt;

  beforeAll(async () => {
    speaker = await loadSpeaker();
    const model = await readSttModel(starterSttFolder);
    clock = new VirtualClock();
    stt = new SherpaStreamingStt(model.manifest, createOnlineRecognizer(recognizerConfig(model)), clock);
  });

  afterAll(() => stt.close());

  function feed(streams: readonly SttStream[], samples: Int16Array, from = 0): number {
    for (let at = 0; at < samples.length; at += 160) {
      const piece = samples.subarray(at, at + 160);
      for (const stream of streams) stream.push({ samples: piece, sampleRate: 8_000, position: from + at });
      clock.advanceSync(20);
    }
    return from + samples.length;
  }

  test('understands a voice that it never heard in training', async () => {
    const stream = stt.open(() => {});
    feed([stream], joined(silence(300), speaker.say('i need to cancel my booking for friday')));
    expect(await stream.endTurn()).toBe('i need to cancel my booking for friday');
    stream.close();
  });

  test('hears a telephone number digit by digit', async () => {
    const stream = stt.open(() => {});
    feed([stream], joined(silence(300), speaker.say('my number is five five five, one two three, four.')));
    const text = await stream.endTurn();
    expect(text).toBe('my number is five five five one two three four');
    expect(writtenForm(text)).toBe('My number is 5551234');
    stream.close();
  });

  test('tells the first words while the caller still speaks, with true audio times', async () => {
    const partials: SttPartial[] = [];
    const stream = stt.open((partial) => partials.push(partial));
    const speech = speaker.say('my number is five five five, one two three, four.');
    feed([stream], joined(silence(300), speech), 8 * 60_000);
    const first = partials[0] as SttPartial;
    expect(first.text.length).toBeGreaterThan(0);
    expect(first.heardUntilMs).toBeGreaterThan(60_300);
    expect(first.heardUntilMs).toBeLessThan(60_300 + 1_300);
    expect(partials.at(-1)?.heardUntilMs).toBeGreaterThan(60_300 + speech.length / 8 - 310);
    stream.close();
  });

  test('keeps the turns of a call apart', async () => {
    const stream = stt.open(() => {});
    const position = feed([stream], joined(silence(300), speaker.say('yes please')));
    expect(await stream.endTurn()).toBe('yes please');
    feed([stream], joined(silence(300), speaker.say('i need to cancel my booking for friday')), position);
    expect(await stream.endTurn()).toBe('i need to cancel my booking for friday');
    stream.close();
  });

  test('hears eight callers at once, each as if alone, in batched steps', async () => {
    const sentences = ['yes please', 'i need to cancel my booking for friday'];
    const streams = Array.from({ length: 8 }, () => stt.open(() => {}));
    const audio = sentences.map((sentence) => joined(silence(300), speaker.say(sentence)));
    const longest = Math.max(...audio.map((samples) => samples.length));
    for (let at = 0; at < longest; at += 160) {
      for (const [caller, stream] of streams.entries()) {
        const samples = (audio[caller % 2] as Int16Array).subarray(at, at + 160);
        stream.push({ samples, sampleRate: 8_000, position: at });
      }
      clock.advanceSync(20);
    }
    const texts = await Promise.all(streams.map((stream) => stream.endTurn()));
    expect(texts).toEqual(streams.map((_, caller) => sentences[caller % 2]));
    for (const stream of streams) stream.close();
  });

  test('hears nothing in silence, however long', async () => {
    const partials: SttPartial[] = [];
    const stream = stt.open((partial) => partials.push(partial));
    feed([stream], silence(90_000));
    expect(await stream.endTurn()).toBe('');
    expect(partials).toEqual([]);
    stream.close();
  });
});
