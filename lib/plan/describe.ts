/** An operation in words, for `tslxc plan` and for errors. Pure. */
import { mountAttributes, namespaceFlags, privatePropagation } from './constants';
import type { Operation } from './operation';

/** What an operation does, in one line without a full stop. */
export function describeOperation(operation: Operation): string {
  switch (operation.op) {
    case 'openTree':
      return `clone the mount ${operation.path} of the host as '${operation.tree}'${and(operation.depth)}`;
    case 'cloneTree':
      return `clone '${operation.root}'/${operation.path} as '${operation.tree}'${and(operation.depth)}`;
    case 'makeFilesystem':
      return `make a ${operation.type} '${operation.tree}' (${[...operation.options, ...attributeNames(operation.attributes)].join(', ')})`;
    case 'attachLoop':
      return `give ${operation.path} to a loop device '${operation.device}' (${accessWords[operation.access]})`;
    case 'makeFilesystemOn':
      return `mount the ${operation.type} of '${operation.device}' as '${operation.tree}' (${[...operation.options, ...attributeNames(operation.attributes)].join(', ')})`;
    case 'makeOverlay':
      return `make an overlay '${operation.tree}' of '${operation.work}'/upper over '${operation.lower}'`;
    case 'mapTree':
      return `show '${operation.tree}' with the ids of the container${and(operation.depth)}`;
    case 'setTreeAttributes':
      return `make '${operation.tree}' ${treeChanges(operation).join(', ')}${and(operation.depth)}`;
    case 'makeNode':
      return `make the device ${operation.path} (${operation.major}:${operation.minor}, mode ${octal(operation.mode)}) in '${operation.tree}'`;
    case 'makeDirectory':
      return `make the directory ${operation.path} (mode ${octal(operation.mode)}) in '${operation.tree}'`;
    case 'makeSymlink':
      return `link ${operation.path} to ${operation.target} in '${operation.tree}'`;
    case 'changeOwner':
      return `give ${operation.path} in '${operation.tree}' to uid ${operation.uid}, gid ${operation.gid}`;
    case 'makeNamespacePrivate':
      return 'make every mount of the namespace private';
    case 'stackTree':
      return `put '${operation.tree}' on /, to be cloned from`;
    case 'enterTree':
      return `put '${operation.tree}' on / and enter it`;
    case 'attachTree':
      return `mount '${operation.tree}' at ${operation.path} in '${operation.root}'${missingWords[operation.missing]}`;
    case 'coverPath':
      return `cover ${operation.path} in '${operation.root}' with ${operation.from} of '${operation.source}'${attributesOf(operation.set)}${and(operation.depth)}${missingWords[operation.missing]}`;
    case 'detachTree':
      return `unmount ${operation.path} in '${operation.root}' with all below${missingWords[operation.missing]}`;
    case 'pivotRoot':
      return 'make it the root and let go of the old one';
    case 'openFile':
      return `open ${operation.path} as '${operation.file}'`;
    case 'writeFile':
      return `write '${operation.text}' to '${operation.file}'`;
    case 'unshare':
      return `enter new namespaces: ${namespaceNames(operation.namespaces).join(', ')}`;
    case 'openNamespace':
      return `open the namespace ${operation.path} as '${operation.file}'`;
    case 'joinNamespace':
      return `join the ${namespaceNames(operation.kind).join(', ')} namespace '${operation.file}'`;
    case 'setLinkUp':
      return `take the network interface ${operation.name} up`;
    case 'setHostname':
      return `set the host name '${operation.name}'`;
    case 'newSession':
      return `start a session, umask ${octal(operation.umask)}`;
    case 'openConsole':
      return `open console ${operation.index} in '${operation.devpts}' for uid ${operation.uid}`;
    case 'setResourceLimit':
      return `limit resource ${operation.resource} to ${limit(operation.soft)}, at most ${limit(operation.hard)}`;
    case 'newSessionKeyring':
      return 'join a new session keyring';
    case 'setNoNewPrivileges':
      return 'give up all new privileges by exec';
    case 'setSeccomp':
      return `filter system calls (${operation.program.length / 2} instructions)`;
    case 'limitBoundingSet':
      return `keep in the bounding set at most 0x${operation.keep.toString(16)}`;
    case 'setCapabilities':
      return `keep of the capabilities at most 0x${operation.keep.toString(16)}`;
    case 'setIds':
      return `become uid ${operation.uid}, gid ${operation.gid}, groups [${operation.groups.join(', ')}]`;
    case 'changeDirectory':
      return `change to the directory ${operation.path}`;
    case 'resetSignals':
      return 'set every signal to its default, none blocked';
    case 'setParentDeathSignal':
      return `die by signal ${operation.signal} when the monitor dies`;
  }
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
  return [...(propagation === privatePropagation ? ['private'] : []), ...attributeNames(set)];
}

function and(depth: 'single' | 'recursive'): string {
  return depth === 'recursive' ? ', with all below' : '';
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
