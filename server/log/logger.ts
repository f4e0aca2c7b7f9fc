import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/** Structured logger; personal data goes only into a `pii` field, which is dropped unless the operator turns it on. */
export type Logger = PinoLogger;

export interface LogOptions {
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Keep `pii` fields (numbers, names, transcripts, prompts, digits). */
  readonly personalData?: boolean;
  readonly destination?: DestinationStream;
  /** Gets every line, too. */
  readonly alsoTo?: DestinationStream;
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
    destinationOf(options),
  );
}

export const silentLogger: Logger = pino({ level: 'silent' });

function destinationOf({ alsoTo, destination, level }: LogOptions): DestinationStream {
  const main = destination ?? pino.destination({ fd: 2, sync: true });
  if (!alsoTo || level === 'silent') return main;
  // The logger has judged the level already; the streams take what comes.
  return pino.multistream([main, alsoTo].map((stream) => ({ stream, level: 'trace' })));
}
