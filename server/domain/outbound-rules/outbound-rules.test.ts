import { expect, test } from 'vitest';
import { openFirstHouse } from '../../../test/support/first-house.ts';
import { numberBehind, plainRights, requireAllowed } from './outbound-rules.ts';

const number = '+4930123456';

test.each([
  number,
  `sip:${number}@trunk.example`,
  'sip:004930123456@trunk.example',
  'sip:4930123456@trunk.example:5060;transport=tcp',
  'sip:%2B4930123456@trunk.example',
  'sip:%2b49%330123456@trunk.example',
  'sip:+49-30-123456@trunk.example',
  'SIP:+49(30)123.456@trunk.example',
  'sip:+4930123456;phone-context=example@trunk.example',
])('%s leads to a telephone number, however it is written', (to) => {
  expect(numberBehind(to)).toBe(number);
  const forbidden = expect.objectContaining({ code: 'dialling-forbidden' });
  expect(() => requireAllowed({ ...plainRights, allowedPrefixes: ['+1'] }, to)).toThrow(forbidden);
  requireAllowed({ ...plainRights, allowedPrefixes: ['+4930'] }, to);
});

test.each(['sip:reception@pbx.example', 'sip:100@pbx.example', 'sip:%ZZ@pbx.example', 'sip:4930123456@127.0.0.1:5070'])(
  '%s is no telephone number',
  (to) => {
    expect(numberBehind(to)).toBeUndefined();
    requireAllowed(plainRights, to);
  },
);

test("the first organization dials no telephone number until the settings name its beginning; an administrator's rules go before", async () => {
  const forbidden = expect.objectContaining({ code: 'dialling-forbidden' });
  const bare = await openFirstHouse({ outbound: {} });
  const bareRules = bare.domain.outboundRules;
  expect(() => bareRules.requireAllowed(bare.first.organizationId, number)).toThrow(forbidden);
  bareRules.requireAllowed(bare.first.organizationId, 'sip:reception@pbx.example');

  const { domain, first } = await openFirstHouse({ outbound: { allowedPrefixes: ['+4930'] } });
  domain.outboundRules.requireAllowed(first.organizationId, number);
  expect(() => domain.outboundRules.requireAllowed(first.organizationId, '+15550100')).toThrow(forbidden);
  await domain.outboundRules.set(first.organizationId, { allowedPrefixes: ['+1'] });
  expect(() => domain.outboundRules.requireAllowed(first.organizationId, number)).toThrow(forbidden);
});
