/** Every text that the fuzzers of the XML parsers have kept is read or refused as promised. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';
import { subjects, type Subject } from './subjects';

test.each(Object.keys(subjects) as Subject[])(
  'what the fuzzer %s has kept breaks nothing',
  (subject) => {
    const folder = join(packageRoot, 'test', 'fuzz', 'corpus', subject);
    const names = readdirSync(folder);
    expect(names).not.toEqual([]);
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8');
      expect({ name, error: errorOf(() => subjects[subject](text)) }).toEqual({
        name,
        error: undefined,
      });
    }
  },
);

function errorOf(body: () => void): unknown {
  try {
    body();
    return undefined;
  } catch (error) {
    return error;
  }
}
