import { describe, expect, it } from 'vitest';
import { createRequest } from '../msg/build-message.ts';
import { intervalProblem, parseSessionExpires, planSession } from './session-timer.ts';

describe('Session-Expires', () => {
  it.each([
    ['1800', { seconds: 1800, refresher: undefined }],
    [' 90 ; refresher = UAS ', { seconds: 90, refresher: 'uas' }],
    ['120;x=y;refresher=uac', { seconds: 120, refresher: 'uac' }],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j', (value, expected) => expect(parseSessionExpires(value)).toEqual(expected));

  it('is refused below 90 s, but only to who understands the refusal', () => {
    const invite = (headers: [string, string][]) =>
      createRequest({
        method: 'INVITE',
        uri: 'sip:a@b',
        from: '<sip:c@d>;tag=1',
        to: '<sip:a@b>',
        callId: 'x',
        cseq: 1,
        headers,
      });
    expect(
      intervalProblem(
        invite([
          ['Session-Expires', '89'],
          ['Supported', 'timer'],
        ]),
      ),
    ).toMatchObject({ status: 422 });
    expect(
      intervalProblem(
        invite([
          ['Session-Expires', '89'],
          ['Require', 'timer'],
        ]),
      ),
    ).toMatchObject({ status: 422 });
    expect(
      intervalProblem(
        invite([
          ['Session-Expires', '90'],
          ['Supported', 'timer'],
        ]),
      ),
    ).toBeUndefined();
    expect(intervalProblem(invite([['Session-Expires', '89']]))).toBeUndefined();
    expect(intervalProblem(invite([]))).toBeUndefined();
  });
});

describe('the plan of a session', () => {
  it('lets the named side refresh at half time and ends a third, at most 32 s, before the end', () => {
    expect(planSession({ seconds: 90, refresher: 'uas' }, 'uas')).toEqual({
      weRefresh: true,
      refreshAfterMs: 45_000,
      endAfterMs: 60_000,
    });
    expect(planSession({ seconds: 1800, refresher: 'uas' }, 'uac')).toEqual({
      weRefresh: false,
      refreshAfterMs: 900_000,
      endAfterMs: 1_768_000,
    });
  });

  it('takes the caller for the refresher when none is named, and no interval below 90 s', () => {
    expect(planSession({ seconds: 10, refresher: undefined }, 'uac')).toMatchObject({
      weRefresh: true,
      endAfterMs: 60_000,
    });
  });
});
