/** Where this package reports events that are not the result of a call. It prints nothing itself. */
import { outside } from '../callers-code';

/** The part of pino's interface that is used. Any logger that has it can be passed. */
export interface Logger {
  /** What is done, step by step. */
  debug(fields: object, message: string): void;
  /** What has been done. */
  info(fields: object, message: string): void;
  /** What is not as it should be, and stops nothing. */
  warn(fields: object, message: string): void;
  /** What has failed. */
  error(fields: object, message: string): void;
}

/** The logger, which never throws: what its own methods throw becomes an uncaught exception. */
export function safeLogger(own: Logger): Logger {
  return {
    debug: outside((fields: object, message: string) => own.debug(fields, message)),
    info: outside((fields: object, message: string) => own.info(fields, message)),
    warn: outside((fields: object, message: string) => own.warn(fields, message)),
    error: outside((fields: object, message: string) => own.error(fields, message)),
  };
}

/** Reports nothing. */
export const silence: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
