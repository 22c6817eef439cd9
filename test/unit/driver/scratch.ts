/** A directory for one test, gone at its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** Has to be called at the top of a test file that uses `scratchDirectory`. */
export function removeScratchAfterEach(): void {
  afterEach(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
  });
}

export function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'tslxc-unit-'));
  made.push(path);
  return path;
}
