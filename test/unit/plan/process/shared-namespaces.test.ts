/** Namespaces that a container shares: who enters them, in which order, and what it then lacks of its own. */
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { keptCapabilities } from '../../../../lib/plan/security/capabilities';
import { namespaceFlags } from '../../../../lib/plan/constants';
import { networkMode } from '../../../../lib/plan/process/namespaces';
import type { NamespaceFact } from '../../../../lib/plan/process/namespaces';
import type { Operation } from '../../../../lib/plan/operation';
import { startWarnings } from '../../../../lib/plan/warnings';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../plan-context';

const { uts, ipc, net } = namespaceFlags;

const shares = (content: string): DomainDefinition =>
  parse(
    document({
      elements: `<lxc:namespace xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'>${content}</lxc:namespace>`,
    }),
  );

const all = shares(
  "<lxc:shareuts type='name' value='web'/><lxc:sharenet type='netns' value='red'/>" +
    "<lxc:shareipc type='pid' value='17'/>",
);
const facts: readonly NamespaceFact[] = [
  { kind: 'uts', path: '/proc/9/ns/uts', inode: 1n },
  { kind: 'net', path: '/run/netns/red', inode: 2n },
  { kind: 'ipc', path: '/proc/17/ns/ipc', inode: 3n },
];
const compiled = (definition: DomainDefinition) =>
  compile(definition, { facts: { sharedNamespaces: facts } }).plan;

/** `net from …`, `join …`: what is done with namespaces. */
function steps(operations: readonly Operation[]): string[] {
  return operations.flatMap((operation) => {
    if (operation.op === 'openNamespace') {
      return [`${operation.file} is ${operation.path} ${operation.inode}`];
    }
    return operation.op === 'joinNamespace' ? [`join ${operation.file} ${operation.kind}`] : [];
  });
}

test('the monitor enters them after all else, and goes back when init exists', () => {
  const { outside, mapped, inside } = compiled(all);
  expect(steps(outside.slice(-9))).toEqual([
    'own:net is /proc/self/ns/net 0',
    'shared:net is /run/netns/red 2',
    `join shared:net ${net}`,
    'own:ipc is /proc/self/ns/ipc 0',
    'shared:ipc is /proc/17/ns/ipc 3',
    `join shared:ipc ${ipc}`,
    'own:uts is /proc/self/ns/uts 0',
    'shared:uts is /proc/9/ns/uts 1',
    `join shared:uts ${uts}`,
  ]);
  expect(steps(mapped)).toEqual([
    `join own:net ${net}`,
    `join own:ipc ${ipc}`,
    `join own:uts ${uts}`,
  ]);
  expect(steps(inside)).toEqual([]);
});

test('init gets none of its own, and leaves the shared host name alone', () => {
  const { header, inside } = compiled(all);
  expect(header.namespaces & (uts | ipc | net)).toBe(0);
  expect(inside.filter(({ op }) => op === 'setHostname' || op === 'setLinkUp')).toEqual([]);
  const one = compiled(shares("<lxc:shareipc type='pid' value='17'/>"));
  expect(one.header.namespaces & (uts | ipc)).toBe(uts);
  expect(one.inside.filter(({ op }) => op === 'setHostname')).toHaveLength(1);
});

test('a shared network is neither the host’s nor the container’s to change', () => {
  expect(networkMode(all)).toBe('shared');
  expect(startWarnings(all, { procFiles: [], label: 'none' })).toEqual(['MeminfoIsHosts']);
  const { inside } = compiled(all);
  expect(inside).not.toContainEqual(expect.objectContaining({ path: 'sys/net' }));
  const netAdmin = 1n << 12n;
  expect(keptCapabilities(all, 'hardened') & netAdmin).toBe(0n);
  expect(keptCapabilities(all, 'compat') & netAdmin).toBe(netAdmin);
});

test('with an id map /sys is made where the network is, since the container’s root may not', () => {
  const position = { line: 1, column: 1 };
  const ranges = [{ start: 0, target: 100_000, count: 10, position }];
  const { outside, inside } = compiled({ ...all, idMap: { uids: ranges, gids: ranges, position } });
  const isSys = (one: Operation): boolean => one.op === 'makeFilesystem' && one.type === 'sysfs';
  const joined = outside.findIndex((one) => one.op === 'joinNamespace' && one.kind === net);
  expect(outside.findIndex(isSys)).toBe(joined + 1);
  expect(inside.some(isSys)).toBe(false);
  expect(compiled(all).inside.some(isSys)).toBe(true);
});

test('type none shares nothing', () => {
  expect(shares("<lxc:sharenet type='none' value=''/>").sharedNamespaces).toEqual([]);
});
