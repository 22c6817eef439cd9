/** Defects of libvirt in definitions, in their import from LXC, in messages, and verbs that it lacks. */
import type { LibvirtDefect } from './defect';

const imports = 'test/golden/lxc-configuration.test.ts';

export const definitionDefects: readonly LibvirtDefect[] = [
  {
    number: 7,
    libvirt:
      'a configuration of LXC with an empty network is imported with the network of the host',
    here: 'it gets <privnet/>',
    tests: [[imports, '%s becomes its golden definition']],
  },
  {
    number: 8,
    libvirt:
      'an import swaps the fields of an id map, fails for keys that it does not know, gives a definition that can’t be started, and ignores many keys',
    here: 'keys of LXC 2 and of later ones are known, includes followed, what comes out can be started, and what is not carried over is told of',
    tests: [[imports, '%s becomes its golden definition', '%s: no line is lost in silence']],
  },
  {
    number: 34,
    libvirt:
      'the texts of <initenv>, <inituser>, <initgroup> and of <lxc:namespace> are printed unescaped',
    here: 'every text is escaped, and reads back as it was',
    tests: [
      ['test/golden/xml.test.ts', '%s is printed as its golden text, which is a fixed point'],
      [
        'test/unit/domain/properties.test.ts',
        'any text survives as title, argument, environment, path and metadata',
      ],
    ],
  },
  {
    number: 35,
    libvirt: 'an empty <resource/> and some imports are errors whose cause is unknown',
    here: 'the error says what is missing, with its place; so does an import',
    tests: [
      ['test/unit/domain/bad-xml.test.ts', '%s is refused'],
      [
        'test/unit/driver/import/from-native.test.ts',
        'what no definition can have is an error, not a text that can not be defined',
      ],
    ],
  },
  {
    number: 44,
    libvirt:
      'there is no domstats, no rename, no parameters of NUMA and of interfaces, no save, snapshot, migration or core dump, no pinning, file systems or time of the guest',
    here: 'domstats, domrename, numatune, domiftune and domif-setlink work, and so do snapshots of what is in a container’s own trees',
    tests: [
      [
        'test/container/statistics.test.ts',
        'CPU time is that which a process says of itself, and that of the kernel’s file',
      ],
      [
        'test/unit/driver/definitions/stored-domain.test.ts',
        'keeps the uuid, the autostart, the definition and how it last ended',
      ],
      ['test/container/limits.test.ts', 'numatune: the nodes of memory are those that it says'],
      ['test/container/snapshots.test.ts', 'what it was is put back, with the definition of then'],
      [
        'test/network-long/bandwidth.test.ts',
        'both directions are the container’s, and are changed while it runs',
      ],
    ],
    remains:
      'save, migration, core dumps and snapshots of memory would need the memory of all processes written down, and the others are about virtual machines: they are refused in libvirt’s words',
  },
  {
    number: 46,
    libvirt: 'the documents and the code differ in the names of variables and in socket activation',
    here: 'the variables are those of the code, passed descriptors as the documents promise, and examples of the documents are run',
    tests: [
      [
        'test/container/hello-world.test.ts',
        'init’s environment is libvirt’s, byte for byte and in its order',
      ],
      [
        'test/container/helper.test.ts',
        'init gets the passed descriptors from 3 on, and LISTEN_FDS',
      ],
      ['test/container/readme-and-library.test.ts', 'no page with examples is left out'],
    ],
  },
  {
    number: 47,
    libvirt:
      'a `<filesystem type="volume">` without a `<source>` ends the daemon when it is defined, and every domain’s management with it',
    here: 'it is stored, and a start is refused with its place',
    tests: [
      [
        'test/unit/driver/storage/volume-sources.test.ts',
        'a filesystem that names no volume is stored, and its start is refused with its place',
      ],
    ],
  },
];
