/** Small files of JSON that are replaced as a whole. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a record so that a reader sees all of it or none. No fsync: what is lost with a boot counts as missing. */
export function writeRecord(path: string, record: object): void {
  const temporary = `${path}.new`;
  const text = `${JSON.stringify(record)}\n`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, text, { mode: 0o600 });
  }
  renameSync(temporary, path);
}

/** A record that is cut short or foreign counts as missing: the records are replaced atomically by us. */
export function readRecord(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
