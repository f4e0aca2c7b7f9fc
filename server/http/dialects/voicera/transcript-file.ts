import type { Turn } from '../../../domain/calls/call.ts';
import { transcriptToWire } from './call-logs.wire.ts';

export const transcriptFormats = ['txt', 'json', 'srt'] as const;
export type TranscriptFormat = (typeof transcriptFormats)[number];

export const transcriptTypes: Readonly<Record<TranscriptFormat, string>> = {
  txt: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
};

/** What was said, as a file of its own. */
export function transcriptFile(callId: string, turns: readonly Turn[], format: TranscriptFormat): string {
  switch (format) {
    case 'txt':
      return turns.map((turn) => `${speaker(turn)}: ${turn.text}\n`).join('');
    case 'json':
      return `${JSON.stringify(transcriptToWire(callId, turns), null, 2)}\n`;
    case 'srt':
      return turns.map(toCue).join('\n');
  }
}

/** A numbered cue with its times; an empty line would end it, so it holds none. */
function toCue(turn: Turn, index: number): string {
  const text = `${speaker(turn)}: ${turn.text.replaceAll(/\s*\n\s*/g, ' ')}`;
  return `${index + 1}\n${cueTime(turn.startMs)} --> ${cueTime(Math.max(turn.endMs, turn.startMs))}\n${text}\n`;
}

/** `00:01:02,345` */
function cueTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
  const [hours, minutes, seconds] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60, whole / 1_000];
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(Math.floor(seconds) % 60, 2)},${pad(whole % 1_000, 3)}`;
}

function speaker({ role }: Turn): string {
  return role === 'caller' ? 'User' : 'Agent';
}
