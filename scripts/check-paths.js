// No string leads into a container's root. Native code reaches such a path through native/base/path.cc
// (openat2(2)) and then by descriptor, so the calls that take a path are forbidden, but for the places in
// path-exceptions.js; so are those that load code, look up accounts or copy without a limit. In lib/, only the
// files of file-users.js touch the file system. `check-paths.js [FOLDER]` prints what it finds.
'use strict';
const { readFileSync } = require('node:fs');
const { isBuiltin } = require('node:module');
const { join } = require('node:path');
const { listFiles } = require('./fingerprint');
const { fileUsers } = require('./file-users');
const { nativeExceptions } = require('./path-exceptions');
const { main, packageRoot, StepError } = require('./steps');

/** Calls with a path that may be a literal one; the index of that argument. */
const literalPathAt = { open: 0, open64: 0, openat: 1, openat64: 1, chdir: 0 };

const forbidden = new Set([
  ...Object.keys(literalPathAt),
  // Mounts, by name.
  ...['mount', 'umount', 'umount2', 'chroot', 'pivot_root'],
  // What is made, changed, removed, renamed.
  ...['creat', 'fopen', 'freopen', 'truncate', 'mkdir', 'mkdirat', 'rmdir', 'mknod', 'mknodat'],
  ...['mkfifo', 'mkfifoat', 'chown', 'lchown', 'fchownat', 'chmod', 'lchmod', 'fchmodat'],
  ...['symlink', 'symlinkat', 'link', 'linkat', 'unlink', 'unlinkat'],
  ...['rename', 'renameat', 'renameat2', 'utime', 'utimes', 'utimensat', 'mkstemp', 'mkdtemp'],
  ...['setxattr', 'lsetxattr', 'removexattr', 'lremovexattr'],
  // What is looked at.
  ...[
    'stat',
    'lstat',
    'fstatat',
    'statx',
    'statfs',
    'statvfs',
    'access',
    'faccessat',
    'euidaccess',
  ],
  ...['realpath', 'canonicalize_file_name', 'readlink', 'readlinkat', 'opendir', 'scandir', 'nftw'],
  ...['glob', 'getxattr', 'lgetxattr', 'listxattr', 'llistxattr', 'name_to_handle_at'],
  // Programs and code by name, and what may load code: NSS, locales, character sets.
  ...['system', 'popen', 'execl', 'execlp', 'execle', 'execvp', 'execvpe', 'posix_spawnp'],
  ...['dlopen', 'dlmopen', 'getaddrinfo', 'getnameinfo', 'gethostbyname', 'getservbyname'],
  ...['initgroups', 'getgrouplist', 'setlocale', 'newlocale', 'iconv_open'],
  // Copies without a limit.
  ...['strcpy', 'stpcpy', 'strcat', 'sprintf', 'vsprintf', 'gets'],
]);
const forbiddenFamilies = /^(getpw|getgr(nam|gid|ent)|getsp)\w*$/;

/** The same by number, and the calls that one source each keeps. */
const keptNumbers = ['openat2', 'clone3', 'open_tree', 'move_mount', 'mount_setattr', 'fsopen'];
/** C++'s own ways to a path, and to code. */
const forbiddenTypes = /\bstd::(filesystem|ifstream|ofstream|fstream|locale)\b/g;

const isForbidden = (name) => forbidden.has(name) || forbiddenFamilies.test(name);
const isForbiddenNumber = (name) => isForbidden(name) || keptNumbers.includes(name);

const keywords = new Set(['return', 'co_return', 'co_await', 'throw', 'else', 'do', 'case', 'new']);

/** The opening of a raw string and all up to its end. */
const rawString = /R"([^\s()\\]{0,16})\([\s\S]*?\)\1"/y;
const quoted = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const comment = /\/\/(?:\\\n|[^\n])*|\/\*[\s\S]*?\*\//y;
/** A name or a number as a whole: the quote in 1'000 and the R of R"…" belong to it. */
const word = /(?!R")(?:[A-Za-z_]\w*|\d(?:[\w.]|'\w)*)/y;

/** What a string is read as: `"."`, `"/"` and such as they are, all others as empty. */
const literal = (found) => (/^"[./]*"$/.test(found) ? found : '""');

/** C++ with its comments blank and its strings empty; lines stay where they are. */
function withoutText(source) {
  let code = '';
  const take = (pattern, at, replacement) => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(source) ?? [];
    if (found === undefined) return 0;
    code += replacement(found);
    return found.length;
  };
  const lines = (found) => '\n'.repeat(found.split('\n').length - 1);
  for (let at = 0; at < source.length;) {
    const length =
      take(comment, at, (found) => ` ${lines(found)}`) ||
      take(rawString, at, (found) => `""${lines(found)}`) ||
      take(quoted, at, (found) => `${literal(found)}${lines(found)}`) ||
      take(word, at, (found) => found);
    if (length === 0) code += source[at];
    at += length === 0 ? 1 : length;
  }
  return code;
}

