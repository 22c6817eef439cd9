/** Which of the host's ids a domain is given: none that anything else on this host has, or may get. */
import { existsSync, writeFileSync } from 'node:fs';
import {
  claimIds,
  previewIds,
  releaseIds,
  shareIds,
} from '../../../../lib/container/users/id-allocation';
import { allocatable } from '../../../../lib/domain/namespaces/allocated-ids';
import { idsInUse, subordinateIds } from '../../../../lib/host/kernel/id-ranges';
import type { HostRange } from '../../../../lib/host/kernel/id-ranges';
import { idRecordPath, statePaths } from '../../../../lib/host/state/state-paths';
import type { StatePaths } from '../../../../lib/host/state/state-paths';
import { document, parse } from '../../domain/parse-context';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

let mockRoots = '';

jest.mock('../../../../lib/host/kernel/id-ranges');
// All roots of the host share it.
jest.mock('../../../../lib/host/state/state-paths', () => ({
  ...jest.requireActual<object>('../../../../lib/host/state/state-paths'),
  get idRootsPath() {
    return mockRoots;
  },
}));

removeScratchAfterEach();

const request =
  "<metadata><x:container xmlns:x='urn:tslxc:domain:1'><x:idmap allocate='auto'/></x:container></metadata>";
const definition = parse(document({ elements: request }));
const none = () => Promise.resolve([]);

/** All that may be given away but the range that begins at `free`, of as many ids as a domain asks for. */
function allBut(free: number): HostRange[] {
  const { first, count } = allocatable;
  const end = free + 0x10000;
  return [
    { first, count: free - first },
    { first: end, count: first + count - end },
  ];
}

const free = allocatable.first + 42 * 0x10000;
let paths: StatePaths;

beforeEach(() => {
  mockRoots = `${scratchDirectory()}/id-roots`;
  paths = statePaths(scratchDirectory());
  jest.mocked(subordinateIds).mockReturnValue([]);
  jest.mocked(idsInUse).mockResolvedValue([]);
});

async function firstOf(defined: () => Promise<readonly HostRange[]> = none) {
  const { idMap } = await claimIds(paths, definition, defined);
  return idMap?.uids[0]?.target;
}

test('without any in use it is a place of its own, and stays it', async () => {
  const first = await firstOf();
  expect(first).not.toBe(free);
  expect(await firstOf()).toBe(first);
  expect(previewIds(paths, definition).idMap?.uids[0]?.target).toBe(first);
});

test('none of those that /etc/subuid and /etc/subgid give to users', async () => {
  jest.mocked(subordinateIds).mockReturnValue(allBut(free));
  expect(previewIds(paths, definition).idMap?.uids[0]?.target).toBe(free);
  expect(await firstOf()).toBe(free);
});

test('none of those that a process has', async () => {
  jest.mocked(idsInUse).mockResolvedValue(allBut(free));
  expect(await firstOf()).toBe(free);
});

test('none of those that a definition has', async () => {
  expect(await firstOf(() => Promise.resolve(allBut(free)))).toBe(free);
});

test('none of those that a domain of another root keeps', async () => {
  jest.mocked(subordinateIds).mockReturnValue(allBut(free));
  expect(await firstOf()).toBe(free);
  const other = statePaths(scratchDirectory());
  await expect(claimIds(other, definition, none)).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('no range of 65536 ids is free on this host') as string,
  });
});

test('a range that a process has meanwhile is given up for another', async () => {
  const first = (await firstOf()) ?? 0;
  jest.mocked(idsInUse).mockResolvedValue([{ first: first + 0xffff, count: 1 }]);
  expect(await firstOf()).not.toBe(first);
});

test('what a rename that was cut short has written down goes with the range of the domain', async () => {
  const { name, uuid } = definition;
  await firstOf();
  await shareIds(paths, { from: name, to: 'site', uuid });
  const other = { ...definition, name: 'other', uuid: '22222222-2222-4222-8222-222222222222' };
  await claimIds(paths, other, none);
  const kept = [name, 'site', 'other'].map((one) => idRecordPath(paths, one));
  expect(kept.map((path) => existsSync(path))).toEqual([true, true, true]);
  releaseIds(paths, name);
  expect(kept.map((path) => existsSync(path))).toEqual([false, false, true]);
});

test('what a writer that was killed has left goes with the range of the domain, or with the next choice', async () => {
  await firstOf();
  const [own, other] = [definition.name, 'other'].map((name) => `${idRecordPath(paths, name)}.new`);
  const left = () => [own, other].filter((path) => existsSync(path ?? ''));
  for (const path of [own, other]) writeFileSync(path ?? '', '{"na');
  releaseIds(paths, definition.name);
  expect(left()).toEqual([other]);
  await firstOf();
  expect(left()).toEqual([]);
});
