/**
 * What is done with each element, attribute and value of libvirt's schema: it is carried out, it means nothing to a container, or a
 * start refuses it. docs/coverage.md is generated from it, whose rows are the words of the parser's own vocabularies. Pure.
 */
import {
  allocationVocabulary,
  extensionVocabulary,
  filesystemOptionsVocabulary,
  hardeningVocabulary,
  healthVocabulary,
  overlayLowerVocabulary,
  overlayVocabulary,
  relabelVocabulary,
  resourceLimitVocabulary,
  restartVocabulary,
  stopVocabulary,
} from './elements/extension/vocabulary';
import { capabilitiesVocabulary, capabilityVocabulary } from './elements/capabilities';
import {
  actionVocabulary,
  clockVocabulary,
  crashVocabulary,
  currentMemoryVocabulary,
  domainVocabulary,
  featuresVocabulary,
  idmapVocabulary,
  idRangeVocabulary,
  initenvVocabulary,
  memoryVocabulary,
  osTypeVocabulary,
  osVocabulary,
  otherLocalTimer,
  sharedNamespaceVocabulary,
  timerDevices,
  timerNames,
  vcpuVocabulary,
} from './elements/vocabulary';
import {
  consoleLogVocabulary,
  consoleTargetVocabulary,
  consoleVocabulary,
  devicesVocabulary,
  diskDriverVocabulary,
  diskSourceVocabulary,
  diskTargetVocabulary,
  diskVocabulary,
  emptyDrive,
  formatOfLoop,
  hostdevSourceVocabulary,
  hostdevVocabulary,
  missingFormat,
  otherCache,
  otherConsole,
  otherDiskDriver,
  otherDiskDriverName,
  otherHostdev,
  ptySourceVocabulary,
  usbAddressVocabulary,
  usbIdVocabulary,
  usbSourceVocabulary,
} from './devices/device-vocabulary';
import {
  filesystemDriverVocabulary,
  filesystemSourceVocabulary,
  filesystemTargetVocabulary,
  filesystemVocabulary,
  formatOfLoop as loopFormat,
  mappedByItself,
  missingFormat as missingFilesystemFormat,
  modesWithIdMap,
  modesWithoutIdMap,
  otherDriver,
  spaceLimits,
  spaceLimitVocabulary,
} from './filesystem/vocabulary';
import { ipVocabulary, routeVocabulary } from './interface/addresses';
import { bandwidthVocabulary, rateVocabulary } from './interface/bandwidth';
import {
  filterParameterVocabulary,
  filterVocabulary,
  otherFilter,
  otherParameter,
} from './interface/port/filter';
import {
  forwardWithoutNetwork,
  portForwardVocabulary,
  portRangeVocabulary,
} from './interface/port/port-forward';
import {
  portParametersVocabulary,
  unnamedSwitch,
  virtualPortVocabulary,
} from './interface/port/virtual-port';
import { tagVocabulary, vlanVocabulary } from './interface/port/vlan';
import {
  filterWithoutBridge,
  guestVocabulary,
  hostInterfaceSourceVocabulary,
  hostInterfaceVocabulary,
  interfaceSourceVocabularies,
  interfaceTargetVocabulary,
  interfaceVocabulary,
  linkVocabulary,
  macVocabulary,
  modelVocabulary,
  mtuVocabulary,
  otherType,
  portVocabulary,
  portWithoutBridge,
} from './interface/vocabulary';
import { sourceLabelVocabulary } from './security/source-label';
import { seclabelVocabulary } from './security/seclabel';
import { blockDeviceVocabulary, blockTuningVocabulary } from './tuning/block-tuning';
import { cgroupsVocabulary, hugepagesVocabulary, maximumVocabulary } from './tuning/counted-limits';
import { cpuTuningVocabulary } from './tuning/cpu-tuning';
import { memoryLimitVocabulary, memoryTuningVocabulary } from './tuning/memory-tuning';
import { numaMemoryVocabulary, numaTuningVocabulary } from './tuning/numa-tuning';
import { resourceVocabulary } from './tuning/partition';
import { notCarriedOut, type NotCarriedOut, type Values, type Vocabulary } from './xml/vocabulary';

/** A case that depends on more than the word and its value. */
interface Case extends NotCarriedOut {
  /** The case as the documentation shows it. */
  readonly written: string;
}

interface ElementCoverage {
  /** Path of the element. */
  readonly path: string;
  readonly vocabulary: Vocabulary;
  /** If not all elements of this path are meant, a phrase that says which. */
  readonly of?: string;
  readonly cases?: readonly Case[];
}

