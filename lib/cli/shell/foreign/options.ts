/** Options of Docker's verbs that have the name of one of ours, with what does the same here. Pure. */

/** What an option of docker is here; by its name, or by its letter. */
type Meanings = Readonly<Record<string, string>>;

const inDefinition = (element: string): string => `${element} in a definition`;

const run = {
  'add-host': 'a file that -v shows at /etc/hosts',
  'cap-add': inDefinition('<capabilities>'),
  'cap-drop': inDefinition('<capabilities>'),
  'cpu-shares': inDefinition('<shares> of <cputune>'),
  cpus: inDefinition('<period> and <quota> of <cputune>'),
  'cpuset-cpus': inDefinition("<vcpu cpuset='…'>"),
  device: inDefinition("<hostdev mode='capabilities'>"),
  dns: 'a file that -v shows at /etc/resolv.conf',
  'env-file': '--env for each line of the file',
  'health-cmd': inDefinition('<tslxc:health>'),
  hostname: '--name, which also is its host name',
  init: 'not there; the first program has to reap its children',
  interactive: 'not needed: its input is always passed on',
  ip: inDefinition('<ip> of an <interface>'),
  label: inDefinition('an element of <metadata>'),
  'mac-address': inDefinition('<mac> of an <interface>'),
  'memory-reservation': inDefinition('<soft_limit> of <memtune>'),
  'memory-swap': inDefinition('<swap_hard_limit> of <memtune>'),
  mount: '-v DIRECTORY:TARGET',
  net: '--network',
  'pids-limit': inDefinition('<tslxc:pids>'),
  privileged: inDefinition("<tslxc:hardening level='compat'/>"),
  'publish-all': '-p for each port',
  pull: 'the verb pull, before',
  'read-only': inDefinition('<readonly/> of the root'),
  restart: inDefinition('<tslxc:restart>'),
  'security-opt': inDefinition('<tslxc:no-new-privileges/> or <tslxc:hardening>'),
  'stop-timeout': 'shutdown --timeout',
  tmpfs: inDefinition("<filesystem type='ram'>"),
  tty: 'not needed: on a terminal its console is shown there',
  ulimit: inDefinition('<tslxc:rlimit>'),
  userns: '--ids',
  'volumes-from': '-v for each directory',
} as const;

const letters: Readonly<Record<string, Meanings>> = {
  run: {
    P: run['publish-all'],
    h: run.hostname,
    i: run.interactive,
    l: run.label,
    m: '--memory',
    t: run.tty,
    u: '--user',
    w: '--workdir',
  },
};

const names: Readonly<Record<string, Meanings>> = {
  run,
  exec: { workdir: '--cwd', 'env-file': '--env for each line of the file' },
  logs: { tail: '--lines (-n)' },
};

/** What is said of an option that the verb does not have: what docker's of that name is here; undefined for none. */
export function foreignOption(verb: string, name: string): string | undefined {
  const meaning = meaningIn(names, verb, name);
  return meaning === undefined ? undefined : told(`--${name}`, meaning);
}

/** The same of letters, of which the first that is known counts: `-itd`; '' for none. */
export function foreignLetters(verb: string, given: string): string {
  for (const letter of given) {
    const meaning = meaningIn(letters, verb, letter);
    if (meaning !== undefined) return told(`-${letter}`, meaning);
  }
  return '';
}

function meaningIn(
  table: Readonly<Record<string, Meanings>>,
  verb: string,
  word: string,
): string | undefined {
  const known = Object.hasOwn(table, verb) ? table[verb] : undefined;
  return known !== undefined && Object.hasOwn(known, word) ? known[word] : undefined;
}

function told(option: string, meaning: string): string {
  return `; docker's ${option} is ${meaning}: docs/from-docker.md`;
}
