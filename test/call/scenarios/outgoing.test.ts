import { describe, expect } from 'vitest';
import type { Peer } from '../../../server/contract/peer.ts';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import type { HouseOptions } from '../../support/house-in-one/build-house.ts';
import type { PhoneLeg } from '../../support/house-in-one/phone-leg.ts';
import { type Stage, scenario } from '../../support/house-in-one/scenario.ts';

const opening = 'Hello Anna, this is Ada with a reminder.';
const brain = answersByKeyword({ thanks: [{ kind: 'text', text: 'Goodbye Anna.' }, { kind: 'end-call' }] });
const options: HouseOptions = { brain, http: true };

/** Has the API call a number with a task; resolves with the task's id when the call is written down. */
async function callOut({ house }: Stage, to = 'sip:anna@127.0.0.2'): Promise<string> {
  const task = { agent_id: house.parts.agentId, name: 'Reminder', to_number: to, starting_message: opening };
  const { data } = await house.api('POST', '/tasks', task);
  const id = String(data['id']);
  const { status } = await house.api('POST', `/tasks/${id}/execute`);
  if (status >= 300) throw new Error(`The task could not be executed: ${status}.`);
  return id;
}

/** The call that rings at the stage's phone. */
async function ringing({ house, phone }: Stage): Promise<PhoneLeg> {
  await house.until(() => phone.legs.length > 0, 'the phone rings');
  const [leg] = phone.legs;
  if (leg === undefined) throw new Error('No call rings.');
  return leg;
}

async function ends(stage: Stage, taskId: string) {
  await stage.allOver();
  const task = stage.house.parts.context.domain.tasks.get(stage.house.parts.organizationId, taskId);
  const [call] = stage.house.calls;
  return { call: `${call?.status}/${call?.endReason}`, task: task.status };
}

describe('calling out', () => {
  scenario('nothing is spoken before the person answers, then the task’s own first words', options, async (stage) => {
    const { house } = stage;
    const task = await callOut(stage);
    const leg = await ringing(stage);
    leg.progress(180);
    await house.pass(5_000);
    expect(leg.audio.packets).toBe(0);
    const answeredAtMs = house.nowMs;
    leg.answer();
    await stage.untilHeard(leg, opening);
    expect(leg.audio.heard).toBe(opening);
    expect((leg.audio.words[0]?.startMs ?? 0) - answeredAtMs).toBeLessThanOrEqual(400);
    await stage.say(leg, 'thanks');
    await stage.untilOver(leg);
    expect(leg.audio.heard).toBe(`${opening} Goodbye Anna.`);
    expect(await ends(stage, task)).toEqual({ call: 'completed/agent-hangup', task: 'completed' });
    expect(house.transcriptOf(leg)).toEqual([`agent: ${opening}`, 'caller: thanks', 'agent: Goodbye Anna.']);
  });

  scenario('early media is not the person: nothing of it is heard, nothing is said to it', options, async (stage) => {
    const { house } = stage;
    const task = await callOut(stage);
    const leg = await ringing(stage);
    leg.progress(183, true);
    leg.audio.say('the number you have called is busy please stay on the line thanks');
    await house.pass(10_000);
    expect([leg.audio.packets, house.speech.earMs, house.brain.requests.length]).toEqual([0, 0, 0]);
    leg.answer();
    await stage.untilHeard(leg, opening);
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg)).toEqual([`agent: ${opening}`]);
    expect(await ends(stage, task)).toEqual({ call: 'completed/caller-hangup', task: 'completed' });
  });

  scenario('a busy line fails the call and its task', options, async (stage) => {
    const task = await callOut(stage);
    const leg = await ringing(stage);
    leg.progress(180);
    leg.refuse(486);
    expect(await ends(stage, task)).toEqual({ call: 'failed/busy', task: 'failed' });
  });

  scenario('a person who declines fails the call as rejected', options, async (stage) => {
    const task = await callOut(stage);
    (await ringing(stage)).refuse(603);
    expect(await ends(stage, task)).toEqual({ call: 'failed/rejected', task: 'failed' });
  });

  scenario('a phone that rings for 45 s is given up', options, async (stage) => {
    const { house } = stage;
    const task = await callOut(stage);
    const leg = await ringing(stage);
    const ringsSinceMs = house.nowMs;
    leg.progress(180);
    await house.until(() => leg.state === 'refused', 'the INVITE is taken back', 60_000);
    expect(house.nowMs - ringsSinceMs).toBeGreaterThan(44_000);
    expect(house.nowMs - ringsSinceMs).toBeLessThan(46_000);
    expect(await ends(stage, task)).toEqual({ call: 'failed/no-answer', task: 'failed' });
  });

  scenario('a call that the API cancels while it rings stops ringing', options, async (stage) => {
    const { house } = stage;
    const task = await callOut(stage);
    const leg = await ringing(stage);
    leg.progress(180);
    const [call] = house.calls;
    const { status } = await house.api('POST', `/calls/${call?.id}/cancel`);
    expect(status).toBe(200);
    await house.until(() => leg.state === 'refused', 'the INVITE is taken back');
    expect(await ends(stage, task)).toEqual({ call: 'failed/api-cancel', task: 'failed' });
  });

  scenario('a person who hangs up in the middle of the first words completes the call', options, async (stage) => {
    const task = await callOut(stage);
    const leg = await ringing(stage);
    leg.answer();
    await stage.untilHeard(leg, 'Hello Anna,');
    leg.hangUp();
    expect(await ends(stage, task)).toEqual({ call: 'completed/caller-hangup', task: 'completed' });
    expect(stage.house.transcriptOf(leg).join()).toMatch(/^agent: Hello( Anna,)? —$/);
  });

  const peer = (name: string, host: string): Peer => ({
    name,
    host,
    port: 5060,
    transport: 'udp',
    allowedSources: [host],
  });
  const trunks = { ...options, peers: [peer('first', '127.0.0.77'), peer('second', '127.0.0.2')] };
  scenario('where the first trunk says nothing, the second carries the call', trunks, async (stage) => {
    const task = await callOut(stage, '+4930123456');
    const leg = await ringing(stage);
    expect(leg.invite?.start).toBe('INVITE sip:+4930123456@127.0.0.2:5060 SIP/2.0');
    leg.answer();
    await stage.untilHeard(leg, opening);
    await stage.hangUp(leg);
    expect(await ends(stage, task)).toEqual({ call: 'completed/caller-hangup', task: 'completed' });
  });
});
