/** A stretch of mono 16-bit audio. The maker owns the buffer until it hands the frame on; the taker owns it then. */
export interface Frame {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  /** Index of the first sample since the leg's audio began, at `sampleRate`: audio time, gaps included. */
  readonly position: number;
}

/**
 * Where a leg delivers what the caller says: a function in the same process, or a channel (Unix socket or named pipe)
 * to another one, so that audio does not pass through the server's loop. See `frame-channel.ts` for the wire form.
 */
export type AudioSink =
  | { readonly kind: 'function'; readonly sampleRate: number; push(frame: Frame): void }
  | { readonly kind: 'channel'; readonly path: string; readonly streamId: number; readonly sampleRate: number };
