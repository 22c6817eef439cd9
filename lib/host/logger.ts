/** Where this package tells what nobody asked for. It prints nothing itself. */

/** The part of pino's interface that is used; any logger with it will do. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
