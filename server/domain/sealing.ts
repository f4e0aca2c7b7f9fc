/** Keeps secrets unreadable at rest; the key lies outside the database. `secrets` implements it. */
export interface Sealing {
  seal(text: string): string;
  /** Throws when the text was sealed with another key or changed since. */
  open(sealed: string): string;
}
