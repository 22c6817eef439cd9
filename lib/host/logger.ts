/** Where this package tells what nobody asked for. It prints nothing itself. */

/** The part of pino's interface that is used; any logger with it will do. */
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
