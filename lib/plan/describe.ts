/** An operation in words, for `tslxc plan` and for errors. Pure. */
import { mountAttributes, namespaceFlags, propagationTypes } from './constants';
import type { Operation, OperationName, OperationOf } from './operation';

type Words = { readonly [Name in OperationName]: (operation: OperationOf<Name>) => string };

const words: Words = {
  openTree: (operation) =>
    `clone the mount ${operation.path} of the host as '${operation.tree}'${and(operation.depth)}`,
  cloneTree: (operation) =>
    `clone '${operation.root}'/${operation.path} as '${operation.tree}'${and(operation.depth)}`,
  makeFilesystem: (operation) =>
    `make a ${operation.type} '${operation.tree}' (${[...operation.options, ...attributeNames(operation.attributes)].join(', ')})`,
  attachLoop: (operation) =>
    `give ${operation.path} to a loop device '${operation.device}' (${accessWords[operation.access]})`,
  makeFilesystemOn: (operation) =>
    `mount the ${operation.type} of '${operation.device}' as '${operation.tree}' (${[...operation.options, ...attributeNames(operation.attributes)].join(', ')})`,
  makeOverlay: (operation) =>
    `make an overlay '${operation.tree}' of '${operation.work}'/upper over ${operation.lowers.map((layer) => `'${layer}'`).join(', ')}`,
  mapTree: (operation) =>
    `show '${operation.tree}' with the ids of the container${and(operation.depth)}`,
  setTreeAttributes: (operation) =>
    `make '${operation.tree}' ${treeChanges(operation).join(', ')}${and(operation.depth)}`,
  makeNode: (operation) =>
    `make the device ${operation.path} (${operation.major}:${operation.minor}, mode ${octal(operation.mode)}) in '${operation.tree}'`,
  makeDirectory: (operation) =>
    `make the directory ${operation.path} (mode ${octal(operation.mode)}) in '${operation.tree}'`,
  makeSymlink: (operation) =>
    `link ${operation.path} to ${operation.target} in '${operation.tree}'`,
  changeOwner: (operation) =>
    `give ${operation.path} in '${operation.tree}' to uid ${operation.uid}, gid ${operation.gid}`,
  makeNamespacePrivate: () => 'make every mount of the namespace private',
  stackTree: (operation) => `put '${operation.tree}' on /sys of the old root, to be cloned from`,
  enterTree: (operation) => `put '${operation.tree}' on / and enter it`,
  attachTree: (operation) =>
    `mount '${operation.tree}' at ${operation.path} in '${operation.root}'${missingWords[operation.missing]}`,
  coverPath: (operation) =>
    `cover ${operation.path} in '${operation.root}' with '${operation.source}'${missingWords[operation.missing]}`,
  putAside: (operation) =>
    `put what is mounted at ${operation.path} in '${operation.root}', with all below, on /sys of the old root${missingWords[operation.missing]}`,
  pivotRoot: () => 'make it the root and let go of the old one',
  openFile: (operation) => `open ${operation.path} as '${operation.file}'`,
  writeFile: (operation) => `write '${operation.text}' to '${operation.file}'`,
  unshare: (operation) =>
    `enter new namespaces: ${namespaceNames(operation.namespaces).join(', ')}`,
  openNamespace: (operation) => `open the namespace ${operation.path} as '${operation.file}'`,
  joinNamespace: (operation) =>
    `join the ${namespaceNames(operation.kind).join(', ')} namespace '${operation.file}'`,
  makeVeth: (operation) =>
    `make the network interface ${operation.name} (${operation.address}) with its peer ${operation.peer} (${operation.peerAddress}) in the container`,
  makeMacvlan: (operation) =>
    `make the network interface ${operation.name} (${operation.address}) in the container, on ${operation.lower}`,
  moveLink: (operation) =>
    `move the network interface ${operation.name} into the container, as ${operation.guest}`,
  takePeer: (operation) =>
    `take ${operation.peer} (${operation.address}), the peer of the network interface ${operation.name}, into the restarted container`,
  takeLink: (operation) =>
    `take the network interface ${operation.name}${operation.address === '' ? '' : ` (${operation.address})`} into the restarted container`,
  joinBridge: (operation) =>
    `make the network interface ${operation.name} a port of the bridge ${operation.bridge}`,
  isolatePort: (operation) => `isolate the port ${operation.name} from others that are isolated`,
  setPortVlans: (operation) =>
    `put the port ${operation.name} into the VLANs ${operation.vlans.map((vlan) => vlan & 0xfff).join(', ')}`,
  setLinkAddress: (operation) =>
    `give the network interface ${operation.name} the address ${operation.address}`,
  setLinkParameter: (operation) =>
    `set ${operation.family} ${operation.parameter} of the network interface ${operation.name} to ${operation.value}${missingWords[operation.missing]}`,
  addAddress: (operation) =>
    `give the network interface ${operation.name} the address ${operation.address}/${operation.prefix}`,
  addRoute: (operation) =>
    `add a route to ${operation.address}/${operation.prefix}${operation.gateway === '' ? '' : ` by ${operation.gateway}`} on the network interface ${operation.name}`,
  setLinkUp: (operation) => `take the network interface ${operation.name} up`,
  setHostname: (operation) => `set the host name '${operation.name}'`,
  newSession: (operation) => `start a session, umask ${octal(operation.umask)}`,
  openConsole: (operation) =>
    `open console ${operation.index} in '${operation.devpts}' for uid ${operation.uid}`,
  setResourceLimit: (operation) =>
    `limit resource ${operation.resource} to ${limit(operation.soft)}, at most ${limit(operation.hard)}`,
  newSessionKeyring: () => 'join a new session keyring',
  setPersonality: () => 'take the kernel for one of 32 bits',
  setMemoryPolicy: (operation) =>
    `take memory by policy ${operation.mode} from nodes ${operation.nodes.join(', ')}`,
  setNoNewPrivileges: () => 'give up all new privileges by exec',
  setSeccomp: (operation) => `filter system calls (${operation.program.length / 2} instructions)`,
  limitBoundingSet: (operation) =>
    `keep in the bounding set at most 0x${operation.keep.toString(16)}`,
  setCapabilities: (operation) =>
    `keep of the capabilities at most 0x${operation.keep.toString(16)}`,
  setIds: (operation) =>
    `become uid ${operation.uid}, gid ${operation.gid}, groups [${operation.groups.join(', ')}]`,
  changeDirectory: (operation) => `change to the directory ${operation.path}`,
  resetSignals: () => 'set every signal to its default, none blocked',
  setParentDeathSignal: (operation) => `die by signal ${operation.signal} when the monitor dies`,
  setProcessAttribute: (operation) =>
    `write '${operation.text}' to the process attribute ${operation.attribute}`,
  enterDirectory: (operation) => `enter the directory ${operation.path}`,
  openPlace: (operation) => `open ${operation.path} in '${operation.root}' as '${operation.place}'`,
  protectPath: (operation) =>
    `mount ${operation.path} in '${operation.root}' over itself${attributesOf(operation.set)}${missingWords[operation.missing]}`,
  awaitCgroups: () => 'wait for the cgroups to be made',
  openRoot: (operation) => `open the root directory as '${operation.place}'`,
  addNode: (operation) =>
    `make the device /dev/${operation.path} (${operation.major}:${operation.minor}, mode ${octal(operation.mode)}) in '${operation.root}' for uid ${operation.uid}, gid ${operation.gid}`,
  removeNode: (operation) =>
    `remove the device /dev/${operation.path} (${operation.major}:${operation.minor}) in '${operation.root}', if it is there`,
  detachTree: (operation) =>
    `unmount the mount ${operation.mount} of ${operation.path} in '${operation.root}', wherever it is`,
};

