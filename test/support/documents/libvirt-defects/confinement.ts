/** Defects of libvirt in what keeps a container from the host: namespaces, capabilities, masks, id maps and labels. */
import type { LibvirtDefect } from './defect';

const capabilities = 'test/security/capabilities.test.ts';
const idmap = 'test/container/idmap.test.ts';

export const confinementDefects: readonly LibvirtDefect[] = [
  {
    number: 3,
    libvirt: 'a container sees the whole tree of cgroups of the host, and may write to it',
    here: 'a container has a cgroup namespace, and its own cgroups are the root of what it sees',
    tests: [
      [
        'test/container/hello-world.test.ts',
        'init is in or below /libvirt/lxc/helloworld of every hierarchy, which it sees as /',
      ],
      [
        'test/security/cgroups.test.ts',
        'are out of reach: no release agent, no hierarchy of its own, nothing above',
      ],
    ],
  },
  {
    number: 4,
    libvirt:
      'there is no filter of system calls, no mask over the dangerous files of /proc and /sys, no no_new_privs, and CAP_SYS_ADMIN, CAP_SYS_RAWIO, CAP_SYS_PTRACE and others are kept',
    here: 'a filter, masks and fewer capabilities by default, and no_new_privs where it is asked for or no capability is left',
    tests: [
      [
        'test/security/profile-hardened.test.ts',
        'in profile %s is as its golden file says',
        'control: what libvirt leaves open is told from what is hardened',
      ],
      ['test/security/doors.test.ts', 'all are shut as the container starts'],
      [capabilities, 'policy %s gives its mask'],
      [
        'test/security/confinement.test.ts',
        'hardened: a filter, a keyring of its own, limits, and nobody’s signal settings',
        'with the policy deny, no program gains anything',
      ],
    ],
  },
  {
    number: 5,
    libvirt:
      'a container without interfaces is in the network of the host, with its abstract sockets, and nothing says so',
    here: 'such a start warns, and <privnet/> gives the container a network of its own',
    tests: [
      [
        'test/container/container-view.test.ts',
        'with lxcfs %s a container starts, sees the host’s memory, and everyone is warned',
      ],
      [
        'test/security/control-socket.test.ts',
        'one of the host is out of reach of a container with <privnet/>',
      ],
    ],
  },
  {
    number: 6,
    libvirt: 'the shared root shows a container the folders of libvirt itself, with its sockets',
    here: 'it does not show the folders of tslxc’s definitions, state, logs and records',
    tests: [
      [
        'test/container/root-mounts.test.ts',
        'the shared root shows the host’s mounts, less the folders of tslxc’s state',
      ],
    ],
  },
  {
    number: 18,
    libvirt:
      'with an id map and a private root, a container in the network of the host can’t start',
    here: 'it starts, whatever its root and its network',
    tests: [[idmap, 'root inside is the mapped user on the host, with a %s root and a %s network']],
  },
  {
    number: 19,
    libvirt:
      'without systemd the root of the named hierarchy of cgroups is given to the root of a container with an id map',
    here: 'its own cgroups are given to it, where it may manage them, and nothing above',
    tests: [
      [
        idmap,
        'its own cgroups belong to its root where it may manage them, and all around them to the host’s',
      ],
    ],
  },
  {
    number: 20,
    libvirt:
      "with an id map the files of a private root belong to nobody, accessmode='mapped' is ignored, and a group at the end of a range is mistaken",
    here: "root and sources with accessmode='mapped' are idmapped mounts, and each id is that of its range",
    tests: [
      [
        'test/container/filesystem-mapped.test.ts',
        'layers of an overlay belong to the container’s root, and are written as the host’s',
        'a mapped tree is the container’s own; a plain one is not, which is the control',
      ],
      [
        'test/container/idmap-root.test.ts',
        'the owners of a root below %s stay as they are on disk',
      ],
      [
        'test/unit/plan/process/id-map.test.ts',
        'id %d is %d on the host',
        'id %d, beside a range, is not mapped',
      ],
    ],
  },
  {
    number: 30,
    libvirt: 'the host name is set in a shared UTS namespace too, and so is another’s',
    here: 'a shared host name is left alone',
    tests: [
      [
        'test/container/shared-namespaces.test.ts',
        'all three of another domain: one host name, one network, one set of queues',
        'the namespaces of a process, and only those that are asked for',
      ],
    ],
  },
  {
    number: 37,
    libvirt:
      'with SELinux no source is relabelled, two containers may get the same categories after a restart of the daemon, and the label is set after the success',
    here: 'sources are labelled and restored, categories are unique on the host, and init’s label is looked at before the start succeeds',
    tests: [
      [
        'test/vm-selinux/seed.test.ts',
        'a mounted source gets the image label, a read-only one that of read-only files, and so does what is mounted below',
      ],
      [
        'test/vm-selinux/separation.test.ts',
        'labels of two that run differ, in nothing but their categories',
      ],
      [
        'test/addon/categories.test.ts',
        'who has a start record is not dead, and keeps one pair',
        'eight processes never have two alike',
      ],
      ['test/addon/label.test.ts', 'with %s it is killed, and nobody is told that it runs'],
    ],
  },
  {
    number: 38,
    libvirt:
      'with AppArmor the static label is not the profile that init enters, and nothing is confined unless the daemon is',
    here: 'the static label is the profile, and a caller that is not confined itself confines its containers',
    tests: [
      [
        'test/vm-apparmor/profile.test.ts',
        'is init’s and its commands’, is shown, and is gone with the container',
        'a static label is the profile that is used, which stays loaded',
      ],
    ],
  },
  {
    number: 39,
    libvirt: 'the capabilities that were added since Linux 3.16 can’t be named',
    here: 'every capability of the kernel can',
    tests: [
      ['test/unit/domain/elements/capabilities.test.ts', 'every capability can be named'],
      [
        'test/unit/plan/security/capabilities.test.ts',
        'the numbers are those of the kernel’s header, and none of its capabilities is left out',
      ],
    ],
  },
  {
    number: 40,
    libvirt:
      "policy='deny' with <inituser> fails without a word, since init may no longer change its user",
    here: 'the user is changed before the capabilities go',
    tests: [
      [capabilities, 'starts with the policy deny, which takes away what the change of ids needs'],
    ],
  },
];
