/** The text of bytes whose encoding nobody told: by byte order mark, else UTF-8 when it is valid, else Windows-1252. */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  const marked = markedEncoding(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  return decodeAs('utf-8', bytes) ?? decodeAs(declared ?? 'windows-1252', bytes) ?? latin(bytes);
}

/** Undefined when the bytes are no such text, or the encoding is unknown. */
function decodeAs(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Windows-1252 is Latin-1 with letters and marks where Latin-1 has controls; it reads any bytes. */
function latin(bytes: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(bytes);
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined;
}
