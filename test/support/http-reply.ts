/** An answer, and ways to look into its body. */
export class HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when it is no JSON. */
  readonly body: unknown;

  constructor(response: Response, text: string) {
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
    this.body = parsed(text);
  }

  /** What lies under these keys of the body; undefined where there is nothing. */
  at(...path: readonly (string | number)[]): unknown {
    return path.reduce<unknown>((value, key) => Object(value)[key] as unknown, this.body);
  }

  /** A text of the body. Throws where there is none. */
  textAt(...path: readonly (string | number)[]): string {
    const value = this.at(...path);
    if (typeof value === 'string') return value;
    throw new Error(`There is no text at ${path.join('.')} of ${this.status} ${this.text}`);
  }

  /** A list of objects in the body. Throws where there is none. */
  list(...path: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[] {
    const value = this.at(...path);
    if (Array.isArray(value)) return value as Record<string, unknown>[];
    throw new Error(`There is no list at ${path.join('.')} of ${this.status} ${this.text}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
