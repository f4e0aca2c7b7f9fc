import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/** Structured logger; personal data goes only into a `pii` field, which is dropped unless the operator turns it on. */
export type Logger = PinoLogger;

export interface LogOptions {
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Keep `pii` fields (numbers, names, transcripts, prompts, digits). */
  readonly personalData?: boolean;
  readonly destination?: DestinationStream;
}

/** A logger that writes JSON lines to stderr (stdout belongs to what the user asked for). */
export function createLogger(name: string, options: LogOptions = {}): Logger {
  return pino(
    {
      name,
      level: options.level ?? 'info',
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: options.personalData === true ? [] : { paths: ['pii'], remove: true },
    },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
}

export const silentLogger: Logger = pino({ level: 'silent' });
