import { describe, expect, test } from 'vitest';
import { address, hours, RehearsedCall } from '../../test/support/rehearsal/rehearsed-call.ts';
import { endOfTurnDefaults } from './end-of-turn/turn-detector.ts';

/** From the decision that the turn is over to the packet on the line, at most. */
const playoutMs = 80;

/** From the caller's last voiced frame to the first packet of what was said next. */
function gapMs(call: RehearsedCall): number {
  const first = call.line.packets.find(({ atMs }) => atMs > call.caller.lastVoicedAtMs);
  return (first?.atMs ?? Infinity) - call.caller.lastVoicedAtMs;
}

describe('greeting', () => {
  test('is audible one packet after the start when it was prepared', async () => {
    const call = new RehearsedCall({ greeting: 'Hello {{name}}, this is Ada.', contextData: { name: 'John' } });
    await call.prepare();
    const startedMs = call.clock.now();
    call.conversation.start();
    await call.pass(100);
    expect((call.line.packets[0]?.atMs ?? 0) - startedMs).toBeLessThanOrEqual(20);
    await call.untilAgentIsSilent();
    expect(call.transcript).toEqual(['agent: Hello John, this is Ada.']);
    await call.hangUp();
  });

  test('comes after the recording announcement, which no voice can pause', async () => {
    const call = new RehearsedCall({ announcement: 'This call is recorded.' });
    await call.prepare();
    call.conversation.start();
    await call.pass(200);
    expect(call.line.bargeInAllowed).toBe(false);
    await call.caller.says('hello hello');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(0, 2)).toEqual(['agent: This call is recorded.', 'agent: Hello, this is Ada.']);
    expect(call.line.bargeInAllowed).toBe(true);
    await call.hangUp();
  });
});

describe('a turn', () => {
  test('is answered within 900 ms, and recorded with marks in order', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(gapMs(call)).toBeLessThanOrEqual(endOfTurnDefaults.completeMs + playoutMs);
    expect(endOfTurnDefaults.completeMs + playoutMs).toBeLessThanOrEqual(900);
    expect(call.transcript).toEqual([
      'agent: Hello, this is Ada.',
      'caller: what are your opening hours',
      `agent: ${hours}`,
    ]);
    const marks = call.rows[2]?.marks ?? {};
    expect(marks.callerStopped).toBe(call.caller.lastVoicedAtMs);
    expect(marks.endOfTurn).toBeGreaterThan(marks.callerStopped ?? Infinity);
    expect(marks.firstAudio).toBeGreaterThanOrEqual(marks.firstToken ?? Infinity);
    expect(marks.firstPacket).toBeGreaterThan(marks.endOfTurn ?? Infinity);
    await call.hangUp();
  });

  test('has its answer prepared before it is over', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    const marks = call.rows[2]?.marks ?? {};
    expect(marks.firstAudio).toBeLessThan(marks.endOfTurn ?? 0);
    // Once on all but the last word, which the recogniser names late, and once on all.
    expect(call.llm.requests.map(({ history }) => history.at(-1)?.text)).toEqual([
      'what are your opening',
      'what are your opening hours',
    ]);
    await call.hangUp();
  });

  test('goes on over pauses of 400 to 600 ms inside the sentence', async () => {
    const sentences = [
      ['i would like to know', 'what your opening hours are'],
      ['what are your', 'opening hours'],
      ['what are your opening hours', 'on saturday'],
      ['can you tell me where', 'the office is'],
      ['hello', 'what are your opening hours please'],
    ] as const;
    for (const [first, second] of sentences)
      for (const pauseMs of [400, 500, 600]) {
        const call = new RehearsedCall();
        await call.begin();
        await call.caller.says(first, pauseMs, second);
        await call.untilAgentIsSilent();
        expect(call.transcript[1]).toBe(`caller: ${first} ${second}`);
        expect(gapMs(call)).toBeLessThanOrEqual(900);
        await call.hangUp();
      }
  });

  test('goes on after the decision while nothing was heard, and the first answer leaves no trace', async () => {
    const call = new RehearsedCall({
      script: ({ occasion }) =>
        occasion.kind === 'caller-turn' && occasion.text.includes('saturday')
          ? 'On Saturday we are closed.'
          : [
              { kind: 'wait', delayMs: 700 },
              { kind: 'slots', slots: { asked: 'hours' } },
              { kind: 'text', text: hours },
            ],
    });
    await call.begin();
    await call.caller.says('what are your opening hours', 800, 'on saturday');
    await call.untilAgentIsSilent();
    expect(call.transcript).toEqual([
      'agent: Hello, this is Ada.',
      'caller: what are your opening hours on saturday',
      'agent: On Saturday we are closed.',
    ]);
    expect(call.llm.requests.at(-1)?.slots).toEqual({});
    expect(call.line.packets.filter(({ speechId }) => speechId > 2)).toEqual([]);
    await call.hangUp();
  });

  test('of noise without words is no turn, and the silence before it still counts', async () => {
    const call = new RehearsedCall({ behaviour: { silence: { promptAfterMs: 4_000 } } });
    await call.begin();
    const idleMs = call.clock.now();
    await call.pass(2_500);
    await call.caller.says({ noiseMs: 120 });
    await call.untilAgentSpeaks();
    expect(call.llm.requests.map(({ occasion }) => occasion.kind)).toEqual(['silence']);
    expect(call.clock.now() - idleMs).toBeLessThan(4_500);
    await call.hangUp();
  });

  test('ends although a radio plays on: voice without new words is not waited for', async () => {
    const call = new RehearsedCall();
    await call.begin();
    const positionMs = call.line.positionMs;
    call.conversation.input({ kind: 'voice-onset', atMs: call.clock.now(), positionMs, pausedPlayback: false });
    await call.pass(500);
    call.conversation.input({ kind: 'partial', text: 'where are you', heardUntilMs: 3_000 });
    call.caller.endTurn = () => Promise.resolve('where are you');
    await call.pass(3_500);
    expect(call.line.isPlaying).toBe(true);
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe(`agent: ${address}`);
    await call.hangUp();
  });

  test('is heard when the voice detector missed it and only words came', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.conversation.input({ kind: 'partial', text: 'what are your hours', heardUntilMs: 3_000 });
    call.caller.endTurn = () => Promise.resolve('what are your hours');
    await call.untilAgentIsSilent();
    expect(call.transcript).toContain(`agent: ${hours}`);
    await call.hangUp();
  });

  test('waits longer inside a telephone number', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('my number is five five five', 900, 'one two three', 900, 'four four five nine');
    await call.untilAgentIsSilent();
    expect(call.transcript[1]).toBe('caller: my number is five five five one two three four four five nine');
    await call.hangUp();
  });
});

