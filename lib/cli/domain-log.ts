/**
 * The log of what happens to domains when nobody is there to see it: one file a domain, lines as pino
 * writes them. pino itself would take longer to load than the work takes. Never throws, never prints.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../host/logger';

/** A file of this many bytes is put aside as `NAME.log.1`, in the place of the one before. */
const maximumBytes = 1024 * 1024;

const levels = { info: 30, warn: 40, error: 50 } as const;

/** Writes to `<directory>/<domain>.log`; to `fallback` what concerns no domain. Debug messages are left out. */
export function domainLog(directory: string, fallback: string): Logger {
  const writer =
    (level: keyof typeof levels) =>
    (fields: object, message: string): void => {
      const file = join(directory, `${domainOf(fields) ?? fallback}.log`);
      append(file, { level: levels[level], ...shown(fields), msg: message });
    };
  return {
    debug: () => undefined,
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}

function domainOf(fields: object): string | undefined {
  if (!('domain' in fields) || typeof fields.domain !== 'string') return undefined;
  return fields.domain.includes('/') ? undefined : fields.domain;
}

function append(file: string, entry: object): void {
  const line = { ...entry, time: Date.now(), pid: process.pid, name: 'tslxc' };
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maximumBytes) {
      renameSync(file, `${file}.1`);
    }
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // A full or read-only disk must not keep the work from being done, and there is nobody to tell.
  }
}

/** The fields with errors as data: JSON would leave out their message. */
function shown(fields: object): object {
  if (!('err' in fields) || typeof fields.err !== 'object' || fields.err === null) return fields;
  const { message, stack } = fields.err as { message?: unknown; stack?: unknown };
  return { ...fields, err: { message, stack, ...fields.err } };
}
