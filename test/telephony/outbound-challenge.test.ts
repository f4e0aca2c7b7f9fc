import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../support/sip-phone.ts';
import { header, tagOf } from '../support/sip-wire.ts';
import { failureOf, openDialling, peerAt } from './dialling.ts';

const { open } = openDialling();

describe('a challenge', () => {
  const account = { username: 'line1', password: 'pa"ss' };

  function challenge(incoming: Incoming, challenges: string, nonce = ''): void {
    const value = challenges.replaceAll('NONCE', nonce);
    incoming.respond(407, 'Proxy Authentication Required', { 'Proxy-Authenticate': value });
  }

  function isProper(invite: Incoming['invite'], hashName: string): boolean {
    const value = header(invite, 'Proxy-Authorization');
    const parameter = (name: string) => new RegExp(`\\b${name}="?([^",]+)`).exec(value)?.[1] ?? '';
    const hash = (text: string) => createHash(hashName).update(text).digest('hex');
    const key = hash(`line1:carrier:pa"ss`);
    const [nonce, nc, cnonce] = [parameter('nonce'), parameter('nc'), parameter('cnonce')];
    return parameter('response') === hash(`${key}:${nonce}:${nc}:${cnonce}:auth:${hash(`INVITE:${parameter('uri')}`)}`);
  }

  it.each([
    [
      'MD5 first',
      'Digest realm="carrier", nonce="NONCE", qop="auth", algorithm=MD5, Digest realm="carrier", nonce="NONCE", qop="auth", algorithm=SHA-256',
      'sha256',
    ],
    ['SHA-512-256 only', 'Digest realm="carrier", nonce="NONCE", qop="auth", algorithm=SHA-512-256', 'sha512-256'],
    ['MD5 only', 'Digest realm="carrier", nonce="NONCE", qop="auth,auth-int"', 'md5'],
  ])('with %s is answered with the strongest, in the same call', async (_what, challenges, hashName) => {
    const rig = await open({ peers: (phone) => [peerAt(phone.port, account)] });
    const { result } = rig.dial('+4930123456');
    const first = await rig.phone.incoming();
    challenge(first, challenges, 'n1');
    const second = await rig.phone.incoming();
    expect(isProper(second.invite, hashName)).toBe(true);
    expect(header(second.invite, 'Call-ID')).toBe(header(first.invite, 'Call-ID'));
    expect(tagOf(header(second.invite, 'From'))).toBe(tagOf(header(first.invite, 'From')));
    const sequence = (incoming: Incoming) => Number.parseInt(header(incoming.invite, 'CSeq'), 10);
    expect(sequence(second)).toBe(sequence(first) + 1);
    expect(second.invite.start).toContain(`sip:+4930123456@127.0.0.1:${rig.phone.port}`);
    const [call, { edge }] = await Promise.all([second.answer(), result]);
    await edge.hangup();
    await call.ended;
  });

  it('for a stale nonce is answered again, and another one means that the password is wrong', async () => {
    const rig = await open({ peers: (phone) => [peerAt(phone.port, account)] });
    const { result } = rig.dial('+4930123456');
    const challenges = 'Digest realm="carrier", nonce="NONCE", qop="auth"';
    challenge(await rig.phone.incoming(), challenges, 'n1');
    challenge(await rig.phone.incoming(), `${challenges}, stale=true`, 'n2');
    const third = await rig.phone.incoming();
    expect(isProper(third.invite, 'md5')).toBe(true);
    challenge(third, challenges, 'n3');
    expect(await failureOf(result)).toMatchObject({ details: { status: 407 } });
  });

  it('from someone who is no configured peer gets no credentials', async () => {
    const rig = await open();
    const { result } = rig.dial(rig.phone.uri);
    challenge(await rig.phone.incoming(), 'Digest realm="carrier", nonce="n1"');
    expect(await failureOf(result)).toMatchObject({ details: { status: 407 } });
  });
});
