/** What typedoc.json asks of the API's comments: a gap in them is found. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot, runProgram } from '../../support/process/run-command';

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(packageRoot, 'build', 'api-'))));
afterEach(() => removeTree(folder));

/** What typedoc says of an entry file with this text, by the settings of the package. */
async function complaints(text: string): Promise<readonly [code: number, lines: string[]]> {
  const options = {
    extends: [join(packageRoot, 'typedoc.json')],
    entryPoints: ['entry.ts'],
    tsconfig: 'tsconfig.json',
    intentionallyNotExported: [],
  };
  const tsconfig = { compilerOptions: { types: [] }, files: ['entry.ts'] };
  writeFileSync(join(folder, 'entry.ts'), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  writeFileSync(join(folder, 'typedoc.json'), JSON.stringify(options));
  const typedoc = join(packageRoot, 'node_modules/typedoc/bin/typedoc');
  const argv = [process.execPath, typedoc, '--emit', 'none'];
  const { code, stdout, stderr } = await runProgram(argv, { cwd: folder, env: { NO_COLOR: '1' } });
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => /entry\.ts|Shape/.test(line));
  return [code, lines];
}

const whole = `
/** A shape. */
export interface Shape {
  /** Of its sides. */
  readonly sides: number;
}
/** @internal */
export interface Hidden { readonly depth: number }
`;

test('an export without a comment, a member without one, and a type that is not exported', async () => {
  const gaps = `${whole}
export function area(): number { return 0 }
interface Secret { readonly name: string }
/** A box. */
export interface Box { readonly secret: Secret }
`;
  const [code, lines] = await complaints(gaps);
  expect(code).not.toBe(0);
  expect(lines.join('\n')).toMatch(/area .*does not have any documentation/);
  expect(lines.join('\n')).toMatch(/Box\.secret .*does not have any documentation/);
  expect(lines.join('\n')).toMatch(/Secret, .*not included in the documentation/);
  expect(lines.join('\n')).not.toMatch(/Shape|Hidden/);
});
