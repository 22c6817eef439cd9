/** Documents about who a domain is, its memory and its CPUs, and those that `define` refuses for them. */
import { domains, type CorpusDocument } from './document';

const memory = '<memory>131072</memory>';

export const identityDocuments: readonly CorpusDocument[] = [
  ...domains('smallest', 'domain', { container: '' }),
  ...domains('smallest', 'emulator', { 'without-emulator': '' }),
  ...domains('identity', 'domain', {
    uuid: '<uuid>6a0c1f0e-3b5e-4c1b-9a0d-5f4b7c1d2e3f</uuid>',
    'uuid-without-dashes': '<uuid>6a0c1f0e3b5e4c1b9a0d5f4b7c1d2e40</uuid>',
    title: '<title>A web server</title>',
    description: '<description>Serves\n  two lines &amp; an ampersand</description>',
    'description-empty': '<description/>',
    metadata: "<metadata><app:note xmlns:app='urn:app:1' kind='x'>kept</app:note></metadata>",
    'metadata-two':
      "<metadata><a:a xmlns:a='urn:a'><a:b c='d'/></a:a><b:b xmlns:b='urn:b'>t</b:b></metadata>",
    'metadata-without-namespace':
      "<metadata>me<owner>me</owner><a:a xmlns:a='urn:a'>1</a:a></metadata>",
    'metadata-namespace-twice':
      "<metadata><a:a xmlns:a='urn:a'>1</a:a><a:b xmlns:a='urn:a'>2</a:b></metadata>",
    genid: '<genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>',
    'uuid-malformed': '<uuid>not-a-uuid</uuid>',
    'title-with-newline': '<title>one\ntwo</title>',
  }),
  ...domains('memory', 'head', {
    'unit-mib': "<name>@name@</name><memory unit='MiB'>128</memory>",
    'unit-g': "<name>@name@</name><memory unit='G'>1</memory>",
    'unit-bytes': "<name>@name@</name><memory unit='b'>134217729</memory>",
    'unit-kb': "<name>@name@</name><memory unit='KB'>200000</memory>",
    'current-below': `<name>@name@</name>${memory}<currentMemory>65536</currentMemory>`,
    'current-above': `<name>@name@</name>${memory}<currentMemory>262144</currentMemory>`,
    'current-unit': `<name>@name@</name>${memory}<currentMemory unit='MiB'>64</currentMemory>`,
    'dump-core': "<name>@name@</name><memory dumpCore='off'>131072</memory>",
    'maximum-memory': `<name>@name@</name><maxMemory slots='4' unit='KiB'>524288</maxMemory>${memory}`,
    missing: '<name>@name@</name>',
    negative: '<name>@name@</name><memory>-1</memory>',
    'unknown-unit': "<name>@name@</name><memory unit='zz'>1</memory>",
    'before-name': `${memory}<name>@name@</name>`,
  }),
  ...domains('name', 'head', {
    missing: memory,
    'with-slash': `<name>a/b</name>${memory}`,
    empty: `<name/>${memory}`,
  }),
  ...domains('memory-backing', 'domain', {
    hugepages: '<memoryBacking><hugepages/></memoryBacking>',
    locked: '<memoryBacking><locked/></memoryBacking>',
    'no-shared-pages': '<memoryBacking><nosharepages/></memoryBacking>',
    source: "<memoryBacking><source type='anonymous'/><access mode='shared'/></memoryBacking>",
  }),
  ...domains('vcpu', 'domain', {
    one: '<vcpu>1</vcpu>',
    four: '<vcpu>4</vcpu>',
    placement: "<vcpu placement='static'>2</vcpu>",
    'placement-auto': "<vcpu placement='auto'>2</vcpu>",
    'placement-auto-cpuset': "<vcpu placement='auto' cpuset='0'>2</vcpu>",
    'placement-auto-mode':
      "<vcpu placement='auto'>2</vcpu><numatune><memory mode='preferred'/></numatune>",
    'placement-auto-nodes':
      "<vcpu placement='auto'>2</vcpu><numatune><memory nodeset='0'/></numatune>",
    cpuset: "<vcpu cpuset='0'>1</vcpu>",
    'cpuset-range': "<vcpu cpuset='0-1'>2</vcpu>",
    'cpuset-excluded': "<vcpu cpuset='0-3,^2'>1</vcpu>",
    current: "<vcpu current='1'>2</vcpu>",
    zero: '<vcpu>0</vcpu>',
    words: '<vcpu>many</vcpu>',
    'current-above': "<vcpu current='3'>2</vcpu>",
    'cpuset-words': "<vcpu cpuset='zz'>1</vcpu>",
    hotplug:
      "<vcpu current='1'>2</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='no' hotpluggable='yes'/></vcpus>",
  }),
  ...domains('threads', 'domain', {
    iothreads: '<iothreads>2</iothreads>',
    'iothread-ids': "<iothreads>2</iothreads><iothreadids><iothread id='4'/></iothreadids>",
  }),
  ...domains('cpu', 'domain', {
    'host-passthrough': "<cpu mode='host-passthrough'/>",
    'host-model': "<cpu mode='host-model'/>",
    topology: "<vcpu>2</vcpu><cpu><topology sockets='1' cores='2' threads='1'/></cpu>",
    custom: "<cpu mode='custom' match='exact'><model fallback='allow'>Skylake-Server</model></cpu>",
  }),
];
