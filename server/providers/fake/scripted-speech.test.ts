import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import type { AudioSink } from '../../media/frame.ts';
import type { SttPartial } from '../kinds/stt.ts';
import { ScriptedSpeech } from './scripted-speech.ts';

const rate = 8_000;

async function rehearsal(lines: readonly string[]) {
  const clock = new VirtualClock();
  const speech = new ScriptedSpeech({ clock, lines: () => lines });
  const partials: SttPartial[] = [];
  const sinks: AudioSink[] = [];
  const recognition = await speech.openRecognition('call', {
    partial: (partial) => void partials.push(partial),
    restarted: (sink) => void sinks.push(sink),
  });
  sinks.push(recognition.sink);
  let position = 0;
  const hears = (durationMs: number, level: number) => {
    const sink = sinks.at(-1);
    for (let at = 0; at < durationMs; at += 20) {
      if (sink?.kind === 'function')
        sink.push({ samples: new Int16Array(160).fill(level), sampleRate: rate, position });
      position += 160;
    }
  };
  const endTurn = async () => {
    const text = recognition.endTurn();
    text.catch(() => {});
    await clock.advance(50);
    return text;
  };
  return { clock, speech, partials, hears, endTurn };
}

describe('scripted speech', () => {
  test('hears the next line in each stretch of voice, word by word', async () => {
    const { partials, hears, endTurn } = await rehearsal(['what are your hours', 'goodbye']);
    hears(500, 0);
    hears(1_000, 3_000);
    expect(partials.map(({ text }) => text)).toEqual(['what', 'what are', 'what are your', 'what are your hours']);
    expect(partials.at(-1)?.heardUntilMs).toBe(1_500);
    expect(await endTurn()).toBe('what are your hours');
    hears(800, 0);
    hears(200, 3_000);
    expect(await endTurn()).toBe('goodbye');
    hears(200, 3_000);
    expect(await endTurn()).toBe('');
  });

  test('hears one line across a pause inside it, and nothing in a noise', async () => {
    const { hears, endTurn } = await rehearsal(['one two three four', '', 'last']);
    hears(500, 3_000);
    hears(600, 10);
    hears(500, 3_000);
    expect(await endTurn()).toBe('one two three four');
    hears(800, 0);
    hears(300, 3_000);
    hears(800, 0);
    expect(await endTurn()).toBe('');
  });

  test('doesn’t know what comes after a pause before it is said', async () => {
    const { hears, endTurn } = await rehearsal(['one two|three four', 'next']);
    hears(500, 3_000);
    hears(500, 0);
    expect(await endTurn()).toBe('one two');
    hears(200, 0);
    hears(500, 3_000);
    hears(800, 0);
    expect(await endTurn()).toBe('three four');
    hears(300, 3_000);
    expect(await endTurn()).toBe('next');
  });

  test('loses the turn in a crash, and comes back with a new sink', async () => {
    const { clock, speech, hears, endTurn } = await rehearsal(['lost words', 'found words']);
    hears(500, 3_000);
    speech.crash();
    await expect(endTurn()).rejects.toMatchObject({ code: 'speech-lost' });
    const synthesis = speech.synthesize({ text: 'Hello', sampleRate: rate }, new AbortController().signal).next();
    await expect(synthesis).rejects.toMatchObject({ code: 'speech-lost' });
    await clock.advance(300);
    hears(500, 3_000);
    expect(await endTurn()).toBe('found words');
    expect(clock.pendingCount).toBe(0);
  });

  test('speaks as long as its text, audibly', async () => {
    const { clock, speech } = await rehearsal([]);
    const next = speech.synthesize({ text: 'Hello there', sampleRate: rate }, new AbortController().signal).next();
    await clock.advance(100);
    const { value } = await next;
    expect(value?.samples.length).toBe(Math.round((speech.voice.lengthMs('Hello there') * rate) / 1_000));
    expect(Math.max(...(value?.samples ?? []))).toBeGreaterThan(3_000);
  });
});