/** The arguments of the call whose parenthesis opens before `at`, without white space. */
function argumentsAt(code, at) {
  const found = [''];
  for (let depth = 0; at < code.length; at += 1) {
    const one = code[at];
    if (depth === 0 && one === ')') break;
    if ('([{'.includes(one)) depth += 1;
    if (')]}'.includes(one)) depth -= 1;
    if (depth === 0 && one === ',') found.push('');
    else found[found.length - 1] += one.trim();
  }
  return found;
}

/** Whether what stands before a name makes it a member, of a class or a namespace, or a declaration. */
function isAnothers(before) {
  const text = before.trimEnd();
  if (/(^|\W)std::$/.test(text)) return false;
  // As clang-format sets them: `char* stat(` declares, `a * stat(` calls.
  if (/(\.|->|\w::|~|[\w>](&&?|\*+))$/.test(text)) return true;
  const [previous] = /[A-Za-z_]\w*$/.exec(text) ?? [];
  return previous !== undefined && !keywords.has(previous);
}

/** Every forbidden use in a source: its name, its first argument, its line. */
function usesIn(source) {
  const code = withoutText(source);
  const uses = [];
  const add = (name, argument, at) => {
    uses.push({ name, argument, line: code.slice(0, at).split('\n').length });
  };
  for (const { 1: name, 0: text, index } of code.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)) {
    if (!isForbidden(name) || isAnothers(code.slice(0, index))) continue;
    const given = argumentsAt(code, index + text.length);
    // Without a path at all it is a member: open().
    const path = name in literalPathAt ? (given[literalPathAt[name]] ?? '') : undefined;
    if (path === '' || path?.startsWith('"')) continue;
    add(name, given[0], index);
  }
  for (const { 0: text, 1: name, index } of code.matchAll(/\b(?:SYS|__NR)_(\w+)/g)) {
    if (isForbiddenNumber(name)) add(text, '', index);
  }
  for (const { 0: name, index } of code.matchAll(forbiddenTypes)) add(name, '', index);
  return uses.sort((a, b) => a.line - b.line);
}

function excuses(exception, file, use) {
  if (exception.file !== file || !exception.uses.includes(use.name)) return false;
  return exception.argument === undefined || exception.argument === use.argument;
}

function nativeFaults(root) {
  const files = listFiles(root, ['native']).filter((file) => /\.(cc|h)$/.test(file));
  const used = new Set();
  const faults = [];
  for (const file of files) {
    for (const use of usesIn(readFileSync(join(root, file), 'utf8'))) {
      const excuse = nativeExceptions.find((exception) => excuses(exception, file, use));
      if (excuse === undefined) faults.push(`${file}:${use.line}: ${use.name} is forbidden here`);
      else used.add(`${excuse.file} ${excuse.argument} ${use.name}`);
    }
  }
  const idle = nativeExceptions.flatMap(({ file, uses, argument }) =>
    uses
      .filter((name) => files.includes(file) && !used.has(`${file} ${argument} ${name}`))
      .map((name) => `path-exceptions.js: ${file} has no ${name}, or one that needs no exception`),
  );
  return [...faults, ...idle];
}

/** What a TypeScript file imports, by whichever syntax. */
function importsOf(text) {
  // Loaded late: nothing is installed yet when the scripts that are required here run first.
  const { preProcessFile } = require('typescript');
  return preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

const isFileSystem = (name) => isBuiltin(name) && /^(node:)?fs(\/|$)/.test(name);

function libraryFaults(root) {
  const files = listFiles(root, ['lib']).filter((file) => file.endsWith('.ts'));
  const touches = (file) => importsOf(readFileSync(join(root, file), 'utf8')).some(isFileSystem);
  const users = files.filter(touches);
  return [
    ...users
      .filter((file) => !(file in fileUsers))
      .map((file) => `${file}: node:fs is forbidden here`),
    ...files
      .filter((file) => file in fileUsers && !users.includes(file))
      .map((file) => `file-users.js: ${file} does not use node:fs`),
  ];
}

/** What is wrong with the sources below `root`, a line each. */
function pathFaults(root) {
  return [...nativeFaults(root), ...libraryFaults(root)];
}

module.exports = { pathFaults };

if (require.main === module) {
  main('paths', async () => {
    const faults = pathFaults(process.argv[2] ?? packageRoot);
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    if (faults.length > 0) throw new StepError(`${faults.length} found`);
  });
}
