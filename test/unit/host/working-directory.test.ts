/** What is still possible in a current directory that has been removed: everything for which it need not be known. */
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { mountOptions, readMounts } from '../../../lib/cli/options/image/mount-options';
import { parseArguments } from '../../../lib/cli/shell/arguments';
import { programPath } from '../../../lib/host/program';
import { absolutePath } from '../../../lib/host/state/absolute-path';
import { findPlace } from '../../../lib/rootfs/place';
import { run } from '../cli/run-main';
import { removeScratchAfterEach, scratchDirectory } from '../driver/scratch';

removeScratchAfterEach();

const before = process.cwd();
const { PATH: path } = process.env;
let scratch: string;

beforeEach(() => {
  scratch = scratchDirectory();
  const removed = join(scratch, 'removed');
  mkdirSync(removed);
  process.chdir(removed);
  rmdirSync(removed);
});

afterEach(() => {
  process.chdir(before);
  process.env['PATH'] = path;
});

const refusal = (name: string): unknown =>
  expect.objectContaining({
    code: 'INVALID_ARG',
    message:
      `invalid argument: '${name}' is relative, and there is no current directory ` +
      '(ENOENT, no such file or directory): name an absolute path',
    path: name,
    errno: 2,
    syscall: 'getcwd',
  });

test('an absolute path is taken, and a relative one refused with the reason', async () => {
  expect(absolutePath('/srv/../x')).toBe('/x');
  expect(() => absolutePath('x')).toThrow(refusal('x') as Error);
  const read = (...words: string[]) =>
    readMounts(parseArguments('run', { options: mountOptions }, words).options, {});
  const mounts = [{ source: '/srv', target: '/data', recursive: true }];
  expect(read('-v', '/srv:/data')).toEqual({ mounts });
  expect(() => read('-v', './srv:/data')).toThrow(refusal('./srv') as Error);
  expect(() => read('--upper', 'upper')).toThrow(refusal('upper') as Error);
  await expect(findPlace('root')).rejects.toEqual(refusal('root'));
});

test('a root can be made elsewhere', async () => {
  const place = join(scratch, 'root');
  mkdirSync(place);
  expect(await findPlace(place)).toBe(place);
  process.chdir(place);
  await expect(findPlace(place)).rejects.toThrow('is the working directory');
});

test('a relative folder of PATH is passed over', () => {
  process.env['PATH'] = `bin:${path ?? ''}`;
  expect(programPath({ program: 'sh', package: 'dash', step: 'test' })).toMatch(/^\/.*\/sh$/);
});

test('pwd says why there is no answer, and cd leads out', async () => {
  const { status, stdout, stderr } = await run(['-q', 'list; pwd; cd /; pwd']);
  expect([status, stderr]).toEqual([
    0,
    'error: pwd: cannot get current directory: No such file or directory\n',
  ]);
  expect(stdout).toBe('/\n');
});
