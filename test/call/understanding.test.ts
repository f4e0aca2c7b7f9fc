import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSttModel } from '../../models/manifest.ts';
import { starterSttFolder } from '../../models/starter.ts';
import { VirtualClock } from '../../server/lifetime/virtual-clock.ts';
import { createOnlineRecognizer } from '../../server/providers/stt/sherpa-streaming/engine.ts';
import { recognizerConfig } from '../../server/providers/stt/sherpa-streaming/recognizer-config.ts';
import { SherpaStreamingStt } from '../../server/providers/stt/sherpa-streaming/sherpa-streaming.ts';
import { joined, loadSpeaker, type Speaker, silence } from '../fixtures/spoken.ts';
import { questionSet, recorded, tally } from '../fixtures/understanding/judge.ts';

const rightAtLeast = 28;
const { questions, unanswerable } = questionSet;

describe('the sample agent, asked in writing', () => {
  test('answers every question with the right fact', async () => {
    const result = await tally(questions.map((question) => ({ ...question, heard: question.ask })));
    expect(result).toEqual({ right: questions.length, wrong: [], unanswered: [] });
  });

  test('states no fact when asked about something that its facts do not hold', async () => {
    const result = await tally(unanswerable.map((ask) => ({ ask, heard: ask })));
    expect(result.wrong).toEqual([]);
  });

  test.each(['rms', 'awb', 'slt'] as const)('makes enough of what the recogniser once heard from %s', async (voice) => {
    const heard = recorded[voice];
    const asked = questions.map((question, index) => ({ ...question, heard: heard.questions[index] ?? '' }));
    const result = await tally(asked);
    expect(result.wrong).toEqual([]);
    expect(result.right).toBeGreaterThanOrEqual(rightAtLeast);
    const others = await tally(unanswerable.map((ask, index) => ({ ask, heard: heard.unanswerable[index] ?? '' })));
    expect(others.wrong).toEqual([]);
  });
});

describe('the sample agent, asked over a telephone line by a voice that the recogniser never heard', () => {
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

  /** One spoken turn, streamed in 20 ms frames. */
  async function hear(text: string): Promise<string> {
    const stream = stt.open(() => {});
    const samples = joined(silence(300), speaker.say(text, 'rms'), silence(300));
    for (let position = 0; position < samples.length; position += 160) {
      stream.push({ samples: samples.subarray(position, position + 160), sampleRate: 8_000, position });
      clock.advanceSync(20);
    }
    const heard = await stream.endTurn();
    stream.close();
    return heard;
  }

  test(`gets at least ${rightAtLeast} of ${questions.length} questions right and none wrong`, async () => {
    const asked = [];
    for (const question of questions) asked.push({ ...question, heard: await hear(question.ask) });
    const result = await tally(asked);
    console.log(
      `Understanding: ${result.right} of ${questions.length} right.\nUnanswered:\n${result.unanswered.join('\n')}`,
    );
    expect(result.wrong).toEqual([]);
    expect(result.right).toBeGreaterThanOrEqual(rightAtLeast);
  });

  test('states no fact when asked about something that its facts do not hold', async () => {
    const asked = [];
    for (const ask of unanswerable) asked.push({ ask, heard: await hear(ask) });
    expect((await tally(asked)).wrong).toEqual([]);
  });
});
