import { describe, expect, it } from 'vitest';
import { chooseChallenge, parseChallenges } from './challenge.ts';
import { DigestClient } from './digest-client.ts';
import { digestHeader } from './digest-response.ts';

function only(header: string) {
  const [challenge, ...more] = parseChallenges(header);
  if (challenge === undefined || more.length > 0) throw new Error('Not exactly one challenge.');
  return challenge;
}

function responseIn(header: string | undefined): string | undefined {
  return /response="([^"]+)"/.exec(header ?? '')?.[1];
}

const mufasa = { username: 'Mufasa', password: 'Circle Of Life' };

describe('digest responses', () => {
  it('match the example of RFC 2617, 3.5', () => {
    const challenge = only(
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    );
    const header = digestHeader(challenge, mufasa, { method: 'GET', uri: '/dir/index.html', body: '' }, '0a4f113b', 1);
    expect(responseIn(header)).toBe('6629fae49393a05397450978507c4ef1');
    expect(header).toContain('opaque="5ccc069c403ebaf9f0171e9517f40e41", qop=auth, nc=00000001');
    expect(header).not.toContain('algorithm');
  });

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('match the %s example of RFC 7616, 3.9.1', (algorithm, expected) => {
    const challenge = only(
      `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
    );
    const header = digestHeader(
      challenge,
      { username: 'Mufasa', password: 'Circle of Life' },
      { method: 'GET', uri: '/dir/index.html', body: '' },
      'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      1,
    );
    expect(responseIn(header)).toBe(expected);
    expect(header).toContain(`algorithm=${algorithm}`);
  });

  it('hash the user name when asked (the SHA-512-256 example of RFC 7616, 3.9.2, with its erratum 4897)', () => {
    const challenge = only(
      'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
    );
    const header = digestHeader(
      challenge,
      { username: 'J\u00E4s\u00F8n Doe', password: 'Secret, or not?' },
      { method: 'GET', uri: '/doe.json', body: '' },
      'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
      1,
    );
    expect(header).toContain('username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"');
    expect(responseIn(header)).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
  });

  it('leave out count and client nonce where no quality of protection is asked for', () => {
    const challenge = only('Digest realm="asterisk", nonce="4711"');
    const header = digestHeader(
      challenge,
      { username: 'bob', password: 'zanzibar' },
      { method: 'REGISTER', uri: 'sip:example.com', body: '' },
      'unused',
      1,
    );
    expect(header).toMatch(
      /^Digest username="bob", realm="asterisk", nonce="4711", uri="sip:example.com", response="[\da-f]{32}"$/,
    );
  });

  it('depend on the body with auth-int and on the client nonce with -sess', () => {
    const response = (parameters: string, body: string, cnonce: string) =>
      responseIn(
        digestHeader(
          only(`Digest realm="r", nonce="n", ${parameters}`),
          mufasa,
          { method: 'INVITE', uri: 'sip:x', body },
          cnonce,
          1,
        ),
      );
    expect(response('qop="auth-int"', 'a', 'c')).not.toBe(response('qop="auth-int"', 'b', 'c'));
    expect(response('qop="auth"', 'a', 'c')).toBe(response('qop="auth"', 'b', 'c'));
    expect(response('algorithm=MD5-sess', 'a', 'c')).not.toBe(response('algorithm=MD5-sess', 'a', 'd'));
  });
});

describe('parseChallenges', () => {
  it('tells several challenges in one joined value apart and prefers the strongest algorithm', () => {
    const challenges = parseChallenges(
      'Digest realm="a, b", nonce="1", algorithm=MD5,qop="auth",DIGEST algorithm=SHA-256 , realm="a, b",nonce="2",Basic realm="x",Digest realm="a, b", nonce="3", algorithm=SHA-512-256',
    );
    expect(challenges.map(({ algorithm, nonce }) => [algorithm, nonce])).toEqual([
      ['MD5', '1'],
      ['SHA-256', '2'],
      ['SHA-512-256', '3'],
    ]);
    expect(chooseChallenge(challenges)?.nonce).toBe('3');
  });

  it('prefers the realm we know among equal algorithms', () => {
    const challenges = parseChallenges('Digest realm="one", nonce="1", Digest realm="two", nonce="2"');
    expect(chooseChallenge(challenges, 'two')?.nonce).toBe('2');
    expect(chooseChallenge(challenges, 'three')?.nonce).toBe('1');
  });

  it.each([
    '',
    'Basic realm="x"',
    'Digest realm="x"',
    'Digest nonce="x"',
    'Digest realm="x", nonce="y", algorithm=AKAv1-MD5',
    'Digest realm="x", nonce="y", qop="other"',
    '=,=,"',
    'Digest realm="unclosed',
  ])('finds nothing to answer in %j', (header) => {
    expect(parseChallenges(header)).toEqual([]);
  });
});

describe('a digest exchange', () => {
  const request = { method: 'INVITE', uri: 'sip:1@x', body: '' };
  const challenge = (status: number, value: string) => ({ status, get: () => value });

  it('answers once, once more when the nonce was stale, and then gives up', () => {
    const exchange = new DigestClient(mufasa).exchange(request);
    expect(exchange.answer(challenge(407, 'Digest realm="r", nonce="1", qop="auth"'))).toHaveProperty(
      'Proxy-Authorization',
    );
    expect(exchange.answer(challenge(407, 'Digest realm="r", nonce="2", qop="auth", stale=TRUE'))).toHaveProperty(
      'Proxy-Authorization',
      expect.stringContaining('nonce="2"'),
    );
    expect(exchange.answer(challenge(407, 'Digest realm="r", nonce="3", qop="auth", stale=true'))).toBeUndefined();
  });

  it('takes a second challenge that is not stale for wrong credentials', () => {
    const exchange = new DigestClient(mufasa).exchange(request);
    exchange.answer(challenge(401, 'Digest realm="r", nonce="1"'));
    expect(exchange.answer(challenge(401, 'Digest realm="r", nonce="2"'))).toBeUndefined();
  });

  it('keeps the answer to a proxy when the server behind it asks too', () => {
    const exchange = new DigestClient(mufasa).exchange(request);
    exchange.answer(challenge(407, 'Digest realm="proxy", nonce="1", qop="auth"'));
    const headers = exchange.answer(challenge(401, 'Digest realm="server", nonce="2", qop="auth"'));
    expect(headers?.['Proxy-Authorization']).toContain('nc=00000002');
    expect(headers?.['Authorization']).toContain('nc=00000001');
  });

  it('counts the uses of one nonce over the requests of a call, with one client nonce', () => {
    const client = new DigestClient(mufasa, undefined, () => 'c0ffee');
    const again = challenge(401, 'Digest realm="r", nonce="1", qop="auth"');
    client.exchange(request).answer(again);
    const headers = client.exchange({ ...request, method: 'BYE' }).answer(again);
    expect(headers?.['Authorization']).toContain('cnonce="c0ffee", qop=auth, nc=00000002');
  });

  it('does nothing about other responses', () => {
    expect(
      new DigestClient(mufasa).exchange(request).answer(challenge(403, 'Digest realm="r", nonce="1"')),
    ).toBeUndefined();
  });
});
