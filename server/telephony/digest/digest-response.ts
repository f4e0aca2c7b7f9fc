import { createHash } from 'node:crypto';
import type { DigestAlgorithm, DigestChallenge } from './challenge.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What is to be authorised. */
export interface DigestRequest {
  readonly method: string;
  readonly uri: string;
  readonly body: string;
}

const nodeNames: Readonly<Record<DigestAlgorithm, string>> = {
  'SHA-512-256': 'sha512-256',
  'SHA-256': 'sha256',
  MD5: 'md5',
};

/**
 * The value of Authorization or Proxy-Authorization (RFC 7616, 3.4; without quality of protection RFC 2069).
 * `count` is how often this nonce has been used, this time included.
 */
export function digestHeader(
  challenge: DigestChallenge,
  credentials: Credentials,
  request: DigestRequest,
  cnonce: string,
  count: number,
): string {
  const { realm, nonce, opaque, qop, algorithm, algorithmName, userhash } = challenge;
  const hash = (text: string) => createHash(nodeNames[algorithm]).update(text, 'utf8').digest('hex');
  const nc = count.toString(16).padStart(8, '0');
  const { username, password } = credentials;
  const base = hash(`${username}:${realm}:${password}`);
  const key = challenge.session ? hash(`${base}:${nonce}:${cnonce}`) : base;
  const { method, uri, body } = request;
  const subject = hash(qop === 'auth-int' ? `${method}:${uri}:${hash(body)}` : `${method}:${uri}`);
  const response = hash(qop ? `${key}:${nonce}:${nc}:${cnonce}:${qop}:${subject}` : `${key}:${nonce}:${subject}`);
  const needsCnonce = qop !== undefined || challenge.session;
  return [
    `Digest username=${quote(userhash ? hash(`${username}:${realm}`) : username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    ...(algorithmName === undefined ? [] : [`algorithm=${algorithmName}`]),
    ...(needsCnonce ? [`cnonce=${quote(cnonce)}`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${nc}`]),
    ...(userhash ? ['userhash=true'] : []),
  ].join(', ');
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, '')}"`;
}
