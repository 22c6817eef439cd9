/** Options of Docker's verbs that have the name of one of ours, with what does the same here. Pure. */

/** What an option of docker is here; by its name, or by its letter. */
type Meanings = Readonly<Record<string, string>>;

const inDefinition = (element: string): string => `${element} in a definition`;

const run = {
  'add-host': 'a file that -v shows at /etc/hosts',
  dns: 'a file that -v shows at /etc/resolv.conf',
  hostname: '--name, which also is its host name',
  init: 'not there; the first program has to reap its children',
  ip: inDefinition('<ip> of an <interface>'),
  label: inDefinition('an element of <metadata>'),
  privileged: inDefinition("<tslxc:hardening level='compat'/>"),
  'publish-all': '-p for each port',
  pull: 'the verb pull, before',
  'stop-timeout': 'shutdown --timeout',
  'volumes-from': '-v for each directory',
} as const;

const letters: Readonly<Record<string, Meanings>> = {
  run: {
    P: run['publish-all'],
    h: run.hostname,
    l: run.label,
  },
};

const names: Readonly<Record<string, Meanings>> = {
  run,
  exec: { 'env-file': '--env for each line of the file' },
  logs: { tail: '--lines (-n)' },
};

/** What is said of an option that the verb does not have: what docker's of that name is here; undefined for none. */
export function foreignOption(verb: string, name: string): string | undefined {
  const meaning = meaningIn(names, verb, name);
  return meaning === undefined ? undefined : told(`--${name}`, meaning);
}

/** The same of a letter; '' for none. */
export function foreignLetter(verb: string, letter: string): string {
  const meaning = meaningIn(letters, verb, letter);
  return meaning === undefined ? '' : told(`-${letter}`, meaning);
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
