/** Checks the files that consoles put out to, before the domain is started: `<log>`. Pure. */
import type { DomainDefinition, OutputFile } from '../definition';
import { withoutDots } from '../xml/path';
import { definitionError, type SourceLocation } from '../xml/source-location';

/** Bytes of the name of a file, without what is added to the name of one that is full. */
const longestName = 250;

/** How many files there are that were full, as virtlogd has them: with the endings .0, for the youngest, .1 and so on. */
export const outputFileBackups = 3;

/** @throws DefinitionError CONFIG_UNSUPPORTED for what can't be the path of a file, and for files that two consoles would write to. */
export function checkOutputFiles({ consoles }: DomainDefinition): void {
  const seen = new Map<string, OutputFile>();
  for (const { log } of consoles) {
    if (log === undefined) continue;
    checkPath(log);
    const file = withoutDots(log.file);
    const first = seen.get(file);
    if (first !== undefined) {
      refuse(log, `the log '${log.file}' is that of the console in line ${first.position.line}`);
    }
    seen.set(file, log);
  }
  for (const [file, log] of seen) {
    const younger = youngerOf(file);
    if (younger === undefined || !seen.has(younger)) continue;
    refuse(
      log,
      `the log '${log.file}' is what '${younger}' of another console becomes when it is full`,
    );
  }
}

/** The file that this one would be put aside from, when it is full. */
function youngerOf(file: string): string | undefined {
  const [, younger, number] = /^(.*[^/])\.(\d)$/.exec(file) ?? [];
  return Number(number) < outputFileBackups ? younger : undefined;
}

/** The file, and those that it becomes when it is full. */
export function outputFilePaths({ file }: OutputFile): string[] {
  return [file, ...Array.from({ length: outputFileBackups }, (_, number) => `${file}.${number}`)];
}

/** Of the element. */
export function outputFileLocation({ position }: OutputFile): SourceLocation {
  return { path: 'domain/devices/console/log', position };
}

function checkPath(log: OutputFile): void {
  const { file } = log;
  if (!file.startsWith('/')) refuse(log, `the log '${file}' of a console is not an absolute path`);
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (['', '.', '..'].includes(name)) refuse(log, `the log '${file}' of a console names no file`);
  if (Buffer.byteLength(name) <= longestName) return;
  refuse(log, `the name of the log '${file}' has more than ${longestName} bytes`);
}

function refuse(log: OutputFile, detail: string): never {
  throw definitionError('CONFIG_UNSUPPORTED', detail, outputFileLocation(log));
}
