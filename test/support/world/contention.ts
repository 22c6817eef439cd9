/**
 * Many processes that work on a few domains at once, at random: what each was told is held against the events, the events
 * against what is possible, and the end against both.
 */
import { connect } from 'tslxc';
import type { Connection, DomainEvent } from 'tslxc';
import { domainXml } from '../domain/domain-xml';
import { ChildGone, DrivenChild } from '../process/driven-child';
import { eventually } from '../time/eventually';

export interface Contention {
  readonly processes: number;
  /** Of each process. */
  readonly operations: number;
  readonly seed: number;
}

const domains = 4;
const uuids = Array.from(
  { length: domains },
  (_, index) => `5d2f0c1e-0000-4000-8000-00000000000${index}`,
);

function xmlOf(index: number): string {
  return domainXml({ name: `d${index}`, uuid: uuids[index] ?? '', init: '/bin/cat' });
}

const sharedXml = domainXml({ name: 'shared', uuid: '5d2f0c1e-0000-4000-8000-00000000000f' });

/** What it does, by the name that is counted. Each is one operation of the library. */
const worker = ({ operations, seed }: Contention, index: number): string => `
  const uuids = ${JSON.stringify(uuids)};
  const documents = ${JSON.stringify(uuids.map((_, number) => xmlOf(number)))};
  let state = ${seed * 1000 + index + 1};
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const counts = {};
  const refused = {};
  const shared = await connection.lookupDomainByName('shared');
  const find = (uuid) => connection.lookupDomainByUuid(uuid);
  const acts = {
    define: (k) => connection.defineDomain(documents[k]),
    start: async (k) => (await find(uuids[k])).start({ ownership: 'leave' }),
    destroy: async (k) => (await find(uuids[k])).destroy(),
    suspend: async (k) => (await find(uuids[k])).suspend(),
    resume: async (k) => (await find(uuids[k])).resume(),
    exec: async (k) => {
      // One that another process pauses in the middle waits, and is given up.
      const signal = AbortSignal.timeout(5000);
      await (await find(uuids[k])).exec(['true'], { signal }).catch((error) => {
        if (error.code !== 'OPERATION_ABORTED') throw error;
      });
    },
    undefine: async (k) => (await find(uuids[k])).undefine(),
    title: async (k) => (await find(uuids[k])).setTitle('by ' + process.pid, {}),
    autostart: async (k) => (await find(uuids[k])).setAutostart(random(2) ? 'on' : 'off'),
    rename: async (k) => {
      const domain = await find(uuids[k]);
      await domain.rename((domain.name.startsWith('d') ? 'e' : 'd') + k);
    },
    look: async (k) => {
      const domain = await find(uuids[k]);
      await domain.state();
      await domain.xml();
    },
    list: () => connection.listDomains(),
    note: () => shared.setMetadata('urn:p:${index}', { key: 'p', xml: '<n v="' + (counts.note ?? 0) + '"/>' }),
  };
  // Likelier where others depend on it.
  const names = [...Object.keys(acts), 'define', 'start', 'start', 'destroy'];
  for (let turn = 0; turn < ${operations}; turn += 1) {
    const name = names[random(names.length)];
    try {
      await acts[name](random(uuids.length));
      counts[name] = (counts[name] ?? 0) + 1;
    } catch (error) {
      const allowed = ['NO_DOMAIN', 'OPERATION_INVALID', 'OPERATION_FAILED'];
      if (!allowed.includes(error.code)) throw error;
      refused[error.code] = (refused[error.code] ?? 0) + 1;
    }
  }
  return counts;`;

type Counts = Partial<Record<string, number>>;

/** Runs it under `root`, checks everything, and resolves to how many of each operation succeeded. */
export async function contend(root: string, contention: Contention): Promise<Counts> {
  await using connection = await connect(undefined, { root });
  await connection.defineDomain(sharedXml);
  const events: DomainEvent[] = [];
  connection.on('domain', (event) => events.push(event));
  const children = await Promise.all(
    Array.from({ length: contention.processes }, () => DrivenChild.start(root)),
  );
  try {
    const each = (await Promise.all(
      children.map((child, index) => child.run(worker(contention, index))),
    )) as Counts[];
    const counts: Counts = {};
    for (const one of each) {
      for (const [name, count = 0] of Object.entries(one))
        counts[name] = (counts[name] ?? 0) + count;
    }
    // The last one tells that all before have been heard of.
    await connection.defineDomain(domainXml({ name: 'last' }));
    await eventually(() => expect(events.at(-1)?.domain).toBe('last'), 20_000);
    expectCounted(counts, events);
    const found = expectPossible(events);
    await expectAsFound(root, found);
    await expectNoteOfEach(root, each);
    return counts;
  } finally {
    await Promise.all(children.map((child) => child[Symbol.asyncDispose]()));
    await destroyAll(connection);
  }
}

/** Destroys all domains, also after a failure. */
async function destroyAll(connection: Connection): Promise<void> {
  for (const domain of await connection.listDomains()) {
    if (domain.id !== undefined) await domain.destroy().catch(() => undefined);
  }
}

