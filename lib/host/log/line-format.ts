/** The format of tslxc's log lines, which is pino's: one for the logs of the domains and for the log of the command, whose writer is pino. */
import { hostname } from 'node:os';

/** Pino's number of each level. */
export const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;

/** What every line says of the process that wrote it. */
export function sender(): object {
  return { pid: process.pid, hostname: hostname(), name: 'tslxc' };
}

/** The fields of a record as plain data: bigints as their digits, an error with its type, message and stack. */
export function plainFields(fields: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(fields, plainValue)) as Record<string, unknown>;
}

function plainValue(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (key !== 'err' || !isErrorLike(value)) return value;
  const { message, stack } = value;
  return Object.assign({ type: value.constructor.name, message, stack }, value);
}

function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
}

/** One line of the log, with its end. */
export function logLine(level: keyof typeof levels, fields: object, message: string): string {
  const entry = { level: levels[level], time: Date.now(), ...sender(), ...fields, msg: message };
  return `${JSON.stringify(entry, plainValue)}\n`;
}
