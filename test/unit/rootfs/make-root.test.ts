/** Roots of busybox, which every user can make; and what is refused before anything is made. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { chmodSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBusyboxRoot, findBusybox } from '../../../lib/rootfs/busybox';
import { busyboxTree } from '../../../lib/rootfs/busybox-tree';
import { checkSuite, debianCommand } from '../../../lib/rootfs/debian';
import { makeRoot } from '../../../lib/rootfs/make-root';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mkroot-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mode = (path: string): number => lstatSync(path).mode & 0o7777;

/** Expects a refusal, and that all below the folder is as it was. */
async function expectRefused(directory: string, expected: object): Promise<void> {
  const list = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const before = list();
  await expect(makeRoot(directory)).rejects.toMatchObject(expected);
  expect(list()).toEqual(before);
}

test('a root is there as the table says, whatever the umask', async () => {
  const steps: string[] = [];
  const umask = process.umask(0o077);
  try {
    const onProgress = (step: string): number => steps.push(step);
    expect(await makeRoot(join(folder, 'root'), { onProgress })).toBe(join(folder, 'root'));
  } finally {
    process.umask(umask);
  }
  const root = join(folder, 'root');
  expect(mode(root)).toBe(0o755);
  for (const entry of busyboxTree) {
    const path = join(root, entry.path);
    if (entry.kind === 'link') expect(lstatSync(path).isSymbolicLink()).toBe(true);
    else expect([entry.path, mode(path)]).toEqual([entry.path, entry.mode]);
    if (entry.kind === 'file') expect(readFileSync(path, 'utf8')).toBe(entry.text);
  }
  expect(mode(join(root, 'bin/busybox'))).toBe(0o755);
  expect(existsSync(join(root, 'bin/sh'))).toBe(true);
  expect(steps).toEqual([expect.stringMatching(/^copying \/.*busybox/)]);
  expect(readdirSync(folder)).toEqual(['root']);
});

test('an empty directory is filled; also through a symbolic link, which stays', async () => {
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'link'));
  expect(await makeRoot(`${join(folder, 'link')}/`)).toBe(join(folder, 'real'));
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['link', 'real']);
  expect(existsSync(join(folder, 'real/bin/sh'))).toBe(true);
});

test('names with blanks, quotes and dashes are names', async () => {
  mkdirSync(join(folder, '-a b'));
  for (const name of ['-a b/-r', "-a b/it's", '-a b/$(id)']) {
    expect(await makeRoot(join(folder, name))).toBe(join(folder, name));
  }
});