describe('a voice over the agent', () => {
  async function duringAnswer(options: ConstructorParameters<typeof RehearsedCall>[0] = {}): Promise<RehearsedCall> {
    const call = new RehearsedCall(options);
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    await call.pass(1_500);
    return call;
  }

  test('that says something stops the agent at once, and history keeps what was heard', async () => {
    const call = await duringAnswer();
    const spokenMs = call.clock.now();
    await call.caller.says('no what are your hours');
    const overlap = call.line.packets.filter(({ atMs }) => atMs > spokenMs);
    expect((overlap.at(-1)?.atMs ?? spokenMs) - spokenMs).toBeLessThanOrEqual(100);
    await call.untilAgentIsSilent();
    const cut = call.transcript[2] ?? '';
    expect(cut).toMatch(/^agent: We are at .* —$/);
    expect(address.startsWith(cut.slice('agent: '.length, -' —'.length))).toBe(true);
    expect(call.transcript.slice(3)).toEqual(['caller: no what are your hours', `agent: ${hours}`]);
    expect(call.llm.requests.at(-1)?.history.map(({ text }) => text)).toEqual([
      'Hello, this is Ada.',
      'where are you',
      cut.slice('agent: '.length, -' —'.length),
      'no what are your hours',
    ]);
    await call.hangUp();
  });

  test.each([
    ['a cough', { noiseMs: 150 }],
    ['a long cough', { noiseMs: 450 }],
    ['mhm', { noiseMs: 400, heardAs: 'mhm' }],
    ['a cough that is heard as a word', { noiseMs: 300, heardAs: 'the' }],
    ['yeah', { noiseMs: 300, heardAs: 'yeah' }],
    ['a hum that is heard as nonsense', { noiseMs: 1_150, heardAs: 'umation' }],
    ['a long hum that is heard as nothing', { noiseMs: 1_500 }],
    ['a laugh that is heard as two words', { noiseMs: 650, heardAs: 'my monday' }],
  ])('that is %s costs no word', async (_, sound) => {
    const call = await duringAnswer();
    await call.caller.says(sound);
    await call.untilAgentIsSilent();
    await call.pass(1_500);
    expect(call.transcript.slice(2)).toEqual([`agent: ${address}`]);
    expect(call.line.packets.length).toBeGreaterThanOrEqual(
      Math.floor((call.voice.lengthMs('Hello, this is Ada.') + call.voice.lengthMs(address)) / 20),
    );
    await call.hangUp();
  });

  test('that is "yes" is the answer when the agent has just asked', async () => {
    const call = new RehearsedCall({
      script: ({ occasion }) =>
        occasion.kind === 'caller-turn' && occasion.text === 'yes' ? 'Good.' : 'Shall I take a message for you now?',
    });
    await call.begin();
    await call.caller.says('is anybody there');
    await call.untilAgentSpeaks();
    await call.pass(1_600);
    await call.caller.says('yes');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(-2)).toEqual(['caller: yes', 'agent: Good.']);
    await call.hangUp();
  });

  test('that is a word recognised only after the voice ended still interrupts', async () => {
    const call = await duringAnswer();
    await call.caller.says('stop');
    await call.untilAgentIsSilent();
    expect(call.transcript[2]).toMatch(/—$/);
    expect(call.transcript[3]).toBe('caller: stop');
    await call.hangUp();
  });

  test('that coughs again and again, each time heard as a scrap, costs no word', async () => {
    const call = await duringAnswer();
    const cough = { noiseMs: 250, heardAs: 'is' };
    await call.caller.says(cough, 300, cough, 300, cough, 900, cough);
    await call.untilAgentIsSilent();
    await call.pass(1_500);
    expect(call.transcript.slice(2)).toEqual([`agent: ${address}`]);
    await call.hangUp();
  });

  test('that was not understood is passed over once, but not when the caller speaks up again at once', async () => {
    const call = await duringAnswer();
    await call.caller.says({ noiseMs: 300, heardAs: 'sup' }, 1_500);
    expect(call.line.isPlaying).toBe(true);
    await call.caller.says({ noiseMs: 300, heardAs: 'sup' });
    await call.untilAgentIsSilent();
    expect(call.transcript[2]).toMatch(/—$/);
    expect(call.transcript[3]).toBe('caller: sup');
    await call.hangUp();
  });

  test('that hums twice, well apart, costs no word', async () => {
    const call = new RehearsedCall({ script: () => `${address} ${hours} ${address}` });
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    const hum = { noiseMs: 700, heardAs: 'umation' };
    await call.caller.says(1_000, hum, 4_500, hum);
    await call.untilAgentIsSilent();
    await call.pass(1_500);
    expect(call.transcript.slice(2)).toEqual([`agent: ${address} ${hours} ${address}`]);
    await call.hangUp();
  });

  test('that lasts takes the floor before a word is recognised', async () => {
    const call = await duringAnswer();
    await call.caller.says({ noiseMs: 2_000 });
    await call.pass(2_000);
    expect(call.line.isPlaying).toBe(false);
    await call.hangUp();
    expect(call.transcript[2]).toMatch(/—$/);
  });

  test('within the first words of an answer continues the turn it answers', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.untilAgentSpeaks();
    await call.pass(60);
    await call.caller.says('on saturday and where is that');
    await call.untilAgentIsSilent();
    expect(call.transcript[1]).toBe('caller: what are your opening hours on saturday and where is that');
    expect(call.rows.filter(({ role }) => role === 'caller')).toHaveLength(1);
    await call.hangUp();
  });

  test('before anything was heard of the answer continues the turn, even with a single word', async () => {
    const call = new RehearsedCall({
      script: ({ occasion }) => [
        { kind: 'wait', delayMs: 1_500 },
        { kind: 'text', text: occasion.kind === 'caller-turn' ? `You asked: ${occasion.text}.` : '' },
      ],
    });
    await call.begin();
    await call.caller.says('are you open', 1_000, 'saturday');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual([
      'caller: are you open saturday',
      'agent: You asked: are you open saturday.',
    ]);
    await call.hangUp();
  });

  test('that is a key silences the agent, and the keys are the next turn', async () => {
    const call = await duringAnswer();
    call.caller.presses('12');
    await call.pass(100);
    expect(call.line.isPlaying).toBe(false);
    call.caller.presses('3#');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(-2)).toEqual(['caller: (keypad: 123)', 'agent: You pressed 1 2 3.']);
    await call.hangUp();
  });
});

