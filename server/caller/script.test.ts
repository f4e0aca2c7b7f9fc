import { expect, test } from 'vitest';
import { asksForHelp, parseScript } from './script.ts';

test('lines and what is expected of their answers belong together by their order', () => {
  const args = [
    '--expect',
    'hello',
    '--say',
    'one',
    '--expect',
    'a',
    '--expect',
    'b',
    '--barge-in-at',
    '200',
    '--say',
    'two',
  ];
  expect(parseScript(args)).toMatchObject({
    expectGreeting: ['hello'],
    lines: [
      { say: 'one', expect: ['a', 'b'] },
      { say: 'two', bargeInAtMs: 200, expect: [] },
    ],
  });
});

test('everything that is wrong with the options is named at once', () => {
  expect(() => parseScript(['--barge-in-at', 'soon', '--out'])).toThrow(/--barge-in-at "soon".*--out needs a value/);
});

test.each([
  [['--help'], true],
  [['-h'], true],
  [['--say', '--help'], false],
  [[], false],
] as const)('%j asks for the options: %s', (args, asks) => {
  expect(asksForHelp(args)).toBe(asks);
});
