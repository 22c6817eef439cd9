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
    case 'setTreeAttributes':
      return `make '${operation.tree}' ${treeChanges(operation).join(', ')}${and(operation.depth)}`;
    case 'makeNode':
      return `make the device ${operation.path} (${operation.major}:${operation.minor}, mode ${octal(operation.mode)}) in '${operation.tree}'`;
    case 'makeDirectory':
      return `make the directory ${operation.path} (mode ${octal(operation.mode)}) in '${operation.tree}'`;
    case 'makeSymlink':
      return `link ${operation.path} to ${operation.target} in '${operation.tree}'`;
    case 'makeNamespacePrivate':
      return 'make every mount of the namespace private';
    case 'enterTree':
      return `put '${operation.tree}' on / and enter it`;
    case 'attachTree':
      return `mount '${operation.tree}' at ${operation.path} in '${operation.root}'${missingWords[operation.missing]}`;
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
    case 'setHostname':
      return `set the host name '${operation.name}'`;
    case 'newSession':
      return `start a session, umask ${octal(operation.umask)}`;
    case 'openConsole':
      return `open console ${operation.index} in '${operation.devpts}' for uid ${operation.uid}`;
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
