import { X509Certificate } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { generate } from 'selfsigned';
import { LandlineError, messageOf } from '../contract/errors.ts';

/** Where the certificate comes from. */
export type TlsSettings =
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string }
  /** Made here once and kept in this folder. */
  | { readonly kind: 'self-signed'; readonly folder: string };

const certificateName = 'self-signed.crt';
const keyName = 'self-signed.key';
const lifeDays = 825;
/** Made anew when it has less than this left. */
const renewBeforeMs = 30 * 86_400_000;

/** Certificate and key for the listeners. Throws `bad-certificate` that names the file and the mend. */
export async function loadCertificate(tls: TlsSettings, nowMs: number): Promise<SecureContextOptions> {
  const pair = tls.kind === 'files' ? await readPair(tls.certificate, tls.key) : await selfSigned(tls.folder, nowMs);
  try {
    createSecureContext(pair);
    return pair;
  } catch (thrown) {
    throw badCertificate(`The certificate and its key do not fit: ${messageOf(thrown)}`, thrown);
  }
}

interface PemPair {
  readonly cert: string;
  readonly key: string;
}

async function readPair(certificate: string, key: string): Promise<PemPair> {
  try {
    return { cert: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  } catch (thrown) {
    throw badCertificate(`A file of http.tls cannot be read: ${messageOf(thrown)}`, thrown);
  }
}

async function selfSigned(folder: string, nowMs: number): Promise<PemPair> {
  const paths = { cert: join(folder, certificateName), key: join(folder, keyName) };
  const kept = await readPair(paths.cert, paths.key).catch(() => undefined);
  if (kept && isGood(kept.cert, nowMs)) return kept;
  const made = await makePair(nowMs);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(paths.key, made.key, 0o600);
  await writeWhole(paths.cert, made.cert, 0o644);
  return made;
}

function isGood(pem: string, nowMs: number): boolean {
  try {
    return new X509Certificate(pem).validToDate.getTime() - nowMs > renewBeforeMs;
  } catch {
    return false;
  }
}

/** For this machine's names and addresses, so that a browser complains about the signer only. */
async function makePair(nowMs: number): Promise<PemPair> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ address }) => !address.includes('%'))
    .map(({ address }) => address);
  const names = ['localhost', hostname()];
  const made = await generate([{ name: 'commonName', value: hostname() }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - 86_400_000),
    notAfterDate: new Date(nowMs + lifeDays * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...[...new Set(['127.0.0.1', ...addresses])].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

function badCertificate(message: string, cause: unknown): LandlineError {
  return new LandlineError(
    'bad-certificate',
    `${message}. Mend http.tls in config.json: name a PEM certificate and its key, or write "selfSigned": true.`,
    {},
    cause,
  );
}
