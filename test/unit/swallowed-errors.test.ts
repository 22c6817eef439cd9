/**
 * Every catch in lib/ that turns all errors into an answer, a message or nothing has its reason here. One that may throw chooses by
 * the error, and needs none. The class behind this table: an errno that says nothing of a thing, such as EMFILE, taken for its absence.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { swallowedErrors } from '../support/source/swallowed-errors';
import { reasons } from '../support/source/swallowed-errors-reasons';
import { packageRoot } from '../support/process/run-command';

const lib = join(packageRoot, 'lib');

const found = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    swallowedErrors(readFileSync(join(lib, file), 'utf8')).map(({ where }) => `${file} ${where}`),
  );

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

test('each function that turns all errors into something else is in the table, as often as it does', () => {
  const rows = Object.values(reasons).flatMap((functions) => functions);
  expect(counted([...rows].sort())).toEqual(counted([...found].sort()));
});

test('a catch is found that answers, and none that may throw; control: the one that took unknown for dead', () => {
  const text = `
    function stateOfLock() { try { return look(); } catch { return 'free'; } }
    function chosen() { try { return look(); } catch (error) { if (!isIt(error)) throw error; return 1; } }
    class Reader { async read() { return look().catch(() => []); } }
    function unlessGone(error) { if (!isIt(error)) throw error; }
    const gone = () => look().catch(unlessGone);`;
  expect(swallowedErrors(text)).toEqual([
    { where: 'stateOfLock', line: 2 },
    { where: 'Reader.read', line: 4 },
  ]);
});
