import type { Dialog } from './dialog.ts';

/** All dialogs, found by Call-ID and tags, or by the handle that the dialogs of one request share. */
export class DialogTable {
  readonly #byTags = new Map<string, Dialog>();
  readonly #byHandle = new Map<string, Dialog[]>();

  get size(): number {
    return this.#byTags.size;
  }

  /** Adds it; it leaves by itself when it ends. */
  add(dialog: Dialog): void {
    const key = keyOf(dialog.callId, dialog.localTag, dialog.remoteTag);
    this.#byTags.set(key, dialog);
    const siblings = this.#byHandle.get(dialog.handle);
    if (siblings === undefined) this.#byHandle.set(dialog.handle, [dialog]);
    else siblings.push(dialog);
    dialog.onEnd(() => this.#remove(key, dialog));
  }

  find(callId: string, localTag: string, remoteTag: string): Dialog | undefined {
    return this.#byTags.get(keyOf(callId, localTag, remoteTag));
  }

  /** The dialog of this handle that counts: a confirmed one before early ones, a young one before an old one. */
  byHandle(handle: string): Dialog | undefined {
    const siblings = this.#byHandle.get(handle);
    if (siblings === undefined) return undefined;
    return siblings.findLast((dialog) => dialog.state === 'confirmed') ?? siblings.findLast((dialog) => dialog.alive);
  }

  siblings(handle: string): readonly Dialog[] {
    return this.#byHandle.get(handle) ?? [];
  }

  all(): IterableIterator<Dialog> {
    return this.#byTags.values();
  }

  #remove(key: string, dialog: Dialog): void {
    if (this.#byTags.get(key) === dialog) this.#byTags.delete(key);
    const siblings = this.#byHandle.get(dialog.handle);
    if (siblings === undefined) return;
    const at = siblings.indexOf(dialog);
    if (at !== -1) siblings.splice(at, 1);
    if (siblings.length === 0) this.#byHandle.delete(dialog.handle);
  }
}

const keyOf = (callId: string, localTag: string, remoteTag: string): string => `${callId}|${localTag}|${remoteTag}`;
