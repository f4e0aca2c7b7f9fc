import { expect, test } from 'vitest';
import type { VoicemailPlan } from '../../domain/calls/outbound-order.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { LegEvent } from '../../media/media-engine.ts';
import { VoicemailGuard } from './voicemail-guard.ts';

const leave: VoicemailPlan = { action: 'leave-message', message: 'Please call us back.' };

function open(plan: VoicemailPlan) {
  const clock = new VirtualClock();
  const beganAtMs = clock.now();
  const done: string[] = [];
  const note = (what: string) => {
    done.push(`${what} at ${Math.round((clock.now() - beganAtMs) / 100) / 10}`);
    return Promise.resolve();
  };
  const guard = new VoicemailGuard({
    callId: 'c',
    plan,
    actions: {
      answeredBy: (who) => note(who),
      silenceAgent: () => note('silence'),
      say: (message) => note(`say "${message}"`),
      hangup: () => void note('hang up'),
    },
    clock,
    log: silentLogger,
  });
  guard.start();
  const event = (kind: 'onset' | 'stopped' | 'beep') => {
    const [atMs, positionMs] = [clock.now(), clock.now() - beganAtMs];
    const events: Record<typeof kind, LegEvent> = {
      onset: { kind: 'voice-onset', atMs, positionMs, pausedPlayback: false },
      stopped: { kind: 'voice-stopped', atMs, positionMs, lastVoicedAtMs: atMs, lastVoicedPositionMs: positionMs },
      beep: { kind: 'beep', atMs, positionMs, frequencyHz: 1_000, lastedMs: 300 },
    };
    guard.heard(events[kind]);
  };
  const voice = async (lengthMs: number) => {
    event('onset');
    await clock.advance(lengthMs);
    event('stopped');
  };
  return { clock, done, event, guard, voice };
}

test('a machine is hung up on while it still greets', async () => {
  const { clock, done, voice } = open({ action: 'hang-up' });
  await clock.advance(500);
  await voice(9_000);
  expect(done).toEqual(['voicemail at 5', 'hang up at 5']);
  expect(clock.pendingCount).toBe(0);
});

test('a person keeps the call, and is listened to for a beep no longer than needed', async () => {
  const { clock, done, voice } = open({ action: 'hang-up' });
  await clock.advance(500);
  await voice(700);
  await clock.advance(3_000);
  await voice(8_000);
  await clock.advance(20_000);
  expect(done).toEqual(['human at 2.2']);
  expect(clock.pendingCount).toBe(0);
});

test('the message is left after the beep, and the agent is silent from the verdict on', async () => {
  const { clock, done, event, voice } = open(leave);
  await clock.advance(500);
  await voice(7_500);
  await clock.advance(1_000);
  event('beep');
  await clock.advance(1);
  const said = 'say "Please call us back." at 9';
  expect(done).toEqual(['voicemail at 5', 'silence at 5', 'silence at 9', said, 'hang up at 9']);
});

test('a machine that is recognised by its beep alone is spoken to at once', async () => {
  const { clock, done, event, voice } = open(leave);
  await voice(1_500);
  await clock.advance(2_000);
  event('beep');
  await clock.advance(1);
  expect(done.slice(1)).toEqual([
    'voicemail at 3.5',
    'silence at 3.5',
    'say "Please call us back." at 3.5',
    'hang up at 3.5',
  ]);
});

test('an order that ignores machines listens for none', async () => {
  const { clock, done, event, voice } = open({ action: 'ignore' });
  await voice(9_000);
  event('beep');
  await clock.advance(30_000);
  expect([done, clock.pendingCount]).toEqual([[], 0]);
});
