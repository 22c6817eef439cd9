/** Checks the files to which consoles write their output (`<log>`), before the domain is started. Pure. */
import type { DomainDefinition, OutputFile } from '../definition';
import { withoutDots } from '../xml/path';
import { definitionError, type SourceLocation } from '../xml/source-location';

/** Maximum length of a file name in bytes; leaves room for the suffix that a full file gets. */
const longestName = 250;

/** Number of full files that are kept, as by virtlogd: they end with .0 (the youngest), .1 and so on. */
export const outputFileBackups = 3;

/** @throws DefinitionError CONFIG_UNSUPPORTED for text that can't be the path of a file, and if two consoles would write to one file. */
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

/** The file that would be renamed to this one when it is full. */
function youngerOf(file: string): string | undefined {
  const [, younger, number] = /^(.*[^/])\.(\d)$/.exec(file) ?? [];
  return Number(number) < outputFileBackups ? younger : undefined;
}

/** The file, and the names that it gets in turn after it is full. */
export function outputFilePaths({ file }: OutputFile): string[] {
  return [file, ...Array.from({ length: outputFileBackups }, (_, number) => `${file}.${number}`)];
}

/** The location of the `<log>` element. */
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
