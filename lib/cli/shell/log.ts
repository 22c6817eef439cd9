/** The log that `-d` and `-l` enable, by pino, which is loaded only if one of them was given. */
import type Pino from 'pino';
import type { Logger } from '../../host/logger';
import { CommandError } from './command-error';
import type { DebugLevel, GlobalOptions } from './globals';

const levels: Readonly<Record<DebugLevel, string>> = {
  0: 'debug',
  1: 'info',
  2: 'info',
  3: 'warn',
  4: 'error',
};

/** One JSON object per line, appended to the file of `-l` or written to stderr. @throws CommandError if the file can't be opened. */
export function openLog({ debug, logFile }: Pick<GlobalOptions, 'debug' | 'logFile'>): Logger {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { pino } = require('pino') as typeof Pino;
  try {
    const destination = pino.destination({ dest: logFile ?? process.stderr.fd, sync: true });
    return pino({ name: 'tslxc', level: levels[debug ?? 4] }, destination);
  } catch (cause) {
    throw new CommandError(`failed to open the log file '${logFile ?? ''}'`, { cause });
  }
}
