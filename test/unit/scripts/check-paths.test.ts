/** The lint of paths: it finds every forbidden form, says nothing of others, and all its exceptions are needed. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';
import { removeTree } from '../../support/root/remove-tree';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { pathFaults } = require(join(packageRoot, 'scripts/check-paths.js')) as {
  pathFaults: (root: string) => string[];
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-paths-'));
});

afterEach(() => removeTree(folder));

/** What is wrong with a package of these files. */
function check(files: Readonly<Record<string, string>>): string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return pathFaults(folder);
}

/** Checks one native source of these lines; the lines that are found, by number and name. */
function found(lines: readonly string[]): string[] {
  const faults = check({ 'native/base/example.cc': `${lines.join('\n')}\n` });
  const pattern = /^native\/base\/example\.cc:(\d+): (\S+) is forbidden here$/;
  return faults.flatMap((fault) => {
    const [, line, name] = pattern.exec(fault) ?? [];
    return line === undefined ? [] : [`${line} ${name ?? ''}`];
  });
}

/** Code → what is found in it. */
const forms: readonly (readonly [string, string])[] = [
  ['mount(source, target, type, 0, nullptr);', 'mount'],
  ['umount(target);', 'umount'],
  ['check(umount2(target, 0), "umount2");', 'umount2'],
  ['syscall(SYS_mount, source, target);', 'SYS_mount'],
  ['syscall(__NR_chroot, path);', '__NR_chroot'],
  ['syscall(SYS_openat2, root, path);', 'SYS_openat2'],
  ['const int a = open(path.c_str(), O_RDONLY);', 'open'],
  ['const int b = ::open(("/proc/" + name).c_str(), O_RDONLY);', 'open'],
  ['return openat(directory, name, O_RDONLY);', 'openat'],
  ['openat(at({1, "x"}), name, O_RDONLY);', 'openat'],
  ['syscall(SYS_openat, AT_FDCWD, path);', 'SYS_openat'],
  ['mkdir(path, 0755);', 'mkdir'],
  ['mkdirat(parent, "x", 0755);', 'mkdirat'],
  ['rmdir(path);', 'rmdir'],
  ['mknodat(parent, name, mode, device);', 'mknodat'],
  ['chown(path, 0, 0);', 'chown'],
  ['fchownat(parent, name, 0, 0, 0);', 'fchownat'],
  ['chmod(path, 0644);', 'chmod'],
  ['fchmodat(parent, name, 0644, 0);', 'fchmodat'],
  ['symlink(target, path);', 'symlink'],
  ['symlinkat(target, parent, name);', 'symlinkat'],
  ['linkat(one, a, other, b, 0);', 'linkat'],
  ['unlink(path);', 'unlink'],
  ['unlinkat(parent, name, 0);', 'unlinkat'],
  ['if (a && rename(from, to) == 0) return;', 'rename'],
  ['std::rename(from, to);', 'rename'],
  ['renameat2(one, a, other, b, 0);', 'renameat2'],
  ['stat(path, &state);', 'stat'],
  ['return !lstat(path, &state);', 'lstat'],
  ['statx(AT_FDCWD, path, 0, 0, &state);', 'statx'],
  ['access(path, F_OK);', 'access'],
  ['realpath(path, nullptr);', 'realpath'],
  ['readlink(path, buffer, size);', 'readlink'],
  ['chdir(path);', 'chdir'],
  ['chroot(".");', 'chroot'],
  ['setxattr(path, name, value, size, 0);', 'setxattr'],
  ['std::ifstream file(path);', 'std::ifstream'],
  ['std::filesystem::remove_all(path);', 'std::filesystem'],
  ['system(command);', 'system'],
  ['popen(command, "r");', 'popen'],
  ['execvp(name, argv);', 'execvp'],
  ['posix_spawnp(&pid, name, nullptr, nullptr, argv, environment);', 'posix_spawnp'],
  ['getpwnam(name);', 'getpwnam'],
  ['getpwent();', 'getpwent'],
  ['getgrgid_r(0, &group, buffer, size, &found);', 'getgrgid_r'],
  ['getaddrinfo(name, nullptr, nullptr, &list);', 'getaddrinfo'],
  ['setlocale(LC_ALL, "");', 'setlocale'],
  ['dlopen(name, RTLD_NOW);', 'dlopen'],
  ['strcpy(to, from);', 'strcpy'],
  ['strcat(to, from);', 'strcat'],
  ['sprintf(to, "%s", from);', 'sprintf'],
];

test('every forbidden form is found, in its line', () => {
  const wanted = forms.map(([, name], index) => `${index + 1} ${name}`);
  expect(found(forms.map(([code]) => code))).toEqual(wanted);
});

test('a call is found also where its parenthesis is in the next line', () => {
  expect(found(['umount', '  (target);'])).toEqual(['1 umount']);
});

const allowed = [
  '// mount(source, target) in a comment, and unlink(path) \\',
  'mkdir(path) is still in it',
  '/* rename(from, to);',
  '   stat(path, &state); */',
  'say("mount(source, target)", "a \\" system(command)");',
  "const char one = '\"'; const int many = 1'000; say('\\'');",
  'const char* raw = R"(getpwnam(name) " )" R"x(dlopen(name))";)x";',
  'check(-1, "openat", path);',
  'const int fixed = open("/proc/self/mountinfo", O_RDONLY);',
  'const int master = openat(devpts, "ptmx", O_RDWR);',
  'chdir("/");',
  'file.open(path); file->access(path); Follower::open(path);',
  'void open(const char* path); char* realpath(const char* path); int Fd::open(int path) {}',
  'open();',
  'openTree(path); amount(1); fstat(fd, &state); fchdir(fd); struct stat state;',
  'syscall(SYS_pidfd_open, pid, 0);',
];

test('comments, strings, literal paths, descriptors, members and declarations are let be', () => {
  expect(found(allowed)).toEqual([]);
  // The same lines are read to their end.
  expect(found([...allowed, 'unlink(path);'])).toEqual([`${allowed.length + 1} unlink`]);
});

test.each([
  "import { readFileSync } from 'node:fs';",
  "import * as files from 'fs';",
  "import { rm } from 'node:fs/promises';",
  "import fs = require('node:fs');",
  "const { rm } = await import('fs/promises');",
  "const files = require('node:fs');",
])('a file of lib/ that is not listed may not have: %s', (code) => {
  const faults = check({ 'lib/plan/example.ts': `${code}\n` });
  expect(faults).toEqual(['lib/plan/example.ts: node:fs is forbidden here']);
});

test('a file of lib/ may speak of it, and use other modules', () => {
  const code =
    "// import 'node:fs'\nimport { join } from 'node:path';\nexport const x = \"from 'fs'\";\n";
  expect(check({ 'lib/plan/example.ts': code })).toEqual([]);
});

test('an exception that nothing needs is found', () => {
  const faults = check({
    'native/base/clone.cc': '// nothing\n',
    'lib/host/package-paths.ts': '// nothing\n',
  });
  expect(faults).toEqual([
    'path-exceptions.js: native/base/clone.cc has no SYS_clone3, or one that needs no exception',
    'file-users.js: lib/host/package-paths.ts does not use node:fs',
  ]);
});

test('this package has no other path than those excepted', () => {
  expect(pathFaults(packageRoot)).toEqual([]);
});
