/** Documents about limits. */
import { domains, type CorpusDocument } from './document';

export const tuningDocuments: readonly CorpusDocument[] = [
  ...domains('memtune', 'domain', {
    'hard-limit': "<memtune><hard_limit unit='MiB'>256</hard_limit></memtune>",
    'soft-limit': '<memtune><soft_limit>65536</soft_limit></memtune>',
    'swap-hard-limit':
      '<memtune><hard_limit>262144</hard_limit><swap_hard_limit>524288</swap_hard_limit></memtune>',
    'min-guarantee': '<memtune><min_guarantee>65536</min_guarantee></memtune>',
    order:
      '<memtune><swap_hard_limit>524288</swap_hard_limit><min_guarantee>1024</min_guarantee><hard_limit>262144</hard_limit></memtune>',
    unlimited: '<memtune><hard_limit>9007199254740991</hard_limit></memtune>',
    empty: '<memtune/>',
    words: '<memtune><hard_limit>zz</hard_limit></memtune>',
  }),
  ...domains('cputune', 'domain', {
    shares: '<cputune><shares>512</shares></cputune>',
    'period-and-quota': '<cputune><period>100000</period><quota>50000</quota></cputune>',
    'quota-without-limit': '<cputune><quota>-1</quota></cputune>',
    'global-quota':
      '<cputune><global_period>100000</global_period><global_quota>50000</global_quota></cputune>',
    'emulator-quota':
      '<cputune><emulator_period>100000</emulator_period><emulator_quota>50000</emulator_quota></cputune>',
    vcpupin: "<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>",
    emulatorpin: "<cputune><emulatorpin cpuset='0-1'/></cputune>",
    'shares-and-vcpupin': "<cputune><vcpupin vcpu='0' cpuset='1'/><shares>1024</shares></cputune>",
    'iothread-pin':
      "<iothreads>1</iothreads><cputune><iothreadpin iothread='1' cpuset='0'/></cputune>",
    'vcpu-scheduler': "<cputune><vcpusched vcpus='0' scheduler='fifo' priority='1'/></cputune>",
    'period-too-small': '<cputune><period>10</period></cputune>',
    'shares-words': '<cputune><shares>zz</shares></cputune>',
    empty: '<cputune/>',
  }),
  ...domains('blkiotune', 'domain', {
    weight: '<blkiotune><weight>500</weight></blkiotune>',
    device:
      '<blkiotune><device><path>/dev/null</path><read_bytes_sec>1048576</read_bytes_sec></device></blkiotune>',
    'device-order':
      '<blkiotune><device><write_iops_sec>20</write_iops_sec><path>/dev/sda</path><weight>300</weight></device><weight>200</weight></blkiotune>',
    'device-without-path': '<blkiotune><device><weight>300</weight></device></blkiotune>',
    'device-twice':
      '<blkiotune><device><path>/dev/sda</path><weight>300</weight></device><device><path>/dev/sda</path><weight>400</weight></device></blkiotune>',
    empty: '<blkiotune/>',
  }),
  ...domains('numatune', 'domain', {
    strict: "<numatune><memory mode='strict' nodeset='0'/></numatune>",
    preferred: "<numatune><memory mode='preferred' nodeset='0'/></numatune>",
    interleave: "<numatune><memory mode='interleave' nodeset='0'/></numatune>",
    restrictive: "<numatune><memory mode='restrictive' nodeset='0'/></numatune>",
    'nodeset-alone': "<numatune><memory nodeset='0'/></numatune>",
    'node-absent': "<numatune><memory mode='strict' nodeset='7'/></numatune>",
    'placement-auto': "<numatune><memory placement='auto'/></numatune>",
    'placement-auto-cpuset':
      "<vcpu cpuset='0'>1</vcpu><numatune><memory placement='auto'/></numatune>",
    'placement-auto-pinned':
      "<cputune><vcpupin vcpu='0' cpuset='0'/></cputune><numatune><memory placement='auto'/></numatune>",
    'memory-empty': '<numatune><memory/></numatune>',
    'mode-unknown': "<numatune><memory mode='zz' nodeset='0'/></numatune>",
  }),
  ...domains('resource', 'domain', {
    partition: '<resource><partition>/machine</partition></resource>',
    'partition-own': '<resource><partition>/parity</partition></resource>',
    appid: "<resource><fibrechannel appid='userProvidedID'/></resource>",
  }),
];