const isDevice = (name: string): boolean => timerDevices.some((one) => one === name);

const timerRows = Object.entries(timerNames).map(([name, standing]): Case => ({
  written: `<timer name='${name}'/>${isDevice(name) ? ' with an offset other than localtime' : ''}`,
  ...standing,
}));

const container = 'domain/metadata/tslxc:container';

/** The elements that the parser reads, each with its vocabulary. */
const elements: readonly ElementCoverage[] = [
  { path: 'domain', vocabulary: domainVocabulary },
  { path: 'domain/memory', vocabulary: memoryVocabulary },
  { path: 'domain/currentMemory', vocabulary: currentMemoryVocabulary },
  { path: 'domain/vcpu', vocabulary: vcpuVocabulary },
  { path: 'domain/memtune', vocabulary: memoryTuningVocabulary },
  { path: 'domain/memtune/*', vocabulary: memoryLimitVocabulary },
  { path: 'domain/cputune', vocabulary: cpuTuningVocabulary },
  { path: 'domain/blkiotune', vocabulary: blockTuningVocabulary },
  { path: 'domain/blkiotune/device', vocabulary: blockDeviceVocabulary },
  { path: 'domain/numatune', vocabulary: numaTuningVocabulary },
  { path: 'domain/numatune/memory', vocabulary: numaMemoryVocabulary },
  { path: 'domain/resource', vocabulary: resourceVocabulary },
  { path: 'domain/os', vocabulary: osVocabulary },
  { path: 'domain/os/type', vocabulary: osTypeVocabulary },
  { path: 'domain/os/initenv', vocabulary: initenvVocabulary },
  { path: 'domain/idmap', vocabulary: idmapVocabulary },
  { path: 'domain/idmap/*', vocabulary: idRangeVocabulary },
  { path: 'domain/features', vocabulary: featuresVocabulary },
  { path: 'domain/features/capabilities', vocabulary: capabilitiesVocabulary },
  { path: 'domain/features/capabilities/*', vocabulary: capabilityVocabulary },
  {
    path: 'domain/clock',
    vocabulary: clockVocabulary,
    cases: [
      ...timerRows,
      { written: "any other <timer/> with offset='localtime'", ...otherLocalTimer },
    ],
  },
  { path: 'domain/on_poweroff', vocabulary: actionVocabulary },
  { path: 'domain/on_reboot', vocabulary: actionVocabulary },
  { path: 'domain/on_crash', vocabulary: crashVocabulary },
  { path: 'domain/devices', vocabulary: devicesVocabulary },
  {
    path: 'domain/devices/filesystem',
    vocabulary: filesystemVocabulary,
    cases: [
      { written: "accessmode='mapped' without an <idmap>", ...modesWithoutIdMap.mapped },
      { written: "accessmode='squash' without an <idmap>", ...modesWithoutIdMap.squash },
      { written: "accessmode='squash' with an <idmap>", ...modesWithIdMap.squash },
      { written: "accessmode='mapped' of type ram or bind", ...mappedByItself },
      { written: '<driver> of a type other than file', ...otherDriver },
      { written: 'a limit of space of type bind', ...spaceLimits.ofBind },
      { written: 'a limit of space of type file or block', ...spaceLimits.ofImage },
      { written: 'a limit of space of type ram that is less than its usage', ...spaceLimits.ofRam },
      { written: "a limit of space of the host's own /", ...spaceLimits.ofHost },
      { written: 'a limit of space without an <idmap>', ...spaceLimits.withoutIdMap },
      { written: 'a limit of space with <readonly>', ...spaceLimits.ofReadonly },
    ],
  },
  { path: 'domain/devices/filesystem/space_*', vocabulary: spaceLimitVocabulary },
  { path: 'domain/devices/filesystem/source', vocabulary: filesystemSourceVocabulary },
  { path: 'domain/devices/filesystem/target', vocabulary: filesystemTargetVocabulary },
  {
    path: 'domain/devices/filesystem/driver',
    of: 'type file',
    vocabulary: filesystemDriverVocabulary,
    cases: [
      { written: "a format other than raw with type='loop'", ...loopFormat('', 'written') },
      { written: 'a format other than raw without a type', ...loopFormat('', 'left out') },
      { written: "type='nbd' without a format", ...missingFilesystemFormat },
    ],
  },
  {
    path: 'domain/devices/disk',
    vocabulary: diskVocabulary,
    cases: [
      { written: "<driver> with type='block'", ...otherDiskDriver },
      { written: 'an empty drive', ...emptyDrive },
    ],
  },
  {
    path: 'domain/devices/disk/driver',
    of: 'type file',
    vocabulary: diskDriverVocabulary,
    cases: [
      { written: 'a name other than loop and nbd', ...otherDiskDriverName('') },
      { written: "a type other than raw with name='loop'", ...formatOfLoop('') },
      { written: "name='nbd' without a type", ...missingFormat },
      { written: 'a cache other than default and none with nbd', ...otherCache('') },
    ],
  },
  { path: 'domain/devices/disk/source', vocabulary: diskSourceVocabulary },
  { path: 'domain/devices/disk/target', vocabulary: diskTargetVocabulary },
  {
    path: 'domain/devices/interface',
    vocabulary: interfaceVocabulary,
    cases: [
      {
        written: 'a type other than bridge, network, direct and ethernet',
        ...otherType(''),
      },
      { written: "<virtualport> with type='direct'", ...portWithoutBridge('direct') },
      { written: "<virtualport> with type='ethernet'", ...portWithoutBridge('ethernet') },
      { written: "<filterref> with type='direct'", ...filterWithoutBridge('direct') },
      { written: "<filterref> with type='ethernet'", ...filterWithoutBridge('ethernet') },
      { written: '<portForward> with a type other than network', ...forwardWithoutNetwork },
    ],
  },
  ...Object.entries(interfaceSourceVocabularies).map(([type, vocabulary]) => ({
    path: 'domain/devices/interface/source',
    of: `type ${type}`,
    vocabulary,
  })),
  { path: 'domain/devices/interface/mac', vocabulary: macVocabulary },
  { path: 'domain/devices/interface/target', vocabulary: interfaceTargetVocabulary },
  { path: 'domain/devices/interface/guest', vocabulary: guestVocabulary },
  { path: 'domain/devices/interface/model', vocabulary: modelVocabulary },
  { path: 'domain/devices/interface/link', vocabulary: linkVocabulary },
  { path: 'domain/devices/interface/mtu', vocabulary: mtuVocabulary },
  { path: 'domain/devices/interface/port', vocabulary: portVocabulary },
  {
    path: 'domain/devices/interface/virtualport',
    vocabulary: virtualPortVocabulary,
    cases: [{ written: "no type, with type='bridge' of the interface", ...unnamedSwitch }],
  },
  {
    path: 'domain/devices/interface/virtualport/parameters',
    vocabulary: portParametersVocabulary,
  },
  {
    path: 'domain/devices/interface/filterref',
    vocabulary: filterVocabulary,
    cases: [{ written: 'any other filter', ...otherFilter }],
  },
  {
    path: 'domain/devices/interface/filterref/parameter',
    vocabulary: filterParameterVocabulary,
    cases: [{ written: 'a parameter of any other name', ...otherParameter }],
  },
  { path: 'domain/devices/interface/portForward', vocabulary: portForwardVocabulary },
  { path: 'domain/devices/interface/portForward/range', vocabulary: portRangeVocabulary },
  { path: 'domain/devices/interface/vlan', vocabulary: vlanVocabulary },
  { path: 'domain/devices/interface/vlan/tag', vocabulary: tagVocabulary },
  { path: 'domain/devices/interface/bandwidth', vocabulary: bandwidthVocabulary },
  { path: 'domain/devices/interface/bandwidth/*', vocabulary: rateVocabulary },
  { path: 'domain/devices/interface/ip', vocabulary: ipVocabulary },
  { path: 'domain/devices/interface/route', vocabulary: routeVocabulary },
  {
    path: 'domain/devices/console',
    vocabulary: consoleVocabulary,
    cases: [{ written: 'a type other than pty', ...otherConsole }],
  },
  { path: 'domain/devices/console/source', vocabulary: ptySourceVocabulary },
  { path: 'domain/devices/console/log', vocabulary: consoleLogVocabulary },
  { path: 'domain/devices/console/target', vocabulary: consoleTargetVocabulary },
  {
    path: 'domain/devices/hostdev',
    of: 'type storage, misc and usb',
    vocabulary: hostdevVocabulary,
    cases: [{ written: "mode='subsystem' of a type other than usb", ...otherHostdev('') }],
  },
  {
    path: 'domain/devices/hostdev/source',
    of: 'type storage and misc',
    vocabulary: hostdevSourceVocabulary,
  },
  { path: 'domain/devices/hostdev/source', of: 'type usb', vocabulary: usbSourceVocabulary },
  { path: 'domain/devices/hostdev/source/vendor', vocabulary: usbIdVocabulary },
  { path: 'domain/devices/hostdev/source/product', vocabulary: usbIdVocabulary },
  { path: 'domain/devices/hostdev/source/address', vocabulary: usbAddressVocabulary },
  { path: 'domain/devices/hostdev', of: 'type net', vocabulary: hostInterfaceVocabulary },
  {
    path: 'domain/devices/hostdev/source',
    of: 'type net',
    vocabulary: hostInterfaceSourceVocabulary,
  },
  { path: 'domain/devices/*/source/seclabel', vocabulary: sourceLabelVocabulary },
  { path: 'domain/seclabel', vocabulary: seclabelVocabulary },
  { path: 'domain/lxc:namespace/*', vocabulary: sharedNamespaceVocabulary },
  { path: container, vocabulary: extensionVocabulary },
  { path: `${container}/tslxc:hardening`, vocabulary: hardeningVocabulary },
  { path: `${container}/tslxc:rlimit`, vocabulary: resourceLimitVocabulary },
  { path: `${container}/tslxc:pids`, vocabulary: maximumVocabulary },
  { path: `${container}/tslxc:cgroups`, vocabulary: cgroupsVocabulary },
  { path: `${container}/tslxc:ptys`, vocabulary: maximumVocabulary },
  { path: `${container}/tslxc:hugepages`, vocabulary: hugepagesVocabulary },
  { path: `${container}/tslxc:idmap`, vocabulary: allocationVocabulary },
  { path: `${container}/tslxc:filesystem`, vocabulary: filesystemOptionsVocabulary },
  { path: `${container}/tslxc:overlay`, vocabulary: overlayVocabulary },
  { path: `${container}/tslxc:overlay/tslxc:lower`, vocabulary: overlayLowerVocabulary },
  { path: `${container}/tslxc:relabel`, vocabulary: relabelVocabulary },
  { path: `${container}/tslxc:stop`, vocabulary: stopVocabulary },
  { path: `${container}/tslxc:restart`, vocabulary: restartVocabulary },
  { path: `${container}/tslxc:health`, vocabulary: healthVocabulary },
];

