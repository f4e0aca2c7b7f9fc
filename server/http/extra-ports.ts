import type { DialectName } from './dialect.ts';

/** A port that clients of one API have in their code, beside the main one. */
export interface ExtraPort {
  /** Setting under `http` in config.json: a port, or null for none. */
  readonly setting: 'vaSocketPort' | 'voicePort' | 'voiceraPort';
  readonly port: number;
  /** What it is for, as the start prints it. */
  readonly what: string;
  /** Whose requests come in by it; undefined for a port that has nothing but sockets. */
  readonly pinned: DialectName | undefined;
}

export type ExtraPortSettings = Readonly<Partial<Record<ExtraPort['setting'], number | null>>>;

/** On when free: an extra port that somebody else has is only a warning. */
export const extraPorts: readonly ExtraPort[] = [
  { setting: 'vaSocketPort', port: 3008, what: 'live sockets of the va_ API', pinned: undefined },
  { setting: 'voicePort', port: 7860, what: 'voice socket of the VoiceERA API', pinned: undefined },
  { setting: 'voiceraPort', port: 8000, what: 'VoiceERA API', pinned: 'voicera' },
];
