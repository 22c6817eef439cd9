/** The label of a container in its plan: when it is asked for, what is looked at, and which file systems carry it. */
import { parse } from '../../domain/parse-context';
import {
  labelFilesystems,
  planExecLabel,
  securityFacts,
} from '../../../../lib/plan/security/labels';
import type { Operation } from '../../../../lib/plan/operation';
import type { Plan } from '../../../../lib/plan/plan';
import { compile } from '../plan-context';

const label = 'system_u:system_r:container_t:s0:c1,c2';
const imageLabel = 'system_u:object_r:container_file_t:s0:c1,c2';
const selinux = securityFacts({ model: 'selinux', label, accepted: [label], imageLabel });
const apparmor = securityFacts({
  model: 'apparmor',
  label: 'tslxc-web',
  accepted: ['tslxc-web (enforce)'],
});

const idMap =
  "<idmap><uid start='0' target='100000' count='65536'/><gid start='0' target='100000' count='65536'/></idmap>";
const filesystems = `<filesystem type='ram'><source usage='1024'/><target dir='/scratch'/></filesystem>
  <filesystem type='file'><source file='/images/data.img'/><target dir='/data'/></filesystem>
  <filesystem type='block'><source dev='/dev/vdb'/><target dir='/disk'/></filesystem>
  <filesystem type='mount'><source dir='/srv'/><target dir='/srv'/></filesystem>`;

function plan(facts: Parameters<typeof compile>[1] = {}, elements = ''): Plan {
  const definition = parse(
    `<domain type='lxc'><name>web</name><memory>1024</memory><os><type>exe</type><init>/bin/sh</init></os>${elements}<devices><console type='pty'/>${filesystems}</devices></domain>`,
  );
  return compile(definition, facts).plan;
}

const everything = ({ outside, inside }: Plan): readonly Operation[] => [...outside, ...inside];

describe('what is asked for', () => {
  test('it is init’s first operation, while /proc is the host’s', () => {
    expect(plan({ facts: { security: selinux } }).inside[0]).toEqual({
      op: 'setProcessAttribute',
      attribute: 'exec',
      text: label,
    });
    expect(plan({ facts: { security: apparmor } }, idMap).inside[0]).toEqual({
      op: 'setProcessAttribute',
      attribute: 'apparmor/exec',
      text: 'exec tslxc-web',
    });
  });

  test('a plan without a label has nothing of it', () => {
    const { header, ...operations } = plan();
    expect(header).toMatchObject({ labelAttribute: '', labels: [] });
    expect(JSON.stringify(operations, (_, value: unknown) => String(value))).not.toMatch(
      /context=/,
    );
    expect(everything(plan()).some(({ op }) => op === 'setProcessAttribute')).toBe(false);
    expect(planExecLabel(undefined)).toEqual([]);
  });

  test('a label changes nothing else of a plan', () => {
    const labelled = plan({ facts: { security: apparmor } });
    const { header, outside, mapped, again } = plan();
    expect(labelled.outside).toEqual(outside);
    expect(labelled.mapped).toEqual(mapped);
    expect(labelled.again).toEqual(again);
    expect(labelled.inside.slice(1)).toEqual(plan().inside);
    expect(labelled.header).toEqual({
      ...header,
      labelAttribute: 'apparmor/current',
      labels: labelled.header.labels,
    });
  });
});

describe('what is looked at', () => {
  test('SELinux has the context as it is, or as the policy names it', () => {
    expect(selinux).toMatchObject({ currentAttribute: 'current', accepted: [label] });
    const accepted = ['system_u:system_r:other_t:s0'];
    expect(securityFacts({ model: 'selinux', label, accepted })).toMatchObject({ accepted });
  });

  test('AppArmor has files of its own', () => {
    expect(apparmor.currentAttribute).toBe('apparmor/current');
    expect(apparmor.accepted).toEqual(['tslxc-web (enforce)']);
    expect(apparmor.mountLabel).toBeUndefined();
  });
});

describe('file systems', () => {
  const made = (operations: readonly Operation[]): Record<string, boolean> =>
    Object.fromEntries(
      operations.flatMap((operation) =>
        operation.op === 'makeFilesystem' || operation.op === 'makeFilesystemOn'
          ? [[operation.tree, operation.options.includes(`context=${imageLabel}`)]]
          : [],
      ),
    );

  test.each(['hybrid', 'v2'] as const)(
    'those that are made carry the label, the kernel’s own do not: %s',
    (layout) => {
      const labelled = made(everything(plan({ layout, facts: { security: selinux } })));
      expect(labelled).toMatchObject({
        dev: true,
        devpts: true,
        cover: true,
        'filesystem:/scratch': true,
        'filesystem:/data': true,
        'filesystem:/disk': true,
        proc: false,
        sys: false,
        selinux: false,
        ...(layout === 'hybrid' ? { cgroups: true } : {}),
      });
      // The trees of cgroups are clones of the host's, with the labels that their files have there.
      expect(Object.keys(labelled).filter((tree) => tree.startsWith('cgroup:'))).toEqual([]);
    },
  );

  test('the context stands as it is, with its comma, as an option of its own', () => {
    const one: Operation = {
      op: 'makeFilesystem',
      tree: 't',
      type: 'tmpfs',
      options: ['size=1'],
      attributes: 0,
    };
    expect(labelFilesystems([one], selinux)).toEqual([
      { ...one, options: ['size=1', `context=${imageLabel}`] },
    ]);
  });

  test('AppArmor labels none', () => {
    const labelled = made(everything(plan({ facts: { security: apparmor } })));
    expect(Object.values(labelled)).not.toContain(true);
  });
});

describe('selinuxfs', () => {
  const attached = (of: Plan): readonly Operation[] =>
    of.inside.filter((operation) => 'tree' in operation && operation.tree === 'selinux');

  test('it is there where the host has it, read-only', () => {
    const readonly = 1 | 2 | 4 | 8; // MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC
    expect(attached(plan({ facts: { selinuxfs: true } }))).toEqual([
      expect.objectContaining({ type: 'selinuxfs', attributes: readonly }) as Operation,
      { op: 'attachTree', tree: 'selinux', root: 'sys', path: 'fs/selinux', missing: 'skip' },
    ]);
    expect(attached(plan({ facts: { security: selinux } }))).toHaveLength(2);
  });

  test('a user namespace can’t mount it, and a host without SELinux has none', () => {
    expect(attached(plan({ facts: { selinuxfs: true } }, idMap))).toEqual([]);
    expect(attached(plan({ facts: { security: apparmor } }))).toEqual([]);
  });
});