/** Each operation that succeeded has its event, and each event belongs to an operation. */
function expectCounted(counts: Counts, events: readonly DomainEvent[]): void {
  const own = events.filter(({ domain }) => domain !== 'last');
  const heard = (event: string, ...details: readonly string[]): number =>
    own.filter((one) => one.event === event && details.includes(one.detail)).length;
  const expected = {
    define: counts['define'] ?? 0,
    undefine: counts['undefine'] ?? 0,
    start: counts['start'] ?? 0,
    destroy: counts['destroy'] ?? 0,
    title: counts['title'] ?? 0,
    note: counts['note'] ?? 0,
    resume: counts['resume'] ?? 0,
    renamedFrom: counts['rename'] ?? 0,
    renamedTo: counts['rename'] ?? 0,
  };
  expect({
    define: heard('defined', 'added', 'updated'),
    undefine: heard('undefined', 'removed'),
    start: heard('started', 'booted'),
    destroy: heard('stopped', 'destroyed'),
    title: heard('metadata-change', 'title'),
    note: heard('metadata-change', 'element'),
    resume: heard('resumed', 'unpaused'),
    renamedFrom: heard('undefined', 'renamed'),
    renamedTo: heard('defined', 'renamed'),
  }).toEqual(expected);
  // To suspend what is paused is done already.
  expect(heard('suspended', 'paused')).toBeLessThanOrEqual(counts['suspend'] ?? 0);
  expect(heard('stopped', 'crashed', 'failed', 'shutdown')).toBe(0);
}

interface Fold {
  readonly stored: Set<string>;
  readonly running: Set<string>;
  readonly paused: Set<string>;
}

/** In the order of the events each is possible after those before. */
function expectPossible(events: readonly DomainEvent[]): Fold {
  const stored = new Set(['shared']);
  const running = new Set<string>();
  const paused = new Set<string>();
  const steps: Readonly<Record<string, (name: string) => boolean>> = {
    'defined added': (name) => !stored.has(name) && Boolean(stored.add(name)),
    'defined renamed': (name) =>
      !stored.has(name) && !running.has(name) && Boolean(stored.add(name)),
    'defined updated': (name) => stored.has(name),
    'undefined removed': (name) => stored.delete(name),
    'undefined renamed': (name) => !running.has(name) && stored.delete(name),
    'started booted': (name) =>
      stored.has(name) && !running.has(name) && Boolean(running.add(name)),
    'stopped destroyed': (name) => {
      paused.delete(name);
      return running.delete(name);
    },
    'suspended paused': (name) =>
      running.has(name) && !paused.has(name) && Boolean(paused.add(name)),
    'resumed unpaused': (name) => paused.delete(name),
    'metadata-change title': (name) => stored.has(name) || running.has(name),
    'metadata-change element': (name) => name === 'shared',
  };
  for (const [index, { event, detail, domain }] of events.entries()) {
    if (event === 'warning') continue;
    const isPossible = steps[`${event} ${detail}`]?.(domain) === true;
    const label = `${event} ${detail} ${domain}`;
    expect({ index, label, isPossible }).toEqual({ index, label, isPossible: true });
  }
  return { stored, running, paused };
}

/** A connection that is opened afterwards finds the state that the events describe. */
async function expectAsFound(root: string, { stored, running, paused }: Fold): Promise<void> {
  await using connection = await connect(undefined, { root });
  const found = await connection.listDomains();
  const names = (list: Iterable<string>): string[] => [...list].sort();
  expect(names(found.filter((one) => one.isPersistent()).map(({ name }) => name))).toEqual(
    names(stored),
  );
  expect(names(found.filter(({ id }) => id !== undefined).map(({ name }) => name))).toEqual(
    names(running),
  );
  const states = await Promise.all(
    found.map(async (one) => [one.name, await one.state()] as const),
  );
  expect(names(states.filter(([, { state }]) => state === 'paused').map(([name]) => name))).toEqual(
    names(paused),
  );
  for (const domain of found) await domain.info();
}

/** Sixteen processes have changed one definition, each a part of it: the last of each is there. */
async function expectNoteOfEach(root: string, each: readonly Counts[]): Promise<void> {
  await using connection = await connect(undefined, { root });
  const shared = await connection.lookupDomainByName('shared');
  for (const [index, { note = 0 }] of each.entries()) {
    const expected = note === 0 ? undefined : `<n v='${note - 1}'/>`;
    expect({ index, note: await shared.getMetadata(`urn:p:${index}`) }).toEqual({
      index,
      note: expected,
    });
  }
}

/** The same, but processes are killed at random and replaced; resolves to the number of those that were killed. */
export async function killAtRandom(
  root: string,
  contention: Contention & { readonly kills: number },
): Promise<number> {
  {
    await using connection = await connect(undefined, { root });
    await connection.defineDomain(sharedXml);
  }
  let killed = 0;
  let left = contention.kills;
  const work = async (index: number): Promise<void> => {
    for (let round = 0; ; round += 1) {
      const child = await DrivenChild.start(root);
      try {
        const seed = contention.seed + round;
        const done = child.run(worker({ ...contention, seed }, index));
        if (left > 0) {
          left -= 1;
          // Within its first dozens of operations.
          const timer = setTimeout(
            () => child.kill(),
            50 + ((seed * 7919 + index * 104_729) % 1500),
          );
          try {
            await done;
          } catch (error) {
            if (!(error instanceof ChildGone)) throw error;
            killed += 1;
            continue;
          } finally {
            clearTimeout(timer);
          }
        }
        await done;
        return;
      } finally {
        await child[Symbol.asyncDispose]();
      }
    }
  };
  await Promise.all(Array.from({ length: contention.processes }, (_, index) => work(index)));
  return killed;
}
