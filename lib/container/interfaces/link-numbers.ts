/**
 * The numbers of a start's `vnetN`. libvirt counts from 0 and fails when a name is taken between its look and its
 * creation: ours are higher, and never in its way. Starts of tslxc don't get in one another's way either, in all processes
 * and roots, since each number is locked from its choice to the end of the start. So is, for those who look, what an interface is known
 * by that ports of the host are to lead to.
 */
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import { SyscallError, TslxcError } from '../../errors';
import { native } from '../../host/native';
import { hasErrno } from '../../host/state/file-error';
import { offsetOf } from '../../host/state/named-lock';
import { linkNumbersPath } from '../../host/state/state-paths';
import type { FilteredLink } from './filter-rules';

const { EEXIST, ENOENT } = system.errno;

const lockFlags = constants.O_RDWR | constants.O_NOFOLLOW;

const firstNumber = 1000;
const afterLastNumber = 100_000;

/** Chooses names. `isTaken` tells of those that are in use. @throws TslxcError OPERATION_FAILED when all are. */
export type ChooseName = (isTaken: (name: string) => boolean) => string;

/** As a start would, without keeping others from it. Each call chooses another. */
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
  /** Names that the kernel has said to be taken. */
  readonly taken: readonly string[];
  /** Told of an interface that ports of the host are to lead to. */
  readonly hold?: (link: FilteredLink) => void;
}

/** The names that one attempt of a start has chosen, with the locks of their numbers; `taken` come from those before it. */
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

  /** Locks it for `isLinkHeld`. Where another start is to make the same, the kernel refuses one of both. */
  readonly hold = (link: FilteredLink): void => {
    this.#locks ??= openLocks();
    native().tryLockByte(this.#locks, byteOf(link));
  };

  constructor(taken: readonly string[]) {
    this.taken = taken;
  }

  /**
   * What is taken by now, when the start failed because a program that knows nothing of the locks has come between the
   * choice of a name and the making: the kernel has the last word. Undefined when another attempt would not help.
   */
  takenBy(error: unknown): readonly string[] | undefined {
    const name = TslxcError.is(error) && error.errno === EEXIST ? error.path : undefined;
    if (name === undefined || !this.#chosen.has(name)) return undefined;
    return this.taken.length === attempts ? undefined : [...this.taken, name];
  }

  /** Lets all go: the names are in use, or free again. */
  [Symbol.dispose](): void {
    if (this.#locks !== undefined) closeSync(this.#locks);
    this.#locks = undefined;
  }
}

/**
 * Whether a start of any root, or what plugs an interface in, is about to make this one, which the kernel may not know until then. The
 * name alone would not say whose it is: who looks may have chosen it for an interface of its own. True also when it can't be told.
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

/** Beyond all numbers. */
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
    mkdirSync(dirname(linkNumbersPath), { recursive: true, mode: 0o700 });
    return openSync(linkNumbersPath, lockFlags | constants.O_CREAT, 0o600);
  } catch (error) {
    const { errno = 0, syscall = 'open', path = linkNumbersPath } = error as NodeJS.ErrnoException;
    const step = 'choose the names of the network interfaces';
    throw new SyscallError({ errno: -errno, syscall, path, step });
  }
}
