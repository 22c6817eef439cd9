/** SELinux as a test sees it from the host: labels of files and processes, the mode, denials in the kernel's log. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const enforceFile = '/sys/fs/selinux/enforce';

/** The policy's own labels of containers, on Debian. */
export const containerProcess = 'system_u:system_r:container_t';
export const containerFile = 'system_u:object_r:container_file_t';
export const containerReadonlyFile = 'system_u:object_r:container_ro_file_t';

/** `s0:c1,c2` of a pair that was chosen, with its two numbers. */
export const pairPattern = /:s0:c(\d+),c(\d+)$/;

function run(...argv: readonly string[]): string {
  const [program = '', ...words] = argv;
  return execFileSync(program, words, { encoding: 'utf8' }).trim();
}

/** The label of a file itself, never of what it links to. */
export function fileLabel(path: string): string {
  return run('stat', '--format=%C', path);
}

/** Every file below a directory, itself included, with its label. */
export function labelsBelow(path: string): string[] {
  return run('find', path, '-printf', '%p %Z\\n').split('\n').sort();
}

/** As `ps -Z` prints it on the host. */
export function processContext(pid: number): string {
  return run('ps', '-o', 'label=', '-p', String(pid));
}

export function setLabel(path: string, label: string): void {
  run('chcon', '--recursive', '--no-dereference', label, path);
}

export function isEnforcing(): boolean {
  return readFileSync(enforceFile, 'utf8').trim() === '1';
}

/** Sets the mode until it is disposed of. */
export function withMode(mode: 'enforcing' | 'permissive'): Disposable {
  const before = readFileSync(enforceFile, 'utf8').trim();
  writeFileSync(enforceFile, mode === 'enforcing' ? '1' : '0');
  return { [Symbol.dispose]: () => writeFileSync(enforceFile, before) };
}

/** What the kernel has said of accesses that the policy forbids, as lines of its log. */
export function denials(): string[] {
  return run('dmesg')
    .split('\n')
    .filter((line) => /avc: +denied/.test(line));
}

const contextsFile = '/etc/selinux/default/contexts/lxc_contexts';

/** Puts other values into the policy's lxc_contexts until it is disposed of. */
export function withLxcContexts(values: Readonly<Record<string, string>>): Disposable {
  const before = readFileSync(contextsFile, 'utf8');
  const others = before
    .split('\n')
    .filter((line) => !Object.keys(values).some((key) => new RegExp(`^${key}\\s*=`).test(line)));
  const added = Object.entries(values).map(([key, value]) => `${key} = "${value}"`);
  writeFileSync(contextsFile, [...others, ...added, ''].join('\n'));
  return { [Symbol.dispose]: () => writeFileSync(contextsFile, before) };
}
