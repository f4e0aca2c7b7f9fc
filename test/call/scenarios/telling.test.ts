import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';
import { HttpReceiver } from '../../support/http-receiver.ts';
import { administratorOf } from '../../support/principals.ts';

const brain = answersByKeyword({
  bye: [{ kind: 'text', text: 'Goodbye.' }, { kind: 'end-call' }],
  late: 'I am sorry to hear that.',
});

describe('telling', () => {
  scenario('who calls is analysed and told of, with what was heard on the line', { brain }, async (stage) => {
    const { house } = stage;
    const { domain } = house.parts.context;
    const receiver = await HttpReceiver.start();
    const principal = administratorOf(house.parts.organizationId);
    await house.during(
      domain.webhooks.createEndpoint(principal, { url: receiver.url, events: ['call.started', 'call.completed'] }),
    );
    const leg = await stage.greetedCall();
    await stage.ask(leg, 'the delivery is late again');
    await stage.say(leg, 'thank you bye');
    await stage.untilOver(leg);
    const callId = house.callOf(leg).id;
    // The house's time stands still while nobody passes it, and the receiver's doesn't.
    for (let look = 0; look < 200 && receiver.received.length < 2; look++) {
      await house.pass(10);
      await wait(10);
    }
    const [started, completed] = receiver.bodies;
    expect(started).toMatchObject({ event: 'call.started', data: { id: callId } });
    expect(completed).toMatchObject({
      event: 'call.completed',
      data: {
        id: callId,
        status: 'completed',
        transcript: expect.stringContaining('User: The delivery is late again'),
        summary: expect.stringContaining('delivery is late'),
        key_phrases: expect.arrayContaining(['delivery']),
      },
    });
    expect(domain.analysis.ofCall(callId)).toMatchObject({ outcome: 'answered', sentiment: 'negative' });
  });
});