/** A row of the table. */
export interface CoverageRow {
  /** Path of the element that contains the word. */
  readonly path: string;
  /** If not all elements of this path are meant, a phrase that says which. */
  readonly of?: string;
  /** An attribute, a child, or a value of one of them, such as `@type='file'` or `<cpu>`; otherwise a description of the case. */
  readonly written: string;
  readonly standing: 'carried out' | 'ignored' | 'refused' | 'output' | 'stored';
  /** Set for what is ignored or refused: the reason. */
  readonly why?: string;
}

/** All rows, element by element in the order of the schema. */
export function coverageRows(): CoverageRow[] {
  return elements.flatMap((element) => {
    const { path, of } = element;
    const place = { path, ...(of === undefined ? {} : { of }) };
    return wordsOf(element).map(({ written, standing }) => ({
      ...place,
      written,
      ...rowOf(standing),
    }));
  });
}

interface Word {
  readonly written: string;
  readonly standing: NotCarriedOut | 'carried out' | 'output' | 'stored';
}

function wordsOf({ vocabulary, cases = [] }: ElementCoverage): Word[] {
  const attributes = [...vocabulary.attributes].flatMap(([name, standing]): Word[] => {
    if (typeof standing === 'object' && 'values' in standing) {
      return valueWords(standing.values, (value) => `${name}='${value}'`);
    }
    const written = `@${name}`;
    return [{ written, standing: standing === 'supported' ? 'carried out' : standing }];
  });
  const children = [...vocabulary.children].map(([name, standing]): Word => {
    const carried = standing === 'output' || standing === 'stored' ? standing : 'carried out';
    return { written: `<${name}>`, standing: notCarriedOut(standing) ?? carried };
  });
  const texts = valueWords(vocabulary.texts, (value) => value);
  const conditional = cases.map(({ written, ...standing }): Word => ({ written, standing }));
  return [...attributes, ...children, ...texts, ...conditional];
}

/** Elements in which an unknown word is refused; in all others it is left out. */
export function closedElements(): string[] {
  return elements
    .filter(
      ({ vocabulary: { unknown }, path }) => unknown === 'refused' || path.startsWith(container),
    )
    .map(({ path }) => path);
}

function valueWords(values: Values, words: (value: string) => string): Word[] {
  return Object.entries(values).map(([value, standing]) => ({
    written: words(value),
    standing: standing === 'supported' ? 'carried out' : standing,
  }));
}

function rowOf(standing: Word['standing']): Pick<CoverageRow, 'standing' | 'why'> {
  if (typeof standing === 'string') return { standing };
  return { standing: standing.start === 'goes on' ? 'ignored' : 'refused', why: standing.why };
}
