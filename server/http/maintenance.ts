import { LandlineError } from '../contract/errors.ts';

/** Whether the house is being worked on; it ends with a restart. */
export class Maintenance {
  #enabled = false;

  get enabled(): boolean {
    return this.#enabled;
  }

  set(enabled: boolean): void {
    this.#enabled = enabled;
  }

  /** Throws `maintenance-mode` while it is on. */
  check(): void {
    if (this.#enabled) throw new LandlineError('maintenance-mode', 'The service is being maintained: try again later.');
  }
}
