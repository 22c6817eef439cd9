/**
 * The monitor's executable is whole in itself: nothing is loaded at run time, neither a library nor what
 * glibc's account, host, locale and character-set functions would load even in a static program: from a container's root (T16).
 */
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorPath, packageRoot } from '../../lib/host/package-paths';
import { removeTree } from '../support/root/remove-tree';
import { runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';

const build = join(packageRoot, 'build');
/** Those that only the monitor has, and those that it shares with the addon. */
const objects = ['tslxc-monitor', 'tslxc-shared'].map((target) =>
  join(build, 'Release/obj.target', target),
);

/** What loads NSS modules, locales, character sets or libraries; C++'s streams bring locales with them. */
const loaders = new RegExp(
  '^(getpw|getgr|getsp|getaddrinfo|getnameinfo|gethostby|getservby|initgroups|__nss|' +
    'setlocale|newlocale|uselocale|iconv|dlopen|dlmopen|dlsym|_ZNSt6locale|_ZNSt8ios_base4Init)',
);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-monitor-'));
});

afterAll(() => removeTree(folder));

async function output(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(argv);
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
}

/** The names that an object file uses and does not define. */
async function undefinedNames(file: string): Promise<string[]> {
  const lines = (await output('nm', '-u', file)).split('\n');
  return lines.map((line) => line.trim().split(' ').at(-1) ?? '').filter((name) => name !== '');
}

/** The linker's flags as gyp wrote them from binding.gyp. */
function linkFlags(): string[] {
  const text = readFileSync(join(build, 'tslxc-monitor.target.mk'), 'utf8');
  const [, flags = ''] = /^LDFLAGS_Release := \\\n((?:.*\\\n)*.*)$/m.exec(text) ?? [];
  return flags.split(/[\s\\]+/).filter((flag) => flag !== '');
}

/** Links a program of one line with the monitor's flags. */
async function link(name: string, code: string): Promise<CommandResult & { object: string }> {
  const [source, object] = [join(folder, `${name}.cc`), join(folder, `${name}.o`)];
  writeFileSync(source, `#include <pwd.h>\nint main() { return ${code}; }\n`);
  await output('g++', '-fno-pie', '-c', source, '-o', object);
  const result = await runProgram(['g++', ...linkFlags(), object, '-o', join(folder, name)]);
  return { ...result, object };
}

test('it has neither an interpreter nor a dynamic section', async () => {
  expect(await output('readelf', '-lW', monitorPath)).not.toMatch(/\b(INTERP|DYNAMIC)\b/);
  expect(await output('readelf', '-dW', monitorPath)).toMatch(/There is no dynamic section/);
  // Node itself has both.
  expect(await output('readelf', '-lW', process.execPath)).toMatch(/\bINTERP\b[^]*\bDYNAMIC\b/);
});

test('none of its own objects refers to what loads code', async () => {
  const names = objects.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.o'))
      .map((file) => join(folder, file)),
  );
  const used = await Promise.all(names.map(undefinedNames));
  expect(used.flat()).toEqual(expect.arrayContaining(['execve', 'umount2']));
  expect(used.flat().filter((name) => loaders.test(name))).toEqual([]);
});

test('its flags refuse to link such a reference, and the list knows it', async () => {
  expect(linkFlags()).toEqual(expect.arrayContaining(['-static', '-Wl,--fatal-warnings']));
  const good = await link('good', '0');
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect((await undefinedNames(good.object)).filter((name) => loaders.test(name))).toEqual([]);
  const bad = await link('bad', 'getpwnam("root") == nullptr');
  expect(bad.code).not.toBe(0);
  expect(bad.stderr).toContain("Using 'getpwnam' in statically linked applications");
  expect((await undefinedNames(bad.object)).filter((name) => loaders.test(name))).toEqual(['getpwnam']);
});
