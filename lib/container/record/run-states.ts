/**
 * Reads the states of many domains from their run folders: in jobs off the event loop, unless they are few, whose
 * results are taken in slices. A record is read and parsed again only after it has changed.
 */
import { basename } from 'node:path';
import { Slice } from '../../host/slices';
import { changeTimeOf, surveyOwn } from '../../host/survey';
import type { Sight, SightReader } from '../../host/survey';
import { parseRecord } from '../../host/state/record-file';
import { inKnownFormat } from '../../host/state/record-format';
import { kindByErrno } from '../../host/state/plain-file';
import { runPaths } from '../../host/state/state-paths';
import type { RunPaths, StatePaths } from '../../host/state/state-paths';
import { SyscallError } from '../../errors';
import type { ExitRecord } from './exit-record';
import {
  damaged,
  exitOrNothing,
  isAlive,
  isRunningRecord,
  isStartRecord,
  runStateOf,
} from './run-state';
import type { RunningRecord, RunState, StartRecord } from './run-state';

/** A domain's state, or the error that `readRunState` would throw. */
export type FoundState = Readonly<{ state: RunState }> | Readonly<{ error: unknown }>;

/** The states of domains by their names, in the order of these. */
export interface RunStates {
  read(names: readonly string[]): Promise<ReadonlyMap<string, FoundState>>;
}

/** Domains in one job: its answers are a megabyte at most, which takes some milliseconds to parse. */
const inOneJob = 200;

/** A younger record may be replaced by another with the same stamp: the clock of file times moves in steps. */
const settledNanoseconds = 50_000_000n;

/** In the order of `readRunState`, so that both give the same state of a domain that is starting or ending. */
const looks = [
  ['start', 'record'],
  ['exit', 'record'],
  ['monitorLock', 'lock'],
  ['running', 'record'],
] as const;

/** What was read of a record when it had that stamp; `content` is undefined if it is not JSON. */
interface Parsed {
  readonly stamp: Buffer;
  readonly content: unknown;
}

/** The records of one domain, by their index in `looks`. */
type Known = readonly (Parsed | undefined)[];

export function openRunStates(paths: StatePaths): RunStates {
  const cache = new Map<string, Known>();
  return {
    read: async (names) => {
      const found = new Map<string, FoundState>();
      forgetOthers(cache, names);
      for (let first = 0; first < names.length; first += inOneJob) {
        await readSome(names.slice(first, first + inOneJob), { paths, cache, found });
      }
      return found;
    },
  };
}

/**
 * Forgets the domains that are not among `names`, unless `names` are few: a read of a few domains comes between reads
 * of all, and says nothing of the others.
 */
function forgetOthers(cache: Map<string, Known>, names: readonly string[]): void {
  if (names.length * 2 > cache.size) {
    const wanted = new Set(names);
    for (const name of cache.keys()) if (!wanted.has(name)) cache.delete(name);
  }
}

async function readSome(
  names: readonly string[],
  to: {
    readonly paths: StatePaths;
    readonly cache: Map<string, Known>;
    readonly found: Map<string, FoundState>;
  },
): Promise<void> {
  const { paths, cache, found } = to;
  const anyFiles = runPaths(paths, '-');
  const files = looks.map(([file, look]) => ({ name: basename(anyFiles[file]), look }));
  const folders = names.map((name) => runPaths(paths, name));
  const known = names.map((name) => cache.get(name) ?? []);
  const sights = await surveyOwn({
    folders: folders.map(({ directory }) => directory),
    files,
    known: (folder, file) => known[folder]?.[file]?.stamp,
  });
  const slice = new Slice();
  for (const [index, name] of names.entries()) {
    const place = folders[index];
    if (place === undefined) continue;
    const folder = new SurveyedFolder(sights, { name, files: place, known: known[index] ?? [] });
    cache.set(name, folder.parsed.map(settled));
    try {
      found.set(name, { state: runStateOf(folder) });
    } catch (error) {
      found.set(name, { error });
    }
    await slice.rest();
  }
}

function settled(parsed: Parsed | undefined): Parsed | undefined {
  if (parsed === undefined) return undefined;
  const age = BigInt(Date.now()) * 1_000_000n - changeTimeOf(parsed.stamp);
  return age < settledNanoseconds ? undefined : parsed;
}

/** What was seen of one run folder. */
class SurveyedFolder {
  readonly parsed: Known;
  readonly #name: string;
  readonly #files: RunPaths;
  readonly #sights: readonly Sight[];

  constructor(
    sights: SightReader,
    of: { readonly name: string; readonly files: RunPaths; readonly known: Known },
  ) {
    this.#name = of.name;
    this.#files = of.files;
    this.#sights = looks.map(() => sights.next());
    this.parsed = this.#sights.map((sight, index) => parsedFrom(sight, of.known[index]));
  }

  start(): StartRecord | undefined {
    return this.#whole(0, this.#files.start, isStartRecord);
  }

  exit(): ExitRecord | undefined {
    return exitOrNothing(this.#record(1, this.#files.exit)?.content);
  }

  isMonitorAlive(): boolean {
    const path = this.#files.monitorLock;
    return isAlive(lockOf(this.#sights[2], path), path, this.#name);
  }

  running(): RunningRecord | undefined {
    return this.#whole(3, this.#files.running, isRunningRecord);
  }

  #whole<T>(index: number, path: string, isWhole: (record: unknown) => record is T): T | undefined {
    const record = this.#record(index, path);
    if (record === undefined) return undefined;
    if (isWhole(record.content)) return record.content;
    throw damaged(path, this.#name);
  }

  /** Undefined if there is no record; the content is undefined if it is not JSON or not a file. */
  #record(index: number, path: string): { readonly content: unknown } | undefined {
    const sight = this.#sights[index];
    if (sight?.seen === 'other') return { content: undefined };
    if (sight?.seen !== 'failed') {
      const found = this.parsed[index];
      return found && { content: inKnownFormat(path, found.content) };
    }
    const { errno, syscall } = sight;
    const kind = kindByErrno(errno);
    if (kind === undefined) throw new SyscallError({ errno, syscall, path, step: 'read a record' });
    return kind === 'missing' ? undefined : { content: undefined };
  }
}

function parsedFrom(sight: Sight, known: Parsed | undefined): Parsed | undefined {
  if (sight.seen === 'unchanged') return known;
  if (sight.seen !== 'record') return undefined;
  return { stamp: Buffer.from(sight.stamp), content: parseRecord(sight.bytes.toString('utf8')) };
}

/** @throws SyscallError if it can't be told: a lock is free only where that was seen. */
function lockOf(sight: Sight | undefined, path: string): 'held' | 'free' | 'other' {
  switch (sight?.seen) {
    case 'locked':
      return 'held';
    case 'unlocked':
      return 'free';
    case 'failed': {
      const { errno, syscall } = sight;
      const kind = kindByErrno(errno);
      if (kind !== undefined) return kind === 'missing' ? 'free' : 'other';
      throw new SyscallError({ errno, syscall, path, step: 'look at a lock' });
    }
    default:
      return 'other';
  }
}
