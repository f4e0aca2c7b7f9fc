import { describe, expect } from 'vitest';
import { seededRandom } from '../../../server/media/testing/random.ts';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import type { PhoneLeg } from '../../support/house-in-one/phone-leg.ts';
import { type Stage, scenario } from '../../support/house-in-one/scenario.ts';

const brain = answersByKeyword({
  hours: 'We are open from nine to five. On Saturday we are open from ten to two. On Sunday we are closed.',
  where: 'We are at twelve Harbour Street, across from the town hall.',
  slowly: [
    { kind: 'wait', delayMs: 1_500 },
    { kind: 'text', text: 'That is done. Anything else?' },
  ],
  sales: [
    { kind: 'text', text: 'I will put you through.' },
    { kind: 'transfer', target: { name: 'sales', target: 'sip:sales@127.0.0.9' } },
  ],
  broken: [{ kind: 'fail', message: 'no' }],
});

const sayings = [
  'what are your opening hours',
  'where are you please',
  'do it slowly',
  'put me through to sales',
  'this is broken',
  'mhm',
  'wait',
  'no that is not what i meant',
];

type Whim = (stage: Stage, leg: PhoneLeg, pick: (below: number) => number) => void | Promise<void>;

/** What a caller, a phone or bad luck may do at any moment. */
const whims: readonly Whim[] = [
  (_stage, leg, pick) => leg.audio.say(sayings[pick(sayings.length)] ?? ''),
  (_stage, leg, pick) => leg.audio.say(sayings[pick(sayings.length)] ?? ''),
  (_stage, leg, pick) => leg.audio.cough(100 + pick(400)),
  (_stage, leg) => leg.audio.press('12#'),
  (_stage, leg) => leg.infoDigit('5'),
  (_stage, leg) => leg.hold(),
  (_stage, leg) => leg.resume(),
  (stage) => stage.house.speech.crash(),
  (stage) => stage.house.speech.failNext(1),
  (_stage, leg) => leg.move(),
  (stage, _leg, pick) => stage.house.pass(pick(4_000)),
  (stage, _leg, pick) => stage.house.pass(pick(9_000)),
];

function isWithin(words: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const word of all) if (word === words[at]) at++;
  return at === words.length;
}

describe('whatever happens', () => {
  for (let seed = 1; seed <= 24; seed++) {
    scenario(`the records say what was heard, and nothing is left (${seed})`, { brain }, async (stage) => {
      const random = seededRandom(seed);
      const pick = (below: number) => Math.floor(random() * below);
      const leg = await stage.call();
      for (let step = 0; step < 14 && leg.state === 'up'; step++) {
        await whims[pick(whims.length)]?.(stage, leg, pick);
        await stage.house.pass(100 + pick(1_200));
      }
      await stage.house.pass(300);
      if (leg.state === 'up') leg.hangUp();
      await stage.allOver();
      const heard = leg.audio.words.map(({ text }) => text);
      for (const { role, text } of stage.house.turnsOf(leg))
        if (role === 'agent') expect([text, isWithin(text.split(' '), heard)]).toEqual([text, true]);
      expect(stage.house.callOf(leg).status).toBe('completed');
    });
  }
});
