import { describe, expect, test } from 'vitest';
import { address, hours, RehearsedCall } from '../../test/support/rehearsal/rehearsed-call.ts';

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