describe('keys', () => {
  test('belong together until a pause of 2 s', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.caller.presses('4');
    await call.pass(1_500);
    call.caller.presses('2');
    await call.pass(1_900);
    expect(call.llm.requests).toHaveLength(0);
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe('agent: You pressed 4 2.');
    await call.hangUp();
  });

  test('pressed while speaking are answered with the words', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('my code is');
    call.caller.presses('77#');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: my code is (keypad: 77)', 'agent: You pressed 7 7.']);
    await call.hangUp();
  });
});

describe('the end of a call', () => {
  test('comes after the goodbye was played out', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('thank you goodbye');
    await call.untilAgentIsSilent();
    expect(call.hangups.map(({ why }) => why)).toEqual(['agent-hangup']);
    expect(call.hangups[0]?.atMs).toBeGreaterThanOrEqual(call.line.packets.at(-1)?.atMs ?? Infinity);
    expect(call.transcript.at(-1)).toBe('agent: Goodbye, have a nice day.');
    await call.hangUp();
  });

  test('is called off when the caller speaks into the goodbye', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('goodbye');
    await call.untilAgentSpeaks();
    await call.pass(500);
    await call.caller.says('wait what are your hours');
    await call.untilAgentIsSilent();
    expect(call.hangups).toEqual([]);
    expect(call.transcript.at(-1)).toBe(`agent: ${hours}`);
    await call.hangUp();
  });

  test('comes by itself after two silence prompts', async () => {
    const call = new RehearsedCall({ behaviour: { silence: { promptAfterMs: 3_000 } } });
    await call.begin();
    await call.pass(20_000);
    expect(call.llm.requests.map(({ occasion }) => occasion)).toEqual([
      { kind: 'silence', prompts: 1 },
      { kind: 'silence', prompts: 2 },
    ]);
    expect(call.hangups.map(({ why }) => why)).toEqual(['silence']);
    await call.hangUp();
  });

  test('comes politely at the maximum duration, in the middle of a sentence', async () => {
    const call = new RehearsedCall({ behaviour: { maxDurationMs: 6_000 } });
    await call.begin();
    await call.caller.says('where are you');
    await call.pass(12_000);
    expect(call.hangups.map(({ why }) => why)).toEqual(['max-duration']);
    expect(call.transcript.at(-1)).toContain('our time is up');
    await call.hangUp();
  });

  test('comes within 5 s at a shutdown, after one sentence', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    const askedMs = call.clock.now();
    call.conversation.input({ kind: 'shutdown' });
    await call.pass(6_000);
    expect(call.hangups.map(({ why }) => why)).toEqual(['shutdown']);
    expect((call.hangups[0]?.atMs ?? Infinity) - askedMs).toBeLessThanOrEqual(5_000);
    expect(call.transcript.at(-1)).toBe('agent: I am sorry, I have to end the call now. Goodbye.');
    await call.hangUp();
  });

  test('by the caller keeps what was said on both sides, and leaves no timer', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    await call.pass(1_500);
    await call.hangUp();
    expect(call.transcript[1]).toBe('caller: where are you');
    expect(call.transcript[2]).toMatch(/^agent: We are at .* —$/);
    expect(call.clock.pendingCount).toBe(0);
    expect(call.scope.childCount).toBe(0);
  });

  test('in the middle of a word keeps the words before it', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('could you please tell me');
    await call.pass(200);
    await call.hangUp();
    expect(call.transcript.at(-1)).toMatch(/^caller: could you please/);
    expect(call.clock.pendingCount).toBe(0);
  });
});

