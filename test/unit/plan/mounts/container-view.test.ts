/** Files of lxcfs in the container's /proc, what a start warns of, and how lxcfs is found. */
import { lxcfsMount } from '../../../../lib/host/kernel/lxcfs';
import { startWarnings } from '../../../../lib/plan/warnings';
import { document, parse } from '../../domain/parse-context';
import { compile } from '../plan-context';

const procFiles = ['meminfo', 'uptime'].map((name) => ({
  name,
  path: `/var/lib/lxcfs/proc/${name}`,
}));
const shared = parse(document({}));
const own = parse(document({ elements: '<features><privnet/></features>' }));

test('each file is opened outside and attached in /proc, before anything of it is covered', () => {
  const { plan } = compile(shared, { facts: { procFiles } });
  expect(plan.outside).toContainEqual({
    op: 'openTree',
    tree: 'view:meminfo',
    path: '/var/lib/lxcfs/proc/meminfo',
    depth: 'single',
    automount: 'leave',
  });
  const proc = plan.inside.findIndex((one) => one.op === 'attachTree' && one.tree === 'proc');
  expect(plan.inside.slice(proc + 1, proc + 3)).toEqual(
    ['meminfo', 'uptime'].map((name) => ({
      op: 'attachTree',
      tree: `view:${name}`,
      root: 'proc',
      path: name,
      missing: 'skip',
    })),
  );
  const cover = plan.inside.findIndex((one) => one.op === 'coverPath');
  expect(cover).toBeGreaterThan(proc + 2);
});

test('what a container lacks is warned of', () => {
  const label = 'given';
  expect(startWarnings(shared, { procFiles: [], label })).toEqual([
    'MeminfoIsHosts',
    'SharedHostNetwork',
  ]);
  expect(startWarnings(shared, { procFiles, label })).toEqual(['SharedHostNetwork']);
  expect(startWarnings(own, { procFiles: [], label })).toEqual(['MeminfoIsHosts']);
  expect(startWarnings(own, { procFiles, label })).toEqual([]);
});

test.each([
  ["<seclabel type='dynamic'/>", ['NoSecurityLabel']],
  ["<seclabel type='none'/>", []],
  ["<seclabel type='dynamic' model='none'/>", []],
  ["<seclabel type='none' model='selinux'/>", []],
  ['', []],
])('a label that is asked for by %s and not given', (seclabel, warnings) => {
  const elements = `<features><privnet/></features>${seclabel}`;
  const definition = parse(document({ elements }));
  expect(startWarnings(definition, { procFiles, label: 'none' })).toEqual(warnings);
  expect(startWarnings(definition, { procFiles, label: 'given' })).toEqual([]);
});

test('lxcfs is found by its type, wherever it is mounted', () => {
  const line = (path: string, type: string): string =>
    `41 23 0:35 / ${path} rw,nosuid - ${type} lxcfs rw,user_id=0,allow_other`;
  const table = [line('/a', 'ext4'), line('/srv/my\\040lxcfs', 'fuse.lxcfs'), line('/b', 'fuse.x')];
  expect(lxcfsMount(table.join('\n'))).toBe('/srv/my lxcfs');
  expect(lxcfsMount(line('/a/fuse.lxcfs', 'tmpfs'))).toBeUndefined();
});

test('a file system of that type that a user of the host has mounted is none', () => {
  const line = (path: string, options: string): string =>
    `41 23 0:35 / ${path} rw,nosuid - fuse.lxcfs lxcfs rw,${options}`;
  const root = line('/srv/lxcfs', 'user_id=0,group_id=0,allow_other');
  const user = line('/home/mallory/lxcfs', 'user_id=1000,group_id=0,allow_other');
  expect(lxcfsMount([root, user].join('\n'))).toBe('/srv/lxcfs');
  expect(lxcfsMount(user)).toBeUndefined();
});
