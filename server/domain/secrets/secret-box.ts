import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;
export const secretKeyBytes = 32;

/**
 * Encrypts what must be read again (tool headers, trunk passwords, webhook secrets) with AES-256-GCM. Sealed text is
 * `v1.<key's fingerprint>.<base64url of iv, tag and ciphertext>`: it says which key opens it.
 */
export class SecretBox {
  readonly #key: Buffer;
  readonly #fingerprint: string;

  constructor(key: Buffer) {
    this.#key = key;
    this.#fingerprint = createHash('sha256').update('landline secret key').update(key).digest('hex').slice(0, 8);
  }

  seal(text: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv, { authTagLength: tagBytes });
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return [version, this.#fingerprint, Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')].join('.');
  }

  /** Throws `secret-key-wrong` for text that another key sealed, `secret-damaged` for text that nobody's key opens. */
  open(sealed: string): string {
    const [format, fingerprint, content] = sealed.split('.');
    if (format !== version || content === undefined) throw damaged();
    if (fingerprint !== this.#fingerprint) {
      throw new LandlineError(
        'secret-key-wrong',
        'The file secret.key is not the one that the stored secrets were encrypted with: put the right one back ' +
          'beside the database, from the backup that the database comes from.',
      );
    }
    const bytes = Buffer.from(content, 'base64url');
    if (bytes.length < ivBytes + tagBytes) throw damaged();
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    try {
      const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
      return text.toString('utf8');
    } catch (thrown) {
      throw damaged(thrown);
    }
  }
}

function damaged(cause?: unknown): LandlineError {
  return new LandlineError('secret-damaged', 'A stored secret is damaged: enter it again.', {}, cause);
}
