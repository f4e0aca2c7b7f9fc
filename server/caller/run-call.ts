import { randomInt } from 'node:crypto';
import { type Clock, delay, realClock } from '../lifetime/clock.ts';
import { AgentVoice } from './agent-voice.ts';
import { type HeardFrame, RtpPhone } from './rtp-phone.ts';
import type { CallScript, ScriptLine } from './script.ts';
import { SipCall } from './sip-call.ts';

/** The agent must have been quiet for this long before the caller takes the floor. */
const floorQuietMs = 900;
const greetingTimeoutMs = 8_000;
const answerTimeoutMs = 12_000;
const longestAnswerMs = 45_000;
/** After the last answer the agent gets this long to hang up by itself. */
const byeTimeoutMs = 6_000;

/** What happened on the wire for one line of the script. Times are clock milliseconds. */
export interface LineOnTheWire {
  readonly said: string;
  readonly startMs: number;
  /** End of the caller's last voiced frame. */
  readonly lastVoicedMs: number;
  /** First voiced packet of the agent after that; undefined when no answer came. */
  readonly answerMs: number | undefined;
  /** Barge-in: how long the agent still spoke after the caller's first frame. */
  readonly agentStoppedAfterMs: number | undefined;
}

export interface CallOnTheWire {
  readonly from: string;
  readonly answeredAtMs: number;
  readonly greetingAtMs: number | undefined;
  readonly lines: readonly LineOnTheWire[];
  readonly endedBy: 'us' | 'them' | undefined;
  readonly endedAtMs: number;
  readonly heard: readonly HeardFrame[];
  readonly said: readonly { readonly atMs: number; readonly samples: Int16Array }[];
}

/** Audio of a script line, 8 kHz. */
export type LineAudio = (line: ScriptLine) => Promise<Int16Array>;

/** Places the call, speaks the script's lines as a polite (or interrupting) caller would, and hangs up. */
export async function runCall(
  uri: string,
  script: CallScript,
  audioOf: LineAudio,
  clock: Clock = realClock,
): Promise<CallOnTheWire> {
  const audios = await Promise.all(script.lines.map(audioOf));
  const from = `caller-${randomInt(1e9)}`;
  const call = await SipCall.open({ uri, from, clock });
  const phone = await RtpPhone.open(call.localAddress, clock);
  try {
    const voice = new AgentVoice(phone, clock);
    call.onEnded(() => voice.stop());
    phone.start(await call.invite(phone.port));
    const answeredAtMs = clock.now();
    const greetingAtMs = await voice.firstAfter(0, greetingTimeoutMs);
    const lines: LineOnTheWire[] = [];
    let floorSinceMs = 0;
    for (const [index, line] of script.lines.entries()) {
      if (call.endedBy !== undefined) break;
      await takeFloor(line, voice, floorSinceMs, clock);
      const spoken = await speak(line, audios[index] as Int16Array, phone, voice, clock);
      lines.push(spoken);
      floorSinceMs = spoken.lastVoicedMs;
    }
    await lastWords(call, voice, floorSinceMs, clock);
    await call.hangup();
    return {
      from,
      answeredAtMs,
      greetingAtMs,
      lines,
      endedBy: call.endedBy,
      endedAtMs: clock.now(),
      heard: phone.heard,
      said: phone.said,
    };
  } finally {
    call.close();
    phone.close();
  }
}

async function takeFloor(line: ScriptLine, voice: AgentVoice, sinceMs: number, clock: Clock): Promise<void> {
  if (line.bargeInAtMs === undefined) {
    await voice.quietAfter(sinceMs, floorQuietMs, longestAnswerMs);
    return;
  }
  const startMs = await voice.firstAfter(sinceMs, answerTimeoutMs);
  if (startMs !== undefined) await delay(clock, startMs + line.bargeInAtMs - clock.now());
}

async function speak(
  line: ScriptLine,
  samples: Int16Array,
  phone: RtpPhone,
  voice: AgentVoice,
  clock: Clock,
): Promise<LineOnTheWire> {
  const startMs = clock.now();
  const lastVoicedMs = await phone.say(samples);
  const during = voice.stretches.at(-1);
  const interrupted = line.bargeInAtMs !== undefined && during !== undefined && during.endMs > startMs;
  const answerMs = await voice.firstAfter(lastVoicedMs, answerTimeoutMs);
  return {
    said: line.say ?? line.wav ?? '',
    startMs,
    lastVoicedMs,
    answerMs,
    agentStoppedAfterMs: interrupted ? during.endMs - startMs : undefined,
  };
}

/** Lets the agent finish its last answer and hang up by itself if it wants to. */
async function lastWords(call: SipCall, voice: AgentVoice, sinceMs: number, clock: Clock): Promise<void> {
  await voice.quietAfter(sinceMs, floorQuietMs, longestAnswerMs);
  const deadlineMs = clock.now() + byeTimeoutMs;
  while (call.endedBy === undefined && clock.now() < deadlineMs) await delay(clock, 50);
}