describe('a transfer', () => {
  test('starts after its sentence was played; refused, the caller is back with the agent', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('please connect me to sales');
    await call.untilAgentSpeaks();
    expect(call.transfers).toEqual([]);
    await call.untilAgentIsSilent();
    expect(call.transfers.map(({ name }) => name)).toEqual(['sales']);
    call.conversation.input({ kind: 'transfer-refused', target: 'sales', status: 603 });
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe('agent: Nobody is free there. Can I take a message?');
    await call.caller.says('what are your hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe(`agent: ${hours}`);
    await call.hangUp();
  });
});

describe('on hold', () => {
  test('the agent is silent and says the cut sentence again afterwards', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    await call.pass(1_000);
    call.conversation.input({ kind: 'held' });
    await call.pass(60_000);
    expect(call.line.isPlaying).toBe(false);
    expect(call.llm.requests).toHaveLength(1);
    const packets = call.line.packets.length;
    call.conversation.input({ kind: 'resumed' });
    await call.untilAgentIsSilent();
    expect(call.line.packets.length - packets).toBeGreaterThanOrEqual(Math.floor(call.voice.lengthMs(address) / 20));
    expect(call.transcript.slice(1)).toEqual(['caller: where are you', `agent: ${address}`]);
    await call.hangUp();
  });

  test('no timer runs, and the time does not count', async () => {
    const call = new RehearsedCall({ behaviour: { maxDurationMs: 20_000, silence: { promptAfterMs: 5_000 } } });
    await call.begin();
    call.conversation.input({ kind: 'held' });
    expect(call.clock.pendingCount).toBe(0);
    await call.pass(60_000);
    call.conversation.input({ kind: 'resumed' });
    await call.pass(4_000);
    expect(call.llm.requests).toHaveLength(0);
    await call.pass(2_000);
    expect(call.llm.requests.map(({ occasion }) => occasion.kind)).toEqual(['silence']);
    await call.hangUp();
  });

  test('words said before it are answered after it', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.pass(350);
    call.conversation.input({ kind: 'held' });
    await call.pass(5_000);
    call.conversation.input({ kind: 'resumed' });
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: what are your opening hours', `agent: ${hours}`]);
    await call.hangUp();
  });
});

