import { expect, test } from 'vitest';
import { MachineWatch, RecordingWatch, type Verdict, type WatchInput } from './machine-watch.ts';

/** Voice from–to in seconds, and beeps, as the line reports them with a tick every 200 ms until `untilS`. */
function reports(voices: readonly (readonly [number, number])[], beeps: readonly number[], untilS: number) {
  const inputs: WatchInput[] = [];
  for (const [from, to] of voices) {
    inputs.push({ kind: 'voice-onset', positionMs: from * 1_000 });
    inputs.push({ kind: 'voice-stopped', positionMs: to * 1_000 });
  }
  for (const at of beeps) inputs.push({ kind: 'beep', positionMs: at * 1_000 });
  for (let at = 200; at <= untilS * 1_000; at += 200) inputs.push({ kind: 'time', positionMs: at });
  return inputs.sort((a, b) => a.positionMs - b.positionMs);
}

function verdicts(voices: readonly (readonly [number, number])[], beeps: readonly number[] = [], untilS = 30) {
  const watch = new MachineWatch();
  return reports(voices, beeps, untilS).flatMap((input): (Verdict & { atMs: number })[] => {
    const verdict = watch.take(input);
    return verdict ? [{ ...verdict, atMs: input.positionMs }] : [];
  });
}

test('a person who says hello and waits is a person, as soon as they wait', () => {
  expect(verdicts([[0.4, 0.9]])).toMatchObject([{ answeredBy: 'human', by: 'pause', atMs: 2_000 }]);
  const named = verdicts([
    [0.8, 2.1],
    [2.3, 4.4],
    [7, 14],
  ]);
  expect(named).toMatchObject([{ answeredBy: 'human', by: 'pause' }]);
  expect(verdicts([[9, 16]])).toMatchObject([{ answeredBy: 'human' }]);
  expect(verdicts([])).toMatchObject([{ answeredBy: 'human', by: 'time' }]);
});

test('a short hello is never a machine, whenever and however often it is said', () => {
  for (let at = 0; at < 20; at += 0.7) {
    for (const length of [0.2, 0.5, 0.9, 1.5, 2.5, 3.9]) {
      const said = verdicts([
        [at, at + length],
        [at + length + 2, at + length + 2.5],
      ]);
      expect(said.map(({ answeredBy }) => answeredBy)).toEqual(['human']);
    }
  }
});

test('a greeting without a pause is a machine while it still talks', () => {
  expect(verdicts([[0.6, 12]])).toMatchObject([{ answeredBy: 'voicemail', by: 'long-greeting', atMs: 5_200 }]);
  const breathing = verdicts([
    [0.5, 2],
    [2.3, 4],
    [4.4, 9],
  ]);
  expect(breathing).toMatchObject([{ answeredBy: 'voicemail', by: 'long-greeting', mayRecord: false }]);
});

test('a beep gives a machine away that spoke like a person; a late one belongs to something else', () => {
  const short = verdicts([[0.5, 2.5]], [5]);
  expect(short).toMatchObject([{ answeredBy: 'human' }, { answeredBy: 'voicemail', by: 'beep', mayRecord: true }]);
  expect(verdicts([], [1])).toMatchObject([{ answeredBy: 'voicemail', by: 'beep' }]);
  expect(verdicts([[0.5, 1]], [26])).toMatchObject([{ answeredBy: 'human' }]);
});

test('the message begins at the beep, else when the machine has fallen silent, else after a while', () => {
  const begins = (voices: readonly (readonly [number, number])[], beeps: readonly number[]) => {
    const watch = new RecordingWatch(5_000);
    const inputs = reports(voices, beeps, 60).filter(({ positionMs }) => positionMs >= 5_000);
    return inputs.filter((input) => watch.take(input)).map(({ positionMs }) => positionMs);
  };
  expect(begins([[4.9, 9]], [10])).toEqual([10_000]);
  expect(begins([[4.9, 9]], [])).toEqual([11_600]);
  expect(
    begins(
      [
        [4.9, 9],
        [10.5, 12],
      ],
      [13],
    ),
  ).toEqual([13_000]);
  expect(begins([[4.9, 59]], [])).toEqual([45_000]);
});