describe('refused, with nothing made', () => {
  test('a directory that has something in it', async () => {
    writeFileSync(join(folder, '.file'), 'text');
    const message = `Requested operation is not valid: '${folder}' exists, and is not empty`;
    await expectRefused(folder, { code: 'OPERATION_INVALID', path: folder, message });
    expect(readFileSync(join(folder, '.file'), 'utf8')).toBe('text');
  });

  test('a file', async () => {
    writeFileSync(join(folder, 'file'), 'text');
    const message = expect.stringContaining('is not a directory') as string;
    await expectRefused(join(folder, 'file'), { code: 'OPERATION_INVALID', message });
  });

  test('a symbolic link that leads nowhere', async () => {
    symlinkSync('nowhere', join(folder, 'link'));
    const message = expect.stringContaining('leads nowhere') as string;
    await expectRefused(join(folder, 'link'), { code: 'OPERATION_INVALID', message });
  });

  test('a place whose parent is missing, or a file', async () => {
    const path = join(folder, 'no');
    const message = expect.stringContaining(`there is no directory ${path}`) as string;
    await expectRefused(join(path, 'root'), { code: 'INVALID_ARG', errno: 2, path, message });
    writeFileSync(path, '');
    await expectRefused(join(path, 'root'), { code: 'SYSTEM_ERROR', errno: 20 });
  });

  test('the working directory', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const message = expect.stringContaining('is the working directory') as string;
      await expectRefused('.', { code: 'OPERATION_INVALID', message });
    } finally {
      process.chdir(before);
    }
  });

  test('names that no definition can hold', async () => {
    await expectRefused('', { code: 'INVALID_ARG' });
    await expectRefused(join(folder, 'a\u0001b'), { code: 'INVALID_ARG' });
    await expectRefused(`${folder}/a\0b`, { code: 'INVALID_ARG' });
  });

  test('what the caller has given up', async () => {
    const signal = AbortSignal.abort();
    const root = join(folder, 'root');
    await expect(makeRoot(root, { signal })).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('giving up while it is made leaves nothing', async () => {
  const abort = new AbortController();
  const options = { signal: abort.signal, onProgress: () => abort.abort() };
  await expect(makeRoot(join(folder, 'root'), options)).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  [
    'busybox',
    "options.content is 'busybox', not an object, one whose kind is one of busybox, debian",
  ],
  [{ kind: 'alpine' }, "options.content.kind is 'alpine', not one of busybox, debian"],
  [{ kind: 'image', name: 'alpine' }, 'options.content.name is unknown; known are kind, suite'],
])('content that there is not is told with what there is: %j', async (content, words) => {
  const made = makeRoot(join(folder, 'root'), { content } as never);
  await expect(made).rejects.toMatchObject({
    code: 'INVALID_ARG',
    message: expect.stringContaining(words) as string,
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('who asks for an image is told where it is to be had', async () => {
  const made = makeRoot(join(folder, 'root'), { content: { kind: 'image' } } as never);
  await expect(made).rejects.toMatchObject({
    message: expect.stringContaining('Connection.images') as string,
  });
});

describe('the busybox of the machine', () => {
  const advice =
    'install the Debian package busybox-static, or choose a Debian root, which needs mmdebstrap';

  test('that is missing is an error which names the package', async () => {
    await expect(findBusybox([join(folder, 'busybox')])).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: `Operation not supported: there is no busybox on this machine: ${advice}`,
    });
  });

  test('must be static: a dynamic one is passed over, and named when there is no other', async () => {
    const own = await findBusybox();
    expect(await findBusybox([process.execPath, own])).toBe(own);
    await expect(findBusybox([process.execPath, '/nosuch'])).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: expect.stringContaining(`${process.execPath} is not linked statically`) as string,
    });
  });

  test('that lacks a command is refused, naming it', async () => {
    const busybox = join(folder, 'busybox');
    const list = busyboxTree.map(({ path }) => path.replace(/^bin\//, ''));
    const known = list.filter((name) => !['udhcpc', 'ip'].includes(name));
    writeFileSync(busybox, `#!/bin/sh\ncat <<'EOF'\n${known.join('\n')}\nEOF\n`);
    chmodSync(busybox, 0o755);
    await expect(buildBusyboxRoot(folder, busybox)).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      path: busybox,
      message: expect.stringContaining('is built without ip, udhcpc:') as string,
    });
    expect(readdirSync(folder)).toEqual(['busybox']);
  });
});

test.each(['trixie', 'stable', 'sid'])('%s is a suite', (suite) => {
  expect(() => checkSuite(suite)).not.toThrow();
});

test.each([
  '',
  '-trixie',
  '--help',
  'trixie sid',
  'trixie\n',
  '../x',
  'Trixie',
  'a',
  'x'.repeat(33),
])('%j is no suite', (suite) => {
  expect(() => checkSuite(suite)).toThrow(/is not a Debian suite/);
});

test('suite and root are the last words of the command that builds Debian', () => {
  const words = debianCommand('/usr/bin/mmdebstrap', 'trixie', '/a b/root');
  expect(words.slice(-2)).toEqual(['trixie', '/a b/root']);
  expect(words).toContain('--variant=minbase');
  expect(words.find((word) => word.startsWith('--include='))).toMatch(/\bsystemd-sysv\b.*\bdbus\b/);
});