describe('when something breaks', () => {
  test('words lost with the recogniser cost one apology, and the conversation goes on', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your');
    call.caller.loseRecogniser();
    await call.caller.says('opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['agent: Sorry, could you say that again?']);
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(2)).toEqual(['caller: what are your opening hours', `agent: ${hours}`]);
    await call.hangUp();
  });

  test('a recogniser lost after the words were known costs nothing', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.caller.loseRecogniserAtEndOfTurn();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: what are your opening hours', `agent: ${hours}`]);
    await call.hangUp();
  });

  test('a voice lost in the middle is asked again, and every word is said once', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.voice.failNext('speech-lost', 'speech-lost');
    await call.caller.says('where are you');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: where are you', `agent: ${address}`]);
    await call.hangUp();
  });

  test('audio lost with the media process is said again', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    await call.pass(1_000);
    call.line.restart();
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: where are you', `agent: ${address}`]);
    await call.hangUp();
  });

  test('a brain that fails is apologised for, offers a way out, and at the third time ends the call', async () => {
    const call = new RehearsedCall({ script: () => [{ kind: 'fail', message: 'broken' }] });
    await call.begin();
    for (let round = 0; round < 3; round++) {
      await call.caller.says('what are your opening hours');
      await call.untilAgentIsSilent();
    }
    expect(call.rows.filter(({ role }) => role === 'agent').map(({ text }) => text.slice(0, 30))).toEqual([
      'Hello, this is Ada.',
      'Sorry, something went wrong on',
      'I am sorry, I still have troub',
      'I am sorry, I cannot help you ',
    ]);
    expect(call.hangups.map(({ why }) => why)).toEqual(['agent-hangup']);
    await call.hangUp();
  });

  test('a brain that never answers is given up after its limit', async () => {
    const call = new RehearsedCall({
      script: () => [{ kind: 'wait', delayMs: 1_000_000 }],
      behaviour: { brainLimitMs: 3_000 },
    });
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toContain('something went wrong');
    expect(call.llm.aborted).toBe(call.llm.requests.length);
    await call.hangUp();
    expect(call.clock.pendingCount).toBe(0);
  });
});

describe('what a brain asks for', () => {
  test('counts when its answer is heard: slots and message', async () => {
    const message = { name: 'Jane', number: '555', reason: 'a leak' };
    const call = new RehearsedCall({
      script: ({ slots }) =>
        slots['step'] === undefined
          ? [
              { kind: 'slots', slots: { step: 'two' } },
              { kind: 'text', text: 'What is your name?' },
            ]
          : [
              { kind: 'text', text: 'I have noted that.' },
              { kind: 'message-taken', message },
            ],
    });
    await call.begin();
    await call.caller.says('i want to leave a message please');
    await call.untilAgentIsSilent();
    expect(call.messages).toEqual([]);
    await call.caller.says('it is jane');
    await call.untilAgentIsSilent();
    expect(call.messages).toEqual([message]);
    await call.hangUp();
  });

  test('a long answer streams: the second sentence is ready when the first ends', async () => {
    const call = new RehearsedCall({
      script: () =>
        ['First sentence here. ', 'Second sentence here. ', 'Third sentence here.'].map((text) => ({
          kind: 'text',
          text,
        })),
    });
    await call.begin();
    await call.caller.says('tell me a story please');
    await call.untilAgentSpeaks();
    const startMs = call.clock.now();
    await call.untilAgentIsSilent();
    const times = call.line.packets.filter(({ atMs }) => atMs >= startMs).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(40);
    expect(call.transcript.at(-1)).toBe('agent: First sentence here. Second sentence here. Third sentence here.');
    await call.hangUp();
  });
});
