export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  /** ISO 8601. */
  readonly timestamp: string;
  readonly level: LogLevel;
  readonly message: string;
}

const mostLines = 1_000;
const longestMessage = 500;

/**
 * Keeps the newest lines of the log in memory: time, level and sentence alone, so that neither `pii` fields nor any
 * other detail gets into it. Older lines are dropped. A destination for pino.
 */
export class LogRing {
  readonly #lines: LogLine[] = [];
  #next = 0;

  write(text: string): void {
    const line = toLine(text);
    if (!line) return;
    this.#lines[this.#next] = line;
    this.#next = (this.#next + 1) % mostLines;
  }

  /** Newest first; those of one level alone when it is given. */
  newest(
    level: LogLevel | undefined,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): { readonly items: readonly LogLine[]; readonly total: number } {
    const oldestFirst = [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)];
    const found = oldestFirst.reverse().filter((line) => level === undefined || line.level === level);
    return { items: found.slice(offset, offset + limit), total: found.length };
  }
}

/** pino's numbers of levels. */
function levelOf(number: unknown): LogLevel {
  const value = typeof number === 'number' ? number : 30;
  if (value >= 50) return 'error';
  if (value >= 40) return 'warn';
  return value >= 30 ? 'info' : 'debug';
}

function toLine(text: string): LogLine | undefined {
  try {
    const { time, level, msg } = JSON.parse(text) as { readonly [field: string]: unknown };
    if (typeof time !== 'string' || typeof msg !== 'string') return undefined;
    return { timestamp: time, level: levelOf(level), message: msg.slice(0, longestMessage) };
  } catch {
    return undefined;
  }
}
