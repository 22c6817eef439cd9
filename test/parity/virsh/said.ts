/** What virsh says to a line, as lines that can be compared: without what each daemon chooses, counts or measures. */
import type { CommandResult } from '../../support/process/run-command';

/** Verbs, and programs in a container, with columns that are as wide as what is in them. */
const tables: readonly string[] = [
  ...['list', 'domiflist', 'domifaddr', 'net-port-list', 'net-dhcp-leases'],
  ...['ps', 'ifconfig', 'route'],
];

/** The lines of a verb in which numbers are times and counts. */
const figures: Readonly<Record<string, RegExp>> = {
  dominfo: /^(CPU time|Used memory): /,
  'cpu-stats': /_time /,
  dommemstat: /^(?!actual )\w+ \d/,
  domifstat: / [rt]x_\w+ /,
  // Some hosts give their memory to the kernel little by little.
  nodeinfo: /^(CPU frequency|Memory size): /,
  nodecpustats: /:/,
  nodememstats: /:/,
  freecell: /:/,
  freepages: /: /,
  'node-memory-tune': /shm_/,
  ps: /./,
  ping: /./,
};

const uuidPattern = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const macPattern = /\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/gi;

/**
 * Its lines with words for what is chosen: ids, names of interfaces, terminals, the emulator, and the uuids and MAC addresses
 * that are not in `given`.
 */
export function saidLines(line: string, text: string, given: string): string[] {
  const verb = /^[\w-]+/.exec(line)?.[0] ?? '';
  const plain = text
    // Of a terminal.
    .replace(/^Authorization not available\. Check if polkit service .*\n/gm, '')
    // Of virsh itself, whose console has not let go of its stream yet when it disconnects on a busy machine.
    .replace(/^error: One or more references were leaked after disconnect .*\n?/gm, '')
    .replace(uuidPattern, (uuid) => (given.includes(uuid) ? uuid : 'UUID'))
    .replace(macPattern, (mac) => (given.includes(mac.toLowerCase()) ? mac : 'MAC'))
    .replace(/\bvnet\d+\b/g, 'vnetN')
    .replace(/\/dev\/pts\/\d+/g, '/dev/pts/N')
    .replace(/(<domain type='lxc' id=')\d+'/g, "$1ID'")
    .replace(/<emulator>[^<]*</g, '<emulator>EMULATOR<')
    // Where a document is wrong, the daemon says besides where that is in it.
    .replace(/ \([\w@/-]+, line \d+, column \d+\)$/gm, '');
  // In as many columns as a terminal has room for.
  if (verb === 'ls') return plain.split(/\s+/).filter(Boolean).sort();
  if (plain === '') return [];
  const lines = plain.replace(/\n$/, '').split('\n');
  const compared = lines.filter((one) => !isUuidOfHost(verb, one));
  return compared.map((one) => withoutFigures(verb, withoutId(verb, one)));
}

/** Libvirt draws one where the firmware has none. */
function isUuidOfHost(verb: string, line: string): boolean {
  return verb === 'capabilities' && /^ +<uuid>/.test(line);
}

function withoutId(verb: string, line: string): string {
  if (verb === 'dominfo') return line.replace(/^(Id: +)\d+$/, '$1ID');
  if (verb !== 'list' && verb !== 'domid') return line;
  return line.replace(/^\d+$/, 'ID').replace(/^ \d+ /, ' ID ');
}

function withoutFigures(verb: string, line: string): string {
  const isCounted = figures[verb]?.test(line) === true;
  const plain = isCounted ? line.replace(/\s*\d+(\.\d+)?/g, ' N') : line;
  return tables.includes(verb) ? plain.replace(/ {2,}/g, '  ').replace(/-{4,}/g, '----') : plain;
}

/** All that comes of a line, each line with where it comes from. */
export function transcript(line: string, said: CommandResult, given: string): string[] {
  const { code, stdout, stderr } = said;
  return [
    `exit ${code}`,
    ...saidLines(line, stdout, given).map((one) => `out ${one}`),
    ...saidLines(line, stderr, given).map((one) => `err ${one}`),
  ];
}
