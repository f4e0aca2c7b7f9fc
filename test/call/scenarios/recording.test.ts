import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting, type HouseOptions } from '../../support/house-in-one/build-house.ts';
import type { House } from '../../support/house-in-one/house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';
import { WordListener } from '../../support/house-in-one/word-tones.ts';

const announcement = 'This call is recorded.';
const hours = 'We are open from nine to five, Monday to Friday.';
const brain = answersByKeyword({ hours });
const recorded: HouseOptions = { brain, agent: { recordingEnabled: true } };
const headerBytes = 44;

/** The words of both sides of a stereo recording: caller left, agent right. */
function wordsIn(house: House, path: string): { readonly caller: string; readonly agent: string } {
  const bytes = readFileSync(path);
  const samples = new Int16Array(new Uint8Array(bytes.subarray(headerBytes)).buffer);
  const [caller, agent] = [0, 1].map((side) => {
    const words: string[] = [];
    const listener = new WordListener(house.parts.tones, ({ text, isWhole }) =>
      words.push(isWhole ? text : `${text}—`),
    );
    const frame = new Int16Array(160);
    for (let at = 0; at + frame.length * 2 <= samples.length; at += frame.length * 2) {
      frame.forEach((_, index) => (frame[index] = samples[at + index * 2 + side] ?? 0));
      listener.push(frame, 8_000, at / 16);
    }
    listener.flush();
    return words.join(' ');
  });
  return { caller: caller ?? '', agent: agent ?? '' };
}

/** From now on no open file can grow, as on a full disk; what is there can be overwritten. Ends with the test. */
async function fillDisk(): Promise<void> {
  const file = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(file) as Pick<FileHandle, 'write'>;
  await file.close();
  const { write } = prototype;
  onTestFinished(() => {
    prototype.write = write;
  });
  const writeWithinSize = async function (this: FileHandle, bytes: Buffer, from: number, length: number, at: number) {
    const { size } = await this.stat();
    if (at + length > size) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    return (await Reflect.apply(write, this, [bytes, from, length, at])) as unknown;
  };
  Object.assign(prototype, { write: writeWithinSize });
}

describe('recording', () => {
  scenario('is announced first, and holds every word of both sides', recorded, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    expect(leg.audio.heard).toBe(`${announcement} ${greeting}`);
    await stage.ask(leg, 'what are your opening hours');
    await stage.hangUp(leg);
    const { recording, path } = house.parts.context.domain.recordings.fileOf(house.callOf(leg).id);
    expect(recording).toMatchObject({ state: 'ready', errorMessage: null, sizeBytes: readFileSync(path).length });
    expect(recording.durationMs).toBeGreaterThan(8_000);
    expect(wordsIn(house, path)).toEqual({
      caller: 'what are your opening hours',
      agent: `${announcement} ${greeting} ${hours}`,
    });
    expect(house.transcriptOf(leg).slice(0, 2)).toEqual([`agent: ${announcement}`, `agent: ${greeting}`]);
  });

  scenario('that is switched off leaves no file and no announcement', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    expect(leg.audio.heard).toBe(greeting);
    await stage.ask(leg, 'what are your opening hours');
    await stage.hangUp(leg);
    expect(house.parts.context.domain.recordings.find(house.callOf(leg).id)).toBeUndefined();
    expect(existsSync(join(house.parts.dataFolder, 'recordings'))).toBe(false);
    const files = readdirSync(house.parts.dataFolder, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /wav|part/.test(file))).toEqual([]);
  });

  scenario('of two calls at once mixes nothing', recorded, async (stage) => {
    const { house } = stage;
    const one = await stage.greetedCall();
    const two = await stage.greetedCall();
    await stage.say(one, 'this is the first caller');
    await stage.say(two, 'and this is the second one');
    await stage.untilQuiet(two);
    two.hangUp();
    await stage.hangUp(one);
    const { recordings } = house.parts.context.domain;
    const [first, second] = [one, two].map((leg) => wordsIn(house, recordings.fileOf(house.callOf(leg).id).path));
    expect(first?.caller).toBe('this is the first caller');
    expect(second?.caller).toBe('and this is the second one');
  });

  scenario('of a held call is silent while it is held', recorded, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.hold();
    await house.pass(200);
    leg.audio.mute(true);
    await house.pass(5_000);
    leg.audio.mute(false);
    leg.resume();
    await house.pass(300);
    await stage.ask(leg, 'what are your opening hours');
    await stage.hangUp(leg);
    const { recording, path } = house.parts.context.domain.recordings.fileOf(house.callOf(leg).id);
    expect(wordsIn(house, path).caller).toBe('what are your opening hours');
    expect(recording.durationMs).toBeGreaterThan(13_000);
  });

  scenario('that meets a full disk is marked, and the call goes on', recorded, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await house.pass(1_500);
    await fillDisk();
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    expect(await stage.ask(leg, 'sorry what are your hours')).toBe(hours);
    await stage.hangUp(leg);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
    const { recording, path } = house.parts.context.domain.recordings.fileOf(house.callOf(leg).id);
    expect(recording.state).toBe('partial');
    expect(recording.errorMessage).toContain('no space left');
    expect(wordsIn(house, path)).toEqual({ caller: '', agent: `${announcement} ${greeting}` });
  });

  scenario('that cannot even begin is marked, and the call goes on', recorded, async (stage) => {
    const { house } = stage;
    await fillDisk();
    const leg = await stage.greetedCall();
    expect(leg.audio.heard).toBe(`${announcement} ${greeting}`);
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    await stage.hangUp(leg);
    expect(house.parts.context.domain.recordings.find(house.callOf(leg).id)).toMatchObject({
      state: 'missing',
      errorMessage: expect.stringContaining('no space left') as string,
    });
  });
});
