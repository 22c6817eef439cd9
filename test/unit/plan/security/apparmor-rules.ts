/**
 * A profile as apparmor_parser(8) has read it: its rules are regular expressions over what the kernel asks about, and
 * here they are asked as the kernel would.
 */
import { spawnSync } from 'node:child_process';

/** Mount rules are compiled only for a kernel that has them, whatever this machine's has. */
const kernel = ['--features-file', '/etc/apparmor.d/abi/4.0'];
const compileOnly = ['--skip-kernel-load', '--skip-cache', '--warn=all', '--Werror', ...kernel];

/** MS_* of linux/mount.h: the kernel asks about each that is set as a byte, its position counted from 1. */
const positions = {
  ro: 1,
  nosuid: 2,
  nodev: 3,
  noexec: 4,
  remount: 6,
  noatime: 11,
  bind: 13,
  move: 14,
  rec: 15,
  silent: 16,
  private: 19,
  slave: 20,
  relatime: 22,
} as const;

export type MountFlag = keyof typeof positions;

/** Of a file (parser.h), of a mount (mount.h). */
const permissions = { write: 2, read: 4, pivot: 1, mount: 2, umount: 4 } as const;

interface Rule {
  readonly pattern: RegExp;
  readonly denies: boolean;
  readonly permissions: number;
}

export interface Mount {
  readonly source?: string;
  readonly target: string;
  readonly type?: string;
  readonly flags?: readonly MountFlag[];
}

export class AppArmorRules {
  readonly #rules: readonly Rule[];

  /** @throws Error with the parser's words, warnings too */
  constructor(text: string) {
    const { status, stdout, stderr, error } = spawnSync(
      'apparmor_parser',
      [...compileOnly, '--dump=rule-exprs'],
      { input: Buffer.from(text), encoding: 'latin1', maxBuffer: 2 ** 26 },
    );
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(stderr.replaceAll(/^(?:(?:rule|aare): .*)?\n/gm, ''));
    const line = /^rule: (.*?) {2}-> {2}.* priority=\d+ (deny )?\(0x([0-9a-f]+)\//gm;
    this.#rules = [...`${stdout}${stderr}`.matchAll(line)].flatMap(([, pattern, deny, bits]) => {
      // `\d7` is of the parser's own, and about nothing that is asked here.
      if (pattern === undefined || pattern.startsWith('\\d')) return [];
      return [
        {
          pattern: new RegExp(`^(?:${pattern})$`, 's'),
          denies: deny !== undefined,
          permissions: parseInt(bits ?? '0', 16),
        },
      ];
    });
  }

  allows(what: 'read' | 'write', path: string): boolean {
    return this.#allows(path, permissions[what]);
  }

  /** Folders end in a slash. */
  mounts({ source = '', target, type = '', flags = [] }: Mount): boolean {
    const bytes = flags.map((flag) => positions[flag]).sort((one, other) => one - other);
    const text = [`\x07${target}`, source, type, String.fromCharCode(...bytes)].join('\0');
    return this.#allows(text, permissions.mount);
  }

  unmounts(target: string): boolean {
    return this.#allows(`\x07${target}`, permissions.umount);
  }

  pivots(root: string, old: string): boolean {
    return this.#allows(`\x07${root}\0${old}`, permissions.pivot);
  }

  #allows(text: string, bit: number): boolean {
    const found = this.#rules.filter(
      (one) => (one.permissions & bit) !== 0 && one.pattern.test(text),
    );
    return found.length > 0 && !found.some(({ denies }) => denies);
  }
}
