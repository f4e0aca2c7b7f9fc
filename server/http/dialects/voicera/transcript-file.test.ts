import { expect, test } from 'vitest';
import type { Turn } from '../../../domain/calls/call.ts';
import { transcriptFile } from './transcript-file.ts';

function turn(role: Turn['role'], text: string, startMs: number, endMs: number): Turn {
  const rest = { callId: 'c', seq: 1, interrupted: false, provider: 'test', marks: {}, createdAtMs: 0 };
  return { ...rest, role, text, startMs, endMs };
}

test('subtitles have numbered cues with their times to the millisecond', () => {
  const turns = [turn('caller', 'Hello', 59_999.6, 61_000), turn('agent', 'Hi', 3_599_999, 3_600_001)];
  expect(transcriptFile('c', turns, 'srt')).toBe(
    '1\n00:01:00,000 --> 00:01:01,000\nUser: Hello\n\n2\n00:59:59,999 --> 01:00:00,001\nAgent: Hi\n',
  );
});

test('a turn of several lines is one cue, and one that ends before it starts ends where it starts', () => {
  const text = transcriptFile('c', [turn('agent', 'One\n\nTwo', 1_000, 0)], 'srt');
  expect(text).toBe('1\n00:00:01,000 --> 00:00:01,000\nAgent: One Two\n');
});

test('a call in which nobody spoke has an empty transcript', () => {
  expect([transcriptFile('c', [], 'txt'), transcriptFile('c', [], 'srt')]).toEqual(['', '']);
  expect(JSON.parse(transcriptFile('c', [], 'json'))).toEqual({ call_id: 'c', transcript: '', segments: [] });
});
