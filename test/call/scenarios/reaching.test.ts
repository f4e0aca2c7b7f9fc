import { describe, expect } from 'vitest';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';
import { header } from '../../support/sip-wire.ts';

const sales = 'Hello, this is the sales department.';

describe('reaching', () => {
  scenario(
    'an agent is reached by its id, by its route, and any other number reaches the default',
    {},
    async (stage) => {
      const { house } = stage;
      const agent = await house.agent({ name: 'Sales', startingMessage: sales });
      const { numbers } = house.parts.context.domain;
      await house.during(numbers.mirror([{ number: '+4930555', agent: 'Sales' }]));
      for (const [dialled, firstWords] of [
        [agent.id, sales],
        [agent.id.toUpperCase(), sales],
        ['+4930555', sales],
        ['+4930556', greeting],
        ['reception', greeting],
      ] as const) {
        const leg = await stage.greetedCall(dialled);
        expect([dialled, leg.audio.heard]).toEqual([dialled, firstWords]);
        await stage.hangUp(leg);
      }
      expect(house.calls.map(({ agentId }) => agentId === agent.id)).toEqual([true, true, true, false, false]);
    },
  );

  scenario('an agent that is switched off is not available', {}, async (stage) => {
    const agent = await stage.house.agent({ name: 'Off', enabled: false });
    const leg = await stage.phone.dial(agent.id);
    await stage.house.until(() => leg.state === 'refused', 'the call is refused');
    expect(leg.statuses).toEqual([100, 480]);
  });

  scenario('who calls, for whom, and by whose word is in the record', {}, async (stage) => {
    const leg = await stage.greetedCall('4711', {
      headers: {
        From: '"Anna Lee" <sip:+4930123@example.com>;tag=1',
        'P-Asserted-Identity': '<sip:+4930999@example.com>',
        Diversion: '<sip:200@example.com>;reason=no-answer',
      },
    });
    await stage.hangUp(leg);
    expect(stage.house.callOf(leg).identity).toMatchObject({
      from: '+4930123',
      fromDisplayName: 'Anna Lee',
      to: '4711',
      pAssertedIdentity: '<sip:+4930999@example.com>',
      diversion: '<sip:200@example.com>;reason=no-answer',
    });
  });

  scenario(
    'one call more than the house takes hears busy, the next one after a hang-up gets in',
    { limits: { maxCalls: 2 } },
    async (stage) => {
      const { house } = stage;
      const one = await stage.greetedCall();
      const two = await stage.greetedCall();
      const three = await stage.phone.dial('reception');
      await house.until(() => three.state === 'refused', 'the third is refused');
      expect(three.statuses).toEqual([100, 486]);
      expect(one.state).toBe('up');
      one.hangUp();
      await house.pass(500);
      const four = await stage.greetedCall();
      two.hangUp();
      await stage.hangUp(four);
      expect(house.calls).toHaveLength(3);
    },
  );

  scenario(
    'callers who come too fast are asked to come back later',
    { limits: { maxCallsPerMinute: 3 } },
    async (stage) => {
      const { house } = stage;
      for (let count = 0; count < 3; count++) await stage.hangUp(await stage.call());
      const refused = await stage.phone.dial('reception');
      await house.until(() => refused.state === 'refused', 'the fourth is refused');
      expect(refused.statuses).toEqual([100, 503]);
      const retryAfterMs = Number(header(refused.final ?? { start: '', headers: [], body: '' }, 'Retry-After')) * 1_000;
      expect(retryAfterMs).toBeGreaterThan(50_000);
      await house.pass(retryAfterMs);
      await stage.hangUp(await stage.greetedCall());
    },
  );

  scenario('a phone without a codec of ours is told 488, and no call is written down', {}, async (stage) => {
    const sdp = [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.2',
      's=-',
      'c=IN IP4 127.0.0.2',
      't=0 0',
      'm=audio 20000 RTP/AVP 18',
      '',
    ];
    const leg = await stage.phone.dial('reception', { sdp: sdp.join('\r\n') });
    await stage.house.until(() => leg.state === 'refused', 'the call is refused');
    expect(leg.statuses).toEqual([100, 488]);
    expect(stage.house.calls).toEqual([]);
  });

  scenario('an INVITE without an offer is answered with ours, and the call is as any other', {}, async (stage) => {
    const leg = await stage.greetedCall('reception', { sdp: null });
    expect(leg.remoteSdp).toContain('RTP/AVP 0 8 9 101');
    expect(leg.audio.heard).toBe(greeting);
    expect(await stage.ask(leg, 'can you hear me')).toBe('I see.');
    await stage.hangUp(leg);
  });

  scenario('a call whose ACK never comes is given up', {}, async (stage) => {
    const { house } = stage;
    house.parts.sipNetwork.script = ({ startLine }) => (startLine.startsWith('ACK') ? [] : [1]);
    const leg = await stage.phone.dial('reception');
    await house.until(() => leg.final !== undefined, 'an answer');
    await house.pass(40_000);
    expect(leg.statuses.filter((status) => status === 200).length).toBeGreaterThan(5);
    expect(leg.audio.heard).toBe('');
    expect(house.endOf(leg)).toBe('failed/no-answer');
    expect(leg.bye).toBeDefined();
  });

  scenario('a caller whose packets are lost on the way in is answered all the same', {}, async (stage) => {
    const { house } = stage;
    let lost = 0;
    house.parts.sipNetwork.script = ({ startLine }) => (startLine.startsWith('SIP/2.0 200') && lost++ < 2 ? [] : [1]);
    const leg = await stage.phone.dial('reception');
    await house.until(() => leg.state === 'up', 'the call is answered');
    await stage.untilQuiet(leg);
    expect(leg.audio.heard).toBe(greeting);
    await stage.hangUp(leg);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
  });
});
