import { open } from 'node:fs/promises';
import { LandlineError } from '../contract/errors.ts';

/** Looks at a model file before a process is started for it: `model-missing`, or `model-broken` if it is no GGUF. */
export async function checkGguf(path: string, what = 'language model'): Promise<void> {
  let magic: string;
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    magic = buffer.toString('latin1', 0, bytesRead);
  } catch (cause) {
    throw new LandlineError(
      'model-missing',
      `There is no ${what} at ${path}. Put a GGUF file there, or correct the path in the settings.`,
      { file: path },
      cause,
    );
  }
  if (magic === 'GGUF') return;
  throw new LandlineError(
    'model-broken',
    `${path} is not a GGUF file. Name a model in GGUF format, or copy the file again from its source.`,
    { file: path },
  );
}
