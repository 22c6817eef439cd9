/**
 * The log of what tslxc does to each domain: one file for each domain, to which every process appends lines in the format
 * of pino, which is not loaded for it. Lines are written a little later, so that no start waits for a disk. Never throws,
 * never prints.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../logger';
import { native } from '../native';
import { logLine, type levels } from './line-format';

/** A file of this size is renamed to `NAME.log.1`, and replaces the one before. */
const maximumBytes = 1024 * 1024;

/** Milliseconds for which lines are collected before they are written. */
const delay = 50;

/** `info`: starts, ends and failures. `debug`: every step as well. */
export type LogLevel = 'debug' | 'info';

export interface DomainLogOptions {
  /** Made by the first start. Lines before that are dropped, so that a root that was removed is not made again. */
  readonly directory: string;
  /** Name of the file for lines about no domain. Default: they are dropped. */
  readonly fallback?: string;
  readonly level: LogLevel;
}

/** The logs that have lines to write. */
const waiting = new Set<DomainLog>();

function writeAllNow(): void {
  for (const log of [...waiting]) log.writeNow();
}

export class DomainLog implements Logger {
  readonly #options: DomainLogOptions;
  /** Collected text, by file. */
  readonly #pending = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: DomainLogOptions) {
    this.#options = options;
  }

  debug(fields: object, message: string): void {
    if (this.#options.level === 'debug') this.#add('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }

  /** Resolves when all lines have been written, or could not be. */
  async flush(): Promise<void> {
    const lines = this.#takePending();
    this.#writing = this.#writing.then(async () => {
      for (const [file, text] of lines) await append(file, text);
    });
    await this.#writing;
  }

  #add(level: keyof typeof levels, fields: object, message: string): void {
    const name = domainOf(fields) ?? this.#options.fallback;
    if (name === undefined) return;
    const file = join(this.#options.directory, `${name}.log`);
    const line = logLine(level, fields, message);
    this.#pending.set(file, (this.#pending.get(file) ?? '') + line);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), delay).unref();
    if (waiting.size === 0) process.once('exit', writeAllNow);
    waiting.add(this);
  }

  /** Writes synchronously, for a process that is exiting. */
  writeNow(): void {
    for (const [file, text] of this.#takePending()) appendNow(file, text);
  }

  #takePending(): [string, string][] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    waiting.delete(this);
    if (waiting.size === 0) process.off('exit', writeAllNow);
    const lines = [...this.#pending];
    this.#pending.clear();
    return lines;
  }
}

/** A logger that passes everything to both. */
export function bothLoggers(one: Logger, other: Logger): Logger {
  const both =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      one[level](fields, message);
      other[level](fields, message);
    };
  return { debug: both('debug'), info: both('info'), warn: both('warn'), error: both('error') };
}

/** A logger for what concerns no domain: the rest is in the log of its domain already. */
export function withoutDomain(log: Logger): Logger {
  const only =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      if (!('domain' in fields)) log[level](fields, message);
    };
  return { debug: only('debug'), info: only('info'), warn: only('warn'), error: only('error') };
}

function domainOf(fields: object): string | undefined {
  if (!('domain' in fields) || typeof fields.domain !== 'string') return undefined;
  return fields.domain.includes('/') ? undefined : fields.domain;
}

// A full or read-only disk, or a missing folder, must not stop the work, and there is nowhere to report it.

async function append(file: string, text: string): Promise<void> {
  try {
    await native().appendLog(file, text, maximumBytes);
  } catch {
    // See above.
  }
}

function appendNow(file: string, text: string): void {
  try {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > maximumBytes) renameSync(file, `${file}.1`);
    appendFileSync(file, text, { mode: 0o600 });
  } catch {
    // See above.
  }
}
