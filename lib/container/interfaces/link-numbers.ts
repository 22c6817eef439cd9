/**
 * Chooses the numbers of a start's `vnetN`. libvirt counts from 0 and fails when another program takes a name between
 * its check and its creation: the numbers here are higher, and never in its way. Starts of tslxc don't get in one
 * another's way either, in all processes and roots, since each number is locked from its choice to the end of the
 * start. An interface that ports of the host are to lead to is locked as well, by its name and MAC address: see
 * `isLinkHeld`.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import { SyscallError, TslxcError } from '../../errors';
import { native } from '../../host/native';
import { hasErrno } from '../../host/state/file-error';
import { offsetOf } from '../../host/state/named-lock';
import { linkNumbersPath } from '../../host/state/state-paths';
import type { FilteredLink } from './tables/filter-rules';
import { makeOwnFolder } from '../../host/state/own-folder';

const { EEXIST, ENOENT } = system.errno;

const lockFlags = constants.O_RDWR | constants.O_NOFOLLOW;

const firstNumber = 1000;
const afterLastNumber = 100_000;

/** Chooses a name for which `isTaken` is false. @throws TslxcError OPERATION_FAILED when all are taken. */
export type ChooseName = (isTaken: (name: string) => boolean) => string;

/** Chooses as a start would, without locking anything. Each call chooses another. */
export function previewNames(): ChooseName {
  let next = firstNumber;
  return (isTaken) => {
    while (isTaken(nameOf(next))) next = after(next);
    next += 1;
    return nameOf(next - 1);
  };
}

/** How often a start is tried again because of a name. */
const attempts = 10;

/** What a start needs to name its interfaces. */
export interface LinkNames {
  readonly choose: ChooseName;
  /** Names that the kernel has reported as taken. */
  readonly taken: readonly string[];
  /** Called with an interface that ports of the host are to lead to. */
  readonly hold?: (link: FilteredLink) => void;
}

/** The names that one attempt of a start has chosen, with the locks of their numbers; `taken` comes from earlier attempts. */
export class LinkNumbers implements LinkNames, Disposable {
  readonly taken: readonly string[];
  readonly #chosen = new Set<string>();
  #locks: number | undefined;
  #next = firstNumber;

  /** Locks what it chooses. @throws SyscallError when the file of locks can't be opened. */
  readonly choose: ChooseName = (isTaken) => {
    this.#locks ??= openLocks();
    while (isTaken(nameOf(this.#next)) || !native().tryLockByte(this.#locks, this.#next)) {
      this.#next = after(this.#next);
    }
    const name = nameOf(this.#next);
    this.#next += 1;
    this.#chosen.add(name);
    return name;
  };

  /** Locks the link for `isLinkHeld`. If another start is to make the same link, the kernel refuses one of the two. */
  readonly hold = (link: FilteredLink): void => {
    this.#locks ??= openLocks();
    native().tryLockByte(this.#locks, byteOf(link));
  };

  constructor(taken: readonly string[]) {
    this.taken = taken;
  }

  /**
   * The names that are taken by now, when the start failed because a program that does not know the locks took a name
   * between its choice and the creation of the link: the kernel has the last word. Undefined when another attempt would
   * not help.
   */
  takenBy(error: unknown): readonly string[] | undefined {
    const name = TslxcError.is(error) && error.errno === EEXIST ? error.path : undefined;
    if (name === undefined || !this.#chosen.has(name)) return undefined;
    return this.taken.length === attempts ? undefined : [...this.taken, name];
  }

  /** Releases all locks: the names are in use, or free again. */
  [Symbol.dispose](): void {
    if (this.#locks !== undefined) closeSync(this.#locks);
    this.#locks = undefined;
  }
}

/**
 * Whether a start of any root, or a process that attaches an interface, is about to make this link, which the kernel
 * may not have until then. The name alone would not identify it: the caller may have chosen the same for an interface
 * of its own. True also when that can't be found out.
 */
export function isLinkHeld(link: FilteredLink): boolean {
  let fd: number;
  try {
    fd = openSync(linkNumbersPath, lockFlags);
  } catch (error) {
    return !hasErrno(error, ENOENT);
  }
  try {
    return native().isByteLocked(fd, byteOf(link));
  } finally {
    closeSync(fd);
  }
}

/** The byte that stands for a link, beyond those of all numbers. */
function byteOf({ host, mac }: FilteredLink): number {
  return 2 ** 48 + offsetOf(`${host} ${mac}`);
}

function nameOf(number: number): string {
  return `vnet${number}`;
}

function after(number: number): number {
  if (number + 1 < afterLastNumber) return number + 1;
  throw new TslxcError('OPERATION_FAILED', 'every name vnetN of a network interface is taken');
}

function openLocks(): number {
  try {
    makeOwnFolder(dirname(linkNumbersPath));
    return openSync(linkNumbersPath, lockFlags | constants.O_CREAT, 0o600);
  } catch (error) {
    const { errno = 0, syscall = 'open', path = linkNumbersPath } = error as NodeJS.ErrnoException;
    const step = 'choose the names of the network interfaces';
    throw new SyscallError({ errno: -errno, syscall, path, step });
  }
}
