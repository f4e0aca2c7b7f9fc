import type { Frame } from './frame.ts';

/**
 * One step of the media path, called synchronously. The samples belong to the caller again when `push` returns: a
 * stage that keeps them copies them.
 */
export interface Stage {
  push(frame: Frame): void;
}
