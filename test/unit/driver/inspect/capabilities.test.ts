/** lib/driver/inspect/capabilities.ts: the text is libvirt's, byte for byte. */
import { formatCapabilities } from '../../../../lib/driver/inspect/capabilities';
import type { HostCapabilities } from '../../../../lib/driver/inspect/capabilities';
import type { CellCpu } from '../../../../lib/host/node/cells';

const emulator = '/usr/lib/monitor';

/** A host of which little is known. */
const plain: HostCapabilities = {
  machine: 'x86_64',
  pageSizes: [4],
  suspendTargets: [],
  cells: [],
  caches: [],
  security: { model: 'none', doi: '0' },
  emulator,
};

/** Of one CPU without threads. */
function cpu(id: number): CellCpu {
  return { id, topology: { socket: 0, die: 0, cluster: id, core: id, siblings: String(id) } };
}

test('a host with one cell and shared caches', () => {
  const host: HostCapabilities = {
    ...plain,
    uuid: '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f',
    pageSizes: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memory: 11757784,
        pages: [
          { size: 4, count: 2939446 },
          { size: 2048, count: 0 },
          { size: 1048576, count: 0 },
        ],
        distances: [{ cell: 0, value: 10 }],
        cpus: [cpu(0), cpu(1)],
      },
    ],
    caches: [
      { id: 0, level: 2, type: 'both', size: 2048, cpus: '0' },
      { id: 1, level: 2, type: 'both', size: 2048, cpus: '1' },
      { id: 0, level: 3, type: 'both', size: 266240, cpus: '0-1' },
    ],
  };
  expect(formatCapabilities(host)).toBe(`<capabilities>

  <host>
    <uuid>5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f</uuid>
    <cpu>
      <arch>x86_64</arch>
      <pages unit='KiB' size='4'/>
      <pages unit='KiB' size='2048'/>
      <pages unit='KiB' size='1048576'/>
    </cpu>
    <power_management/>
    <iommu support='no'/>
    <topology>
      <cells num='1'>
        <cell id='0'>
          <memory unit='KiB'>11757784</memory>
          <pages unit='KiB' size='4'>2939446</pages>
          <pages unit='KiB' size='2048'>0</pages>
          <pages unit='KiB' size='1048576'>0</pages>
          <distances>
            <sibling id='0' value='10'/>
          </distances>
          <cpus num='2'>
            <cpu id='0' socket_id='0' die_id='0' cluster_id='0' core_id='0' siblings='0'/>
            <cpu id='1' socket_id='0' die_id='0' cluster_id='1' core_id='1' siblings='1'/>
          </cpus>
        </cell>
      </cells>
    </topology>
    <cache>
      <bank id='0' level='2' type='both' size='2' unit='MiB' cpus='0'/>
      <bank id='1' level='2' type='both' size='2' unit='MiB' cpus='1'/>
      <bank id='0' level='3' type='both' size='260' unit='MiB' cpus='0-1'/>
    </cache>
    <secmodel>
      <model>none</model>
      <doi>0</doi>
    </secmodel>
  </host>

  <guest>
    <os_type>exe</os_type>
    <arch name='x86_64'>
      <wordsize>64</wordsize>
      <emulator>/usr/lib/monitor</emulator>
      <domain type='lxc'/>
    </arch>
  </guest>

  <guest>
    <os_type>exe</os_type>
    <arch name='i686'>
      <wordsize>32</wordsize>
      <emulator>/usr/lib/monitor</emulator>
      <domain type='lxc'/>
    </arch>
  </guest>

</capabilities>
`);
});

test('a host that sleeps, with labels, and cells that lack something', () => {
  const host: HostCapabilities = {
    ...plain,
    machine: 'i686',
    suspendTargets: ['mem', 'disk', 'hybrid'],
    cells: [
      { id: 0, memory: 4096, pages: [{ size: 4, count: 1024 }], distances: [], cpus: [{ id: 5 }] },
      { id: 2, memory: 0, pages: [{ size: 4, count: 0 }], distances: [], cpus: [] },
    ],
    security: { model: 'selinux', doi: '0', enforcing: true, baseLabel: 'a_u:a_r:a_t:s0' },
  };
  expect(formatCapabilities(host)).toBe(`<capabilities>

  <host>
    <cpu>
      <arch>i686</arch>
      <pages unit='KiB' size='4'/>
    </cpu>
    <power_management>
      <suspend_mem/>
      <suspend_disk/>
      <suspend_hybrid/>
    </power_management>
    <iommu support='no'/>
    <topology>
      <cells num='2'>
        <cell id='0'>
          <memory unit='KiB'>4096</memory>
          <pages unit='KiB' size='4'>1024</pages>
          <cpus num='1'>
            <cpu id='5'/>
          </cpus>
        </cell>
        <cell id='2'>
          <pages unit='KiB' size='4'>0</pages>
          <cpus num='0'/>
        </cell>
      </cells>
    </topology>
    <secmodel>
      <model>selinux</model>
      <doi>0</doi>
      <baselabel type='lxc'>a_u:a_r:a_t:s0</baselabel>
    </secmodel>
  </host>

  <guest>
    <os_type>exe</os_type>
    <arch name='i686'>
      <wordsize>32</wordsize>
      <emulator>/usr/lib/monitor</emulator>
      <domain type='lxc'/>
    </arch>
  </guest>

</capabilities>
`);
});

test.each([
  [1, "size='1' unit='KiB'"],
  [1536, "size='1536' unit='KiB'"],
  [1024, "size='1' unit='MiB'"],
  [1024 * 1536, "size='1536' unit='MiB'"],
  [1024 ** 2, "size='1' unit='GiB'"],
])('a cache of %i KiB has a whole number of the largest unit', (size, shown) => {
  const caches = [{ id: 0, level: 3, type: 'data', size, cpus: '0' }] as const;
  expect(formatCapabilities({ ...plain, caches })).toContain(`type='data' ${shown} cpus='0'/>`);
});

test.each([
  ['x86_64', ['x86_64 64', 'i686 32']],
  ['aarch64', ['aarch64 64', 'armv7l 32']],
  ['s390x', ['s390x 64', 's390 32']],
  ['riscv64', ['riscv64 64']],
  ['armv7l', ['armv7l 32']],
])('the programs that run on %s', (machine, told) => {
  const text = formatCapabilities({ ...plain, machine });
  const found = [...text.matchAll(/<arch name='(\w+)'>\s*<wordsize>(\d+)</g)];
  expect(found.map(([, name, bits]) => `${name ?? ''} ${bits ?? ''}`)).toEqual(told);
});