/** What an operation does, in one line without a full stop. */
export function describeOperation(operation: Operation): string {
  return (words[operation.op] as (operation: Operation) => string)(operation);
}

/** `CLONE_NEW*` flags as words. */
export function namespaceNames(flags: number): string[] {
  return Object.entries(namespaceFlags)
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name);
}

const missingWords = {
  fail: '',
  skip: ', if it is there',
  makeDirectory: ', made if missing',
  makeFile: ', made as a file if missing',
};

const accessWords = { readOnly: 'read-only', readWrite: 'read-write' };

const unlimited = (1n << 64n) - 1n;

function limit(value: bigint): string {
  return value === unlimited ? 'no limit' : String(value);
}

function attributesOf(attributes: number): string {
  const set = attributeNames(attributes);
  return set.length === 0 ? '' : ` (${set.join(', ')})`;
}

function attributeNames(attributes: number): string[] {
  return Object.entries(mountAttributes)
    .filter(([, bit]) => (attributes & bit) !== 0)
    .map(([name]) => name);
}

function treeChanges({ set, propagation }: { set: number; propagation: number }): string[] {
  const types = Object.entries(propagationTypes).filter(([, type]) => type === propagation);
  return [...types.map(([name]) => name), ...attributeNames(set)];
}

function and(depth: 'single' | 'recursive'): string {
  return depth === 'recursive' ? ', with all below' : '';
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
