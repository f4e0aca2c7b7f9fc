/** Details that go with an error: plain values that can be logged and shown. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The one error class of the house.
 *
 * `code` is stable (kebab-case) and for programs; `message` is one sentence that names the problem, the value and the
 * mend, and is for people.
 */
export class LandlineError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LandlineError';
    this.code = code;
    this.details = details;
  }
}

/** The sentence to show for anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
